package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.cls.Lock;
import io.jrados.cls.LockTerms;
import io.jrados.cls.Locks;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.DaemonConnection;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Somebody with nothing but the right to write a pool's objects attacks whoever opens an image there. */
@PrivateCephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTenantTest {
    private static final String FORGED = "x\n[main] ERROR forged - deleted by client.admin \u001b[2J";

    private PrivateCephCluster cluster;
    private TestClient ours;
    private Rados tenantRados;
    private Pool tenant;

    @BeforeAll
    void connect(PrivateCephCluster own) throws IOException {
        cluster = own;
        ours = new TestClient(own, own.pool(HostileTenantTest.class), TestClient.Mode.CRC);
        tenantRados = Rados.connect(TestConf.of(own));
        tenant = tenantRados.pool(ours.pool.name());
    }

    @AfterAll
    void disconnect() throws IOException {
        tenantRados.close();
        ours.close();
    }

    private String header(String image) throws IOException {
        ours.rbd("create", "--size", "16M", "--image-feature", "layering,exclusive-lock", ours.spec(image));
        try (Image open = ours.rbd.openReadOnly(image)) {
            return "rbd_header." + open.info().id();
        }
    }

    private void metadata(String header, Map<String, byte[]> values) throws RadosException {
        Map<String, byte[]> keys = new HashMap<>();
        values.forEach((key, value) -> keys.put("metadata_" + key, value));
        tenant.operate(header, new WriteOperation().omapSet(keys));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Opens an image, writes to it and makes a snapshot; returns the log. */
    private String used(String image) throws IOException {
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            try (Image open = ours.rbd.open(image)) {
                open.write(0, ByteBuffer.wrap(new byte[4096]));
                open.createSnapshot("s");
            }
        } finally {
            System.setErr(stderr);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    @Covers("H120")
    void metadataThatExpandsIsNoBomb() throws Exception {
        Map<String, byte[]> bomb = new HashMap<>();
        bomb.put("conf_rbd_io_scheduler", bytes("$rbd_compression_hint ".repeat(20)));
        bomb.put("conf_rbd_compression_hint", bytes("$a ".repeat(20)));
        for (char name = 'a'; name < 'h'; name++) {
            bomb.put("conf_" + name, bytes(("$" + (char) (name + 1) + " ").repeat(20)));
        }
        bomb.put("conf_h", bytes("xxxxxxxx"));
        bomb.put("conf_client_notify_timeout", bytes("1".repeat(100_000) + "x"));
        bomb.put("conf_rbd_mtime_update_interval", bytes(Long.toString(Long.MAX_VALUE)));
        bomb.put("conf_rbd_atime_update_interval", bytes("9".repeat(100_000)));
        bomb.put("conf_rbd_qos_iops_burst", bytes(Long.toString(Long.MAX_VALUE)));
        bomb.put("conf_rbd_qos_iops_limit", bytes("1000000"));
        bomb.put("conf_rbd_qos_iops_burst_seconds", bytes("2000000000"));
        bomb.put("conf_rbd_blocklist_expire_seconds", bytes(Long.toString(Long.MAX_VALUE)));
        bomb.put("conf_keyfile", bytes("/dev/zero"));
        bomb.put("conf_key", bytes("AAAA"));
        metadata(header("bomb"), bomb);

        assertThat(used("bomb").lines()).hasSizeLessThan(40).allSatisfy(line -> assertThat(line)
                .hasSizeLessThan(2000));
    }

    @Test
    void metadataForgesNoLineAndTellsNoKey() throws Exception {
        String key = cluster.run("ceph", "auth", "get-key", "client.admin").strip();
        metadata(
                header("liar"),
                Map.of(
                        "conf_rbd_cache", bytes(FORGED),
                        "conf_rbd_default_order", bytes(FORGED),
                        "conf_rbd_io_scheduler", bytes(FORGED)));
        assertThat(used("liar"))
                .contains("ignored: ")
                .doesNotContain("\u001b")
                .doesNotContain("\n[main] ERROR forged")
                .doesNotContain(key);

        metadata(header("thief"), Map.of("conf_rbd_default_snapshot_quiesce_mode", bytes("$key")));
        RadosException refused = catchThrowableOfType(RadosException.class, () -> used("thief"));
        assertThat(refused).hasMessageContaining("$key").hasMessageNotContaining(key);
    }

    /** The reply that would bring it all is longer than a connection takes, and so it would be each time. */
    @Test
    @Covers({"A17", "H120"})
    void metadataLongerThanAnyMessageEndsTheOpeningAndNothingElse() throws Exception {
        String header = header("huge");
        byte[] piece = new byte[20 << 20];
        for (int i = 0; i < 8; i++) {
            metadata(header, Map.of("conf_x" + i, piece));
        }
        RadosException refused =
                catchThrowableOfType(RadosException.class, () -> Rbd.on(ours.pool.withDeadline(Duration.ofSeconds(60)))
                        .openReadOnly("huge"));
        assertThat(refused.errno()).isEqualTo(Errno.EBADMSG);
        assertThat(refused).hasMessageContaining(header).hasMessageContaining("whose reply is not taken");
        header("afterwards");
        used("afterwards");
        cluster.run("rbd", "rm", "--no-progress", ours.spec("huge"));
    }

    /** This client's address is known to whoever sees its watches. */
    @Test
    @Covers("H64")
    void aLockWithThisClientsAddressDoesNotFenceIt() throws Exception {
        String header = header("mirror");
        Locks.in(tenant).lock(header, Lock.exclusive("rbd_lock", "auto 4711").withTag("internal"), LockTerms.USUAL);
        byte[] lock = tenant.xattr(header, "lock.rbd_lock");
        ByteBuffer.wrap(lock)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(indexOf(lock, nonce(tenantRados.address())), nonce(ours.rados.address()));
        tenant.operate(header, new WriteOperation().setXattr("lock.rbd_lock", lock));
        assertThat(cluster.run("rbd", "lock", "ls", ours.spec("mirror"))).contains(ours.rados.address());

        used("mirror");
        assertThat(cluster.run("ceph", "osd", "blocklist", "ls")).doesNotContain(ours.rados.address());
    }

    /** Ids are made by clients, too, and are parts of the names of objects. */
    @Test
    void anIdForgesNoLine() throws Exception {
        String id = "7" + FORGED;
        WriteOperation header = new WriteOperation();
        HeaderCalls.create(1 << 20, 16, 5, "rbd_data." + id, -1).addTo(header);
        tenant.operate("rbd_header." + id, header);
        // the class checks ids, and a plain write does not
        ByteBuffer name = ByteBuffer.allocate(Integer.BYTES + bytes(id).length).order(ByteOrder.LITTLE_ENDIAN);
        tenant.write(
                "rbd_id.forger", 0, name.putInt(bytes(id).length).put(bytes(id)).flip());
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            try (Image open = ours.rbd.open("forger")) {
                open.write(0, ByteBuffer.wrap(new byte[4096]));
                tenant.notify("rbd_header." + id, new byte[] {1, 2, 3}, Duration.ofSeconds(10));
            }
        } finally {
            System.setErr(stderr);
        }
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("was notified of what cannot be read")
                .doesNotContain("\u001b")
                .doesNotContain("\n[main] ERROR forged");
    }

    /** The owner of a lock is whom its object's attribute names, and whoever takes the lock over fences that one. */
    @Test
    @Covers("H64")
    void noDaemonAndNoWholeHostIsFencedForAForgedLock() throws Exception {
        header("first");
        InetSocketAddress osd = ours.rados.connections().stream()
                .filter(connection -> connection.daemon().startsWith("osd."))
                .map(DaemonConnection::address)
                .findFirst()
                .orElseThrow();
        for (int port : new int[] {osd.getPort(), 0}) {
            String image = "forged-" + port;
            String header = header(image);
            Locks.in(tenant)
                    .lock(header, Lock.exclusive("rbd_lock", "auto 4711").withTag("internal"), LockTerms.USUAL);
            byte[] lock = tenant.xattr(header, "lock.rbd_lock");
            int nonce = nonce(tenantRados.address());
            int at = indexOf(lock, nonce);
            // after the nonce: the length of the address, its family, its port
            ByteBuffer.wrap(lock).putShort(at + 10, (short) port);
            if (port == 0) {
                ByteBuffer.wrap(lock).putInt(at, 0);
            }
            tenant.operate(header, new WriteOperation().setXattr("lock.rbd_lock", lock));
            assertThat(cluster.run("rbd", "lock", "ls", ours.spec(image))).contains(":" + port + "/");

            try (Image open =
                    Rbd.on(ours.pool.withDeadline(Duration.ofSeconds(10))).open(image)) {
                RadosException refused = catchThrowableOfType(
                        RadosException.class, () -> open.write(0, ByteBuffer.wrap(new byte[4096])));
                assertThat(refused.getMessage()).contains("no client has such an address");
            }
            assertThat(cluster.run("ceph", "osd", "blocklist", "ls")).doesNotContain("127.0.0.1:" + port + "/");
            assertThat(cluster.run("ceph", "osd", "stat")).contains("2 up");
            tenant.operate(header, new WriteOperation().removeXattr("lock.rbd_lock"));
            used(image);
        }
    }

    private static int nonce(String address) {
        return Integer.parseUnsignedInt(address.replaceFirst("^.*/", ""));
    }

    private static int indexOf(byte[] in, int number) {
        ByteBuffer bytes = ByteBuffer.wrap(in).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i + Integer.BYTES <= in.length; i++) {
            if (bytes.getInt(i) == number) {
                return i;
            }
        }
        throw new AssertionError("no nonce " + number);
    }

    @Test
    void namesOfOthersStayOnTheirLines() {
        assertThat(catchThrowableOfType(RadosException.class, () -> ours.rbd.open(FORGED)))
                .satisfies(failed -> assertThat(failed.errno()).isEqualTo(Errno.ENOENT))
                .hasMessageContaining("x\\n[main] ERROR forged")
                .hasMessageNotContaining("\u001b")
                .hasMessageNotContaining("\n");
    }
}
