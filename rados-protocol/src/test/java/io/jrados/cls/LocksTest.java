package io.jrados.cls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Clients;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.CephUser;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Locks that two clients of ours and the native clients take from each other. */
@CephTest
class LocksTest {
    private static final Lock OURS = Lock.exclusive("guard", "ours");

    private static CephCluster cluster;
    private static String poolName;
    private static Rados rados;
    private static Rados other;
    private static Pool pool;
    private static Locks locks;

    @BeforeAll
    static void connect(CephCluster shared, CephUser user, TestInfo test) throws IOException {
        cluster = shared;
        poolName = shared.pool(test.getTestClass().orElseThrow());
        rados = Clients.connect(shared, user);
        other = Clients.connect(shared, user);
        pool = rados.pool(poolName);
        locks = Locks.in(pool);
    }

    @AfterAll
    static void close() {
        rados.close();
        other.close();
    }

    private static void assertFails(Errno with, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                .isEqualTo(with));
    }

    private static String tool(String... words) throws IOException {
        String[] command = new String[words.length + 4];
        System.arraycopy(new String[] {"rados", "-p", poolName, "lock"}, 0, command, 0, 4);
        System.arraycopy(words, 0, command, 4, words.length);
        return cluster.run(command);
    }

    private static String python(String script) throws IOException {
        return cluster.run(
                "/usr/bin/python3",
                "-c",
                "import rados, os\nr = rados.Rados(conffile=os.environ['CEPH_CONF'])\nr.connect()\n"
                        + "io = r.open_ioctx('" + poolName + "')\n" + script);
    }

    @Test
    @Covers({"G179", "G180", "G182", "G183", "E84", "F17"})
    void oneHoldsAndTheOtherIsToldSo() throws Exception {
        String object = "exclusive";
        locks.lock(object, OURS, LockTerms.USUAL.withDescription("why"));
        assertThat(locks.names(object)).containsExactly("guard");
        LockInfo info = locks.info(object, "guard");
        assertThat(info.type()).isEqualTo(LockType.EXCLUSIVE);
        assertThat(info.lockers()).singleElement().satisfies(holder -> {
            assertThat(holder.client()).isEqualTo("client." + rados.instanceId());
            assertThat(holder.cookie()).isEqualTo("ours");
            assertThat(holder.address()).isEqualTo(rados.address());
            assertThat(holder.description()).isEqualTo("why");
            assertThat(holder.expires()).isEmpty();
        });
        assertThat(tool("info", object, "guard"))
                .contains("client." + rados.instanceId())
                .contains(rados.address())
                .contains("why");

        Locks theirs = Locks.in(other.pool(poolName));
        assertFails(Errno.EBUSY, () -> theirs.lock(object, OURS));
        assertFails(Errno.EEXIST, () -> locks.lock(object, OURS));
        assertFails(Errno.EBUSY, () -> locks.lock(object, OURS.withTag("another")));
        assertFails(Errno.ENOENT, () -> theirs.unlock(object, OURS));
        locks.unlock(object, OURS);
        theirs.lock(object, OURS);
        theirs.unlock(object, OURS);
        assertThat(locks.info(object, "guard").lockers()).isEmpty();
    }

    @Test
    @Covers({"G181", "G182", "F17"})
    void theNativeToolsHoldAndAreBroken() throws Exception {
        String object = "native";
        tool("get", object, "guard", "--lock-cookie", "theirs");
        assertFails(Errno.EBUSY, () -> locks.lock(object, OURS));
        LockInfo.Locker holder = locks.info(object, "guard").lockers().get(0);
        assertThat(holder.cookie()).isEqualTo("theirs");
        locks.breakLock(object, "guard", holder);
        assertFails(Errno.ENOENT, () -> locks.breakLock(object, "guard", holder));
        locks.lock(object, OURS);
        assertThat(
                        python(
                                "try:\n io.lock_exclusive('native', 'guard', 'mine')\nexcept rados.ObjectBusy:\n print('busy')"))
                .isEqualTo("busy");
        tool("break", object, "guard", "client." + rados.instanceId(), "--lock-cookie", "ours");
        assertFails(Errno.ENOENT, () -> locks.unlock(object, OURS));
        assertThat(python("io.lock_shared('native', 'guard', 'mine', 'tag', 'because')"))
                .isEmpty();
        LockInfo info = locks.info(object, "guard");
        assertThat(info.type()).isEqualTo(LockType.SHARED);
        assertThat(info.tag()).isEqualTo("tag");
        assertThat(info.lockers().get(0).description()).isEqualTo("because");
    }

    @Test
    @Covers({"G179", "F17"})
    void manyShareByTheirTag() throws Exception {
        String object = "shared";
        Lock one = Lock.shared("readers", "1", "tag");
        locks.lock(object, one);
        locks.lock(object, one.withCookie("2"));
        tool("get", object, "readers", "--lock-cookie", "3", "--lock-tag", "tag", "--lock-type", "shared");
        assertThat(locks.info(object, "readers").lockers())
                .extracting(LockInfo.Locker::cookie)
                .containsExactlyInAnyOrder("1", "2", "3");
        assertFails(Errno.EBUSY, () -> locks.lock(object, one.withCookie("4").withTag("other")));
        assertFails(Errno.EBUSY, () -> locks.lock(object, Lock.exclusive("readers", "4")));
    }

    @Test
    @Covers("G179")
    void aHoldingIsRenewedAndExpires() throws Exception {
        String object = "renewed";
        LockTerms hour = LockTerms.USUAL.withDuration(Duration.ofHours(1));
        assertFails(Errno.ENOENT, () -> locks.lock(object, OURS, hour.withRenewal(LockTerms.Renewal.REQUIRED)));
        locks.lock(object, OURS, hour.withRenewal(LockTerms.Renewal.ALLOWED));
        Instant before = locks.info(object, "guard").lockers().get(0).expires().orElseThrow();
        assertThat(before).isAfter(Instant.now().plusSeconds(3000));
        locks.lock(object, OURS, hour.withDuration(Duration.ofNanos(1)).withRenewal(LockTerms.Renewal.REQUIRED));
        locks.lock(object, OURS.withCookie("next"), LockTerms.USUAL.withRenewal(LockTerms.Renewal.NONE));
        assertThat(locks.info(object, "guard").lockers())
                .as("the other holding is over")
                .extracting(LockInfo.Locker::cookie)
                .containsExactly("next");
    }

    @Test
    @Covers({"G184", "G185", "E69", "K10"})
    void aWriteIsDoneByTheHolderOnly() throws Exception {
        String object = "guarded";
        Lock lock = new Lock("rbd_lock", LockType.EXCLUSIVE, "auto 1", "internal");
        WriteOperation take = LockCalls.lock(lock, LockTerms.USUAL).addTo(new WriteOperation());
        pool.operate(object, take.writeFull(ByteBuffer.wrap(new byte[] {1})));
        pool.operate(
                object,
                LockCalls.assertLocked(lock).addTo(new WriteOperation()).append(ByteBuffer.wrap(new byte[] {2})));
        locks.setCookie(object, lock, "auto 2");
        assertFails(
                Errno.EBUSY,
                () -> pool.operate(
                        object,
                        LockCalls.assertLocked(lock).addTo(new WriteOperation()).truncate(0)));
        assertFails(Errno.EBUSY, () -> locks.setCookie(object, lock, "auto 3"));
        Lock now = lock.withCookie("auto 2");
        assertFails(Errno.EBUSY, () -> other.pool(poolName)
                .operate(
                        object,
                        LockCalls.assertLocked(now).addTo(new WriteOperation()).truncate(0)));
        assertThat(pool.operate(
                                object,
                                LockCalls.assertLocked(now)
                                        .addTo(new ReadOperation())
                                        .stat())
                        .stat(1)
                        .size())
                .isEqualTo(2);
    }

    @Test
    @Covers({"G179", "G180"})
    void anEphemeralLockTakesItsObjectWithIt() throws Exception {
        Lock lock = new Lock("brief", LockType.EXCLUSIVE_EPHEMERAL, "c", "");
        locks.lock("ephemeral", lock);
        assertThat(pool.stat("ephemeral").size()).isZero();
        locks.unlock("ephemeral", lock);
        assertFails(Errno.ENOENT, () -> pool.stat("ephemeral"));
    }
}
