package io.jrados.drivers.cinder;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.conf.CephConf;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.testkit.CephCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A pool of volumes with a client, and what the native tools say about it. */
final class CinderFixture implements AutoCloseable {
    static final int MIB = 1 << 20;
    static final long GIB = 1L << 30;

    final CephCluster cluster;
    final String pool;
    final Rados rados;
    final CinderVolumes volumes;

    /** @param settings names and values of the client's options */
    CinderFixture(CephCluster cluster, String pool, String... settings) throws IOException {
        this.cluster = cluster;
        this.pool = pool;
        var conf = CephConf.builder().file(cluster.conf());
        for (int i = 0; i < settings.length; i += 2) {
            conf.set(settings[i], settings[i + 1]);
        }
        this.rados = Rados.connect(conf.build());
        this.volumes = with(CinderOptions.DEFAULT);
    }

    CinderVolumes with(CinderOptions options) throws IOException {
        return new CinderVolumes(rados, inPool(options));
    }

    CinderOptions inPool(CinderOptions options) {
        return options.withPool(pool).withBusyBudget(Duration.ofSeconds(3));
    }

    Rbd rbd() throws IOException {
        return Rbd.on(rados.pool(pool));
    }

    String info(String image) throws IOException {
        return cluster.run("rbd", "info", "--format", "json", pool + "/" + image);
    }

    String snapshots(String image) throws IOException {
        return cluster.run("rbd", "snap", "ls", "--all", "--format", "json", pool + "/" + image);
    }

    List<String> names() throws IOException {
        return cluster.run("rbd", "ls", pool).lines().toList();
    }

    String trash() throws IOException {
        return cluster.run("rbd", "trash", "ls", "--all", pool);
    }

    byte[] start(String volume, int length) throws IOException {
        try (Image image = rbd().openReadOnly(volume)) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            image.read(0, bytes);
            return bytes.array();
        }
    }

    void write(String volume, byte[] bytes) throws IOException {
        try (Image image = rbd().open(volume)) {
            image.write(0, ByteBuffer.wrap(bytes));
        }
    }

    static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(kind);
    }

    @Override
    public void close() {
        rados.close();
    }
}
