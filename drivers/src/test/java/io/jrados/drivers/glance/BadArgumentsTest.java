package io.jrados.drivers.glance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.RbdLocation;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.BadArguments;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Collections;
import java.util.Iterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bad arguments of the image store: a failure that names the argument. A size is not an argument of the program's but
 * of somebody's request, so a bad one is a {@link io.jrados.drivers.DriverException}.
 */
@CephTest
@Timeout(60)
class BadArgumentsTest {
    @Test
    void areNamed(CephCluster cluster) throws Exception {
        GlanceOptions options = GlanceOptions.DEFAULT.withPool(cluster.pool(BadArgumentsTest.class));
        try (Rados rados = Clusters.connect(cluster, "crc")) {
            BadArguments bad = new BadArguments()
                    .anyNumber("size", "features")
                    .with(Rados.class, rados)
                    .with(GlanceOptions.class, options)
                    .with(Progress.class, Progress.NONE)
                    .with(ByteSource.class, ByteSource.of(InputStream.nullInputStream()))
                    .with(InputStream.class, InputStream.nullInputStream())
                    .with(ReadableByteChannel.class, Channels.newChannel(InputStream.nullInputStream()))
                    .with(Iterator.class, Collections.emptyIterator());
            bad.of(GlanceStore.class, new GlanceStore(rados, options)).constructors(GlanceStore.class);
            bad.of(GlanceOptions.class, options);
            bad.statics(ByteSource.class).statics(RbdLocation.class);
            assertThat(bad.wrong()).isEmpty();
            assertThat(bad.calls()).isGreaterThan(20);
        }
    }
}
