package io.jrados.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@CephTest
class MicrometerObserverTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerObserver observer = new MicrometerObserver(registry, Tags.of("cluster", "a"));

    @Test
    @Covers("F13")
    void metersAClientOfARealCluster(CephCluster cluster) throws Exception {
        String name = cluster.pool(MicrometerObserverTest.class);
        try (Rados rados = Rados.builder(CephConf.load(cluster.conf()))
                .observer(observer)
                .connectAsync()
                .get(30, TimeUnit.SECONDS)) {
            Pool pool = rados.pool(name);
            pool.writeFull("one", ByteBuffer.allocate(100));
            pool.writeFull("two", ByteBuffer.allocate(200));
            assertThatThrownBy(() -> pool.stat("three")).isInstanceOf(RadosException.class);

            var writes = registry.get("rados.operations")
                    .tags("cluster", "a", "pool", name, "kind", "write", "outcome", "ok")
                    .timer();
            assertThat(writes.count()).isEqualTo(2);
            assertThat(writes.totalTime(TimeUnit.NANOSECONDS)).isPositive();
            assertThat(registry.get("rados.operations.bytes")
                            .tags("pool", name, "kind", "write")
                            .summary()
                            .totalAmount())
                    .isEqualTo(300);
            assertThat(registry.get("rados.operations")
                            .tags("kind", "read", "outcome", "ENOENT")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(gauge("rados.operations.outstanding")).isZero();
            assertThat(gauge("rados.connections")).isPositive();
            assertThat(gauge("rados.osdmap.epoch")).isLessThanOrEqualTo(rados.osdMapEpoch());
            assertThat(gauge("rados.osdmap.epoch")).isPositive();
        }
    }

    @Test
    void gaugesFollowWhatBeginsAndEnds() {
        observer.operationBegan("p", true);
        observer.operationBegan("p", false);
        observer.operationEnded("p", true, 10, Duration.ofMillis(3), Optional.of(Errno.ETIMEDOUT));
        assertThat(gauge("rados.operations.outstanding")).isEqualTo(1);
        assertThat(registry.find("rados.operations.bytes").summary()).isNull();

        observer.operationHeld("p", true);
        observer.operationHeld("q", true);
        observer.operationHeld("p", false);
        assertThat(gauge("rados.operations.held")).isEqualTo(1);
        observer.poolFull("p", true);
        observer.poolFull("q", true);
        observer.poolFull("q", false);
        assertThat(gauge("rados.pools.full")).isEqualTo(1);
        observer.watchLost("p", Errno.ENOTCONN);
        assertThat(registry.get("rados.watches.lost")
                        .tag("reason", "ENOTCONN")
                        .counter()
                        .count())
                .isEqualTo(1);
        observer.imageOpenedSlowly("p", Duration.ofSeconds(7));
        assertThat(registry.get("rbd.images.opened.slowly")
                        .tag("pool", "p")
                        .timer()
                        .totalTime(TimeUnit.SECONDS))
                .isEqualTo(7);

        observer.heldBack(4, true);
        observer.heldBack(4, true);
        observer.heldBack(5, true);
        assertThat(gauge("rados.backoffs")).isEqualTo(2);
        observer.heldBack(4, false);
        assertThat(gauge("rados.backoffs")).isEqualTo(2);
        observer.heldBack(4, false);
        observer.heldBack(4, false);
        assertThat(gauge("rados.backoffs")).isEqualTo(1);

        observer.osdConnected(5);
        observer.osdConnected(6);
        observer.osdLost(5, Errno.ECONNRESET);
        observer.operationResent(6);
        assertThat(gauge("rados.backoffs")).isZero();
        assertThat(gauge("rados.connections")).isEqualTo(1);
        assertThat(registry.get("rados.connections.lost")
                        .tags("reason", "ECONNRESET")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("rados.operations.resent").counter().count()).isEqualTo(1);
    }

    private double gauge(String name) {
        return registry.get(name).tags("cluster", "a").gauge().value();
    }
}
