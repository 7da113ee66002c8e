package io.jrados.drivers.nova;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.conf.CephConf;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.nova.model.NovaOptions;
import io.jrados.drivers.nova.model.NovaOptions.Key;
import io.jrados.rados.OperationHook;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.testkit.CephCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The pools of a test of disks, a client, and what native tools say. */
final class NovaCluster implements AutoCloseable {
    static final int MIB = 1 << 20;

    /** Two attempts without a pause. */
    static final NovaOptions QUICK = NovaOptions.DEFAULT
            .with(Key.RBD_DESTROY_VOLUME_RETRIES, "2")
            .with(Key.RBD_DESTROY_VOLUME_RETRY_INTERVAL, "0")
            .with(Key.IMAGES_RBD_GLANCE_COPY_POLL_INTERVAL, "0");

    final CephCluster cluster;
    final String images;
    final String pool;
    final Rados rados;
    final TestGlance glance;
    final NovaDisks disks;

    NovaCluster(CephCluster cluster, Class<?> test, int cloneFormat, OperationHook hook) throws IOException {
        this.cluster = cluster;
        images = cluster.pool(test, "images-" + cloneFormat);
        pool = cluster.pool(test, "disks-" + cloneFormat);
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .set("rbd_default_clone_format", Integer.toString(cloneFormat))
                .build();
        rados = Wait.on(Rados.builder(conf).hook(hook).connectAsync());
        glance = new TestGlance(rados, images);
        disks = new NovaDisks(rados, QUICK.withPool(pool));
    }

    String info(String spec) throws IOException {
        return cluster.run("rbd", "info", "--format", "json", spec);
    }

    String disk(String name) throws IOException {
        return info(pool + "/" + name);
    }

    String snapshots(String spec) throws IOException {
        return cluster.run("rbd", "snap", "ls", "--all", "--format", "json", spec);
    }

    List<String> list(String of) throws IOException {
        return cluster.run("rbd", "ls", of).lines().toList();
    }

    void write(String disk, long offset, byte[] bytes) throws IOException {
        try (Image image = Rbd.on(rados.pool(pool)).open(disk)) {
            image.write(offset, ByteBuffer.wrap(bytes));
        }
    }

    static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(kind);
    }

    @Override
    public void close() throws IOException {
        rados.close();
        for (String each : List.of(pool, images)) {
            cluster.run("rados", "purge", each, "--yes-i-really-really-mean-it");
        }
    }
}
