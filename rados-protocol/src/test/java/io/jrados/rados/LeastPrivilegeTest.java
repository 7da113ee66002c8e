package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A user with nothing but a profile for one pool. */
@CephTest
class LeastPrivilegeTest {
    private static CephCluster cluster;
    private static String user;
    private static Rados rados;

    @BeforeAll
    static void connect(CephCluster shared) throws Exception {
        cluster = shared;
        user = "client.least-" + Long.toHexString(System.nanoTime());
        String key = cluster.run(
                        "ceph",
                        "auth",
                        "get-or-create-key",
                        user,
                        "mon",
                        "profile rbd",
                        "osd",
                        "profile rbd pool=" + cluster.pool(LeastPrivilegeTest.class))
                .strip();
        rados = Rados.connect(CephConf.builder()
                .file(cluster.conf())
                .name(user)
                .set("key", key)
                .build());
    }

    @AfterAll
    static void close() throws Exception {
        rados.close();
        cluster.run("ceph", "auth", "rm", user);
    }

    private static void fails(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                .isEqualTo(errno));
    }

    @Test
    @Covers("B26")
    void worksInItsPoolAndNowhereElse() throws Exception {
        Pool own = rados.pool(cluster.pool(getClass()));
        own.writeFull("mine", ByteBuffer.allocate(3));
        assertThat(own.stat("mine").size()).isEqualTo(3);
        long snap = own.createSnapId();
        own.removeSnapId(snap);
        Pool foreign = rados.pool(cluster.pool(getClass(), "foreign"));
        fails(Errno.EPERM, () -> foreign.writeFull("mine", ByteBuffer.allocate(3)));
        fails(Errno.EPERM, () -> foreign.stat("mine"));
        own.writeFull("mine", ByteBuffer.allocate(4));
    }

    @Test
    @Covers("B26")
    void administersNothing() {
        ClusterAdmin admin = rados.admin();
        fails(Errno.EACCES, () -> admin.commands()
                .mon(Command.of("osd pool create").with("pool", "refused")));
        fails(Errno.EACCES, () -> admin.configKeys().get("refused"));
    }
}
