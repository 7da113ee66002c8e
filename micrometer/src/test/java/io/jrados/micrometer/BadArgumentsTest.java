package io.jrados.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.testkit.BadArguments;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** Bad arguments of each call: a failure that names the argument, and nothing that is counted. */
class BadArgumentsTest {
    @Test
    void areNamedAndNotCounted() {
        MeterRegistry registry = new SimpleMeterRegistry();
        MicrometerObserver observer = new MicrometerObserver(registry);
        BadArguments bad = new BadArguments()
                .anyNumber("osd", "bytes", "newest")
                .with(MeterRegistry.class, new SimpleMeterRegistry())
                .with(Tags.class, Tags.empty())
                .with(Errno.class, Errno.EIO);
        bad.of(MicrometerObserver.class, observer).constructors(MicrometerObserver.class);
        assertThat(bad.wrong()).isEmpty();
        assertThat(bad.calls()).isGreaterThan(15);
        assertThat(registry.get("rados.operations.held").gauge().value()).isZero();
        assertThat(registry.get("rados.pools.full").gauge().value()).isZero();
    }
}
