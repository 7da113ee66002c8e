package io.jrados.drivers.cinder.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@CephTest
class ConnectingTest {
    @Test
    @Covers("O75")
    void item075ConnectingIsTriedAsOftenAsTheOptionsSay(CephCluster cluster) throws IOException {
        AtomicInteger attempts = new AtomicInteger();
        String pool = cluster.pool(ConnectingTest.class);
        CinderOptions options = CinderOptions.DEFAULT.withPool("no-such-pool").withConnecting(3, 0);
        Connecting toMissingPool = new Connecting(options, () -> {
            attempts.incrementAndGet();
            return new Connecting(CinderOptions.DEFAULT
                            .withCephConf(cluster.conf().toString())
                            .withPool(pool)
                            .withConnecting(1, 0))
                    .run();
        });
        assertThatThrownBy(toMissingPool::run)
                .hasMessageContaining("3 times")
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind, DriverException::errno)
                .containsExactly(Kind.BACKEND, Errno.ENOENT);
        assertThat(attempts).hasValue(3);
    }

    @Test
    @Covers("O75")
    void item075DeadMonitorsAreTriedAsOften() {
        AtomicInteger attempts = new AtomicInteger();
        Connecting toNobody = new Connecting(CinderOptions.DEFAULT.withConnecting(4, 0), () -> {
            attempts.incrementAndGet();
            throw new RadosException(Errno.ETIMEDOUT, "connecting");
        });
        assertThatThrownBy(toNobody::run).hasMessageContaining("4 times");
        assertThat(attempts).hasValue(4);
    }
}
