package io.jrados.rbd;

import io.jrados.conf.CephConf;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.NativeResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Our client and Ceph's own tool on one pool, the first in a mode of connections of the test's choice. */
final class TestClient implements AutoCloseable {
    /** The modes of connections. */
    enum Mode {
        CRC,
        SECURE
    }

    final CephCluster cluster;
    final Rados rados;
    final Pool pool;
    final Rbd rbd;

    TestClient(CephCluster cluster, String poolName, Mode mode) throws IOException {
        this.cluster = cluster;
        this.rados = Rados.connect(conf(cluster, mode));
        this.pool = rados.pool(poolName);
        this.rbd = Rbd.on(pool);
    }

    /** The cluster's configuration, with the mode for all connections. */
    private static CephConf conf(CephCluster cluster, Mode mode) throws IOException {
        String wanted = mode == Mode.CRC ? "crc" : "secure";
        return TestConf.builder(cluster)
                .set("ms_client_mode", wanted)
                .set("ms_mon_client_mode", wanted)
                .build();
    }

    String spec(String image) {
        return pool.name() + "/" + image;
    }

    ImageSpec snapshot(String image, String snapshot) {
        return ImageSpec.of(pool.name(), image).at(snapshot);
    }

    /** Runs the native tool. */
    NativeResult rbd(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("rbd"));
        command.addAll(List.of(words));
        return cluster.exec(command.toArray(String[]::new)).succeeded();
    }

    /** The whole image, as the native tool reads it. */
    byte[] exported(String spec) throws IOException {
        return rbd("export", "--no-progress", spec, "-").output();
    }

    /** Makes an image natively. */
    void imported(byte[] content, String spec, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("rbd", "import", "--no-progress"));
        command.addAll(List.of(options));
        command.addAll(List.of("-", spec));
        cluster.exec(Duration.ofMinutes(1), content, command.toArray(String[]::new))
                .succeeded();
    }

    static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** An object's bytes. */
    static byte[] bytes(TestClient client, String object) throws IOException {
        return client.cluster
                .exec("rados", "-p", client.pool.name(), "get", object, "-")
                .succeeded()
                .output();
    }

    static byte[] read(Image image) throws IOException {
        return read(image, 0, (int) image.size());
    }

    static byte[] read(Image image, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        image.read(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }

    @Override
    public void close() {
        rados.close();
    }
}
