package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.CephCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A librbd process and a client of ours in one pool, each with one image open. */
final class TwoClients implements AutoCloseable {
    static final int MIB = 1 << 20;

    final TestClient ours;
    final NativeClient theirs;

    TwoClients(CephCluster cluster, Class<?> test) throws IOException {
        ours = new TestClient(cluster, cluster.pool(test), TestClient.Mode.CRC);
        theirs = new NativeClient(cluster, ours.pool.name());
    }

    /** An image with the features that Ceph gives by default, open here and there. */
    Image open(String name) throws IOException {
        ours.rbd("create", "--size", "16M", ours.spec(name));
        return openBoth(name);
    }

    Image openBoth(String name) throws IOException {
        theirs.open(name);
        return ours.rbd.open(name);
    }

    boolean theyOwn() throws IOException {
        return theirs.run("image.is_exclusive_lock_owner()").equals("True");
    }

    void checkObjectMap(String name) throws IOException {
        ours.rbd("object-map", "check", "--no-progress", ours.spec(name));
        assertThat(ours.rbd("info", ours.spec(name)).text()).doesNotContain("invalid");
    }

    static void write(Image image, long offset, int value, int length) throws IOException {
        image.write(offset, ByteBuffer.wrap(filled(value, length)));
    }

    static byte[] filled(int value, int length) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) value);
        return data;
    }

    static Errno errno(ThrowingCallable call) {
        return catchThrowableOfType(RadosException.class, call).errno();
    }

    @Override
    public void close() throws IOException {
        theirs.close();
        ours.close();
    }
}
