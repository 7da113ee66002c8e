package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.conf.CephConf;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The work of administrators on a cluster with managers, and the native tools' view of it. */
@PrivateCephTest(mgrs = 2)
class ClusterAdminTest {
    private static PrivateCephCluster cluster;
    private static Rados rados;
    private static ClusterAdmin admin;

    @BeforeAll
    static void connect(PrivateCephCluster own) throws IOException {
        cluster = own;
        rados = Rados.connect(CephConf.load(own.conf()));
        admin = rados.admin();
    }

    @AfterAll
    static void close() {
        rados.close();
    }

    private static JsonNode ceph(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ceph"));
        command.addAll(List.of(words));
        command.addAll(List.of("--format", "json"));
        return new ObjectMapper().readTree(cluster.run(command.toArray(String[]::new)));
    }

    private static JsonNode json(CommandResult answer) throws IOException {
        return new ObjectMapper().readTree(answer.text());
    }

    private static void fails(Errno errno, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                .isEqualTo(errno));
    }

    // ---- commands

    @Test
    @Covers({"C13", "C14", "F24"})
    void commandsToTheMonitorsAndToOneOfThem() throws Exception {
        JsonNode dump = json(admin.commands().mon(Command.of("mon dump")));
        assertThat(dump.path("fsid").asText()).isEqualTo(rados.fsid().toString());
        JsonNode status = json(admin.commands().mon("a", Command.of("mon_status")));
        assertThat(status.path("name").asText()).isEqualTo("a");
        assertThat(status.path("rank").asInt()).isZero();
        fails(Errno.ENOENT, () -> admin.commands().mon("nobody", Command.of("mon_status")));
        assertThatThrownBy(() -> admin.commands().mon(Command.of("no such command")))
                .hasMessageContaining("no such command")
                .hasMessageContaining("EINVAL");
    }

    @Test
    @Covers({"C14", "C24", "F24"})
    void commandsToTheManager() throws Exception {
        JsonNode stat = json(admin.commands().mgr(Command.of("pg stat")));
        assertThat(stat.path("pg_ready").isBoolean()).isTrue();
        String version = admin.commands().tellMgr(Command.of("version")).text();
        assertThat(version).contains(ceph("version").path("version").asText().split(" ")[2]);
        assertThatThrownBy(() -> admin.commands().mgr(Command.of("osd nonsense")))
                .hasMessageContaining("of the manager");
    }

    @Test
    @Covers({"B25", "B26"})
    void whoHasNoCapabilitiesThereGetsNothingFromTheManager() throws Exception {
        String key = cluster.run(
                "ceph", "auth", "get-or-create-key", "client.small", "mon", "profile rbd", "osd", "profile rbd");
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .name("client.small")
                .set("key", key.strip())
                .build();
        try (Rados small = Rados.connect(conf)) {
            fails(Errno.EACCES, () -> small.admin().commands().mgr(Command.of("pg stat")));
            fails(Errno.EACCES, () -> small.admin().commands().mon(Command.of("auth ls")));
        }
    }

    @Test
    @Covers({"C15", "F24"})
    void commandsToOsdsAndPlacementGroups() throws Exception {
        JsonNode version = json(admin.commands().osd(1, Command.of("version")));
        assertThat(version.path("version").asText()).startsWith(Integer.toString(admin.requireOsdRelease()));
        String pool = cluster.pool(getClass());
        long id = rados.pool(pool).id();
        JsonNode query = json(admin.commands().pg(id + ".3", Command.of("query")));
        JsonNode mapped = ceph("pg", "map", id + ".3");
        assertThat(query.path("acting")).isEqualTo(mapped.path("acting"));
        assertThat(query.path("info").path("pgid").asText()).isEqualTo(id + ".3");
        fails(Errno.ENOENT, () -> admin.commands().osd(99, Command.of("version")));
        fails(Errno.ENOENT, () -> admin.commands().pg("4000000.1", Command.of("query")));
        fails(Errno.EINVAL, () -> admin.commands().pg("one", Command.of("query")));
    }

    @Test
    @Covers({"C28", "F03"})
    void pingsOneMonitor() throws Exception {
        JsonNode pong = new ObjectMapper().readTree(admin.pingMonitor("a"));
        assertThat(pong.path("mon_status").path("name").asText()).isEqualTo("a");
        fails(Errno.ENOENT, () -> admin.pingMonitor("z"));
    }

    // ---- pools

    @Test
    @Covers({"C12", "C16", "F04"})
    void makesListsRenamesAndDeletesPools() throws Exception {
        PoolAdmin pools = admin.pools();
        long plain = pools.create("plain");
        long sized =
                pools.create("sized", PoolOptions.DEFAULT.withPlacementGroups(4).withSize(1));
        assertThat(pools.list()).containsEntry(plain, "plain").containsEntry(sized, "sized");
        assertThatThrownBy(() -> pools.create("plain")).isInstanceOf(AlreadyExistsException.class);
        JsonNode details = ceph("osd", "pool", "get", "sized", "pg_num");
        assertThat(details.path("pg_num").asInt()).isEqualTo(4);
        assertThat(ceph("osd", "pool", "get", "sized", "size").path("size").asInt())
                .isEqualTo(1);
        pools.rename("sized", "renamed");
        assertThat(rados.pool("renamed").id()).isEqualTo(sized);
        rados.pool("renamed").writeFull("object", ByteBuffer.allocate(1));
        pools.delete("renamed");
        pools.delete("plain");
        assertThat(cluster.run("ceph", "osd", "pool", "ls").lines()).doesNotContain("plain", "sized", "renamed");
        assertThat(rados.pools()).doesNotContain("plain", "sized", "renamed");
        assertThatThrownBy(() -> pools.delete("plain")).isInstanceOf(NotFoundException.class);
    }

    @Test
    @Covers({"C31", "F28"})
    void applicationsOfAPool() throws Exception {
        PoolAdmin pools = admin.pools();
        long id = pools.create("tagged");
        assertThat(pools.applications("tagged")).isEmpty();
        pools.enableApplication("tagged", "rbd", false);
        fails(Errno.EPERM, () -> pools.enableApplication("tagged", "rgw", false));
        pools.enableApplication("tagged", "rgw", true);
        pools.setApplicationMetadata("tagged", "rbd", "key", "value");
        assertThat(pools.applications("tagged"))
                .containsEntry("rbd", Map.of("key", "value"))
                .containsEntry("rgw", Map.of());
        assertThat(ceph("osd", "pool", "application", "get", "tagged")
                        .path("rbd")
                        .path("key")
                        .asText())
                .isEqualTo("value");
        pools.removeApplicationMetadata("tagged", "rbd", "key");
        assertThat(pools.applications("tagged")).containsEntry("rbd", Map.of());
        fails(Errno.ENOENT, () -> pools.setApplicationMetadata("tagged", "cephfs", "key", "value"));
        assertThat(pools.list()).containsKey(id);
        pools.delete("tagged");
    }

    @Test
    @Covers({"C16", "C19", "F03"})
    void statisticsAndQuotas() throws Exception {
        String name = cluster.pool(getClass(), "stats");
        Pool pool = rados.pool(name);
        for (int i = 0; i < 20; i++) {
            pool.writeFull("object-" + i, ByteBuffer.allocate(1000));
        }
        PoolStats stats = within(
                30,
                () -> admin.pools().stats(List.of(name, "no-such-pool")).get(name),
                found -> found != null && found.objects() == 20);
        assertThat(stats.bytes()).isEqualTo(20_000);
        assertThat(stats.copies()).isEqualTo(40);
        assertThat(stats.writes()).isGreaterThanOrEqualTo(20);
        JsonNode native_ = new ObjectMapper()
                .readTree(cluster.run("rados", "df", "-p", name, "--format", "json"))
                .path("pools")
                .path(0);
        assertThat(native_.path("num_objects").asLong()).isEqualTo(stats.objects());
        assertThat(native_.path("write_ops").asLong()).isEqualTo(stats.writes());
        ClusterStats all = admin.stats();
        assertThat(all.objects()).isGreaterThanOrEqualTo(20);
        assertThat(all.usedKib() + all.availableKib()).isBetween(all.totalKib() - 2, all.totalKib() + 2);
        assertThat(ceph("df").path("stats").path("total_bytes").asLong() >> 10).isEqualTo(all.totalKib());
        PoolAdmin.Usage usage = admin.pools().usage(name);
        assertThat(usage.cluster() >> 10).isEqualTo(all.totalKib());
        assertThat(usage.stored()).isEqualTo(20_000);
        assertThat(usage.used()).isGreaterThanOrEqualTo(usage.stored());
        assertThat(usage.available()).isPositive();
        assertThatThrownBy(() -> admin.pools().usage("no-such-pool")).isInstanceOf(NotFoundException.class);

        admin.pools().setQuota(name, PoolQuota.NONE.withMaxBytes(1 << 20).withMaxObjects(10));
        assertThat(admin.pools().quota(name))
                .isEqualTo(PoolQuota.NONE.withMaxBytes(1 << 20).withMaxObjects(10));
        assertThat(ceph("osd", "pool", "get-quota", name)
                        .path("quota_max_objects")
                        .asLong())
                .isEqualTo(10);
        admin.pools().setQuota(name, PoolQuota.NONE);
        assertThat(admin.pools().quota(name)).isEqualTo(PoolQuota.NONE);
    }

    // ---- fencing and values

    @Test
    @Covers({"C20", "C21", "F26"})
    void fencesAClientAndLetsItInAgain() throws Exception {
        String pool = cluster.pool(getClass());
        try (Rados victim = Rados.connect(CephConf.load(cluster.conf()))) {
            Pool his = victim.pool(pool);
            his.writeFull("fence", ByteBuffer.allocate(1));
            String address = victim.address();
            admin.blocklist().add(address, Optional.of(Duration.ofSeconds(90)));
            assertThat(admin.blocklist().list()).contains(address);
            assertThat(cluster.run("ceph", "osd", "blocklist", "ls")).contains(address);
            Wait.on(victim.waitForLatestOsdMapAsync());
            assertThatThrownBy(() -> his.writeFull("fence", ByteBuffer.allocate(1)))
                    .isInstanceOf(FencedException.class);
            admin.blocklist().remove(address);
            assertThat(admin.blocklist().list()).doesNotContain(address);
        }
        fails(Errno.EINVAL, () -> admin.blocklist().add("nobody", Optional.empty()));
        admin.blocklist().add("198.51.100.7", Optional.empty());
        assertThat(admin.blocklist().list()).anyMatch(entry -> entry.startsWith("198.51.100.7:0/0"));
        admin.blocklist().remove("198.51.100.7");
    }

    @Test
    @Covers("C30")
    void keepsValues() throws Exception {
        ConfigKeys keys = admin.configKeys();
        byte[] value = {0, 1, (byte) 0xff, '\n'};
        keys.set("jrados/binary", value);
        assertThat(keys.get("jrados/binary")).isEqualTo(value);
        cluster.run("ceph", "config-key", "set", "jrados/text", "written natively");
        assertThat(keys.get("jrados/text")).isEqualTo("written natively".getBytes(StandardCharsets.UTF_8));
        assertThat(keys.list()).contains("jrados/binary", "jrados/text");
        keys.remove("jrados/binary");
        assertThatThrownBy(() -> keys.get("jrados/binary")).isInstanceOf(NotFoundException.class);
    }

    @Test
    @Covers("C26")
    void whichClientsAndOsdsThereMustBe() throws Exception {
        JsonNode dump = ceph("osd", "dump");
        assertThat(dump.path("require_osd_release").asText())
                .startsWith(Map.of(16, "pacific", 18, "reef", 20, "tentacle").get(admin.requireOsdRelease()));
        cluster.run("ceph", "osd", "set-require-min-compat-client", "mimic", "--yes-i-really-mean-it");
        Wait.on(rados.waitForLatestOsdMapAsync());
        assertThat(admin.requireMinCompatClient()).hasValue(13).isEqualTo(rados.requireMinCompatClient());
    }

    // ---- the log, services, configuration

    @Test
    @Covers({"C29", "F25"})
    void followsAndWritesTheLog() throws Exception {
        BlockingQueue<LogLine> lines = new LinkedBlockingQueue<>();
        try (ClusterAdmin.Following following = admin.followLog(LogLine.Level.INFO, lines::add)) {
            assertThat(following).isNotNull();
            fails(Errno.EBUSY, () -> admin.followLog(LogLine.Level.INFO, lines::add));
            admin.writeLog("a word in Java");
            LogLine line = lines.poll(30, TimeUnit.SECONDS);
            while (line != null && !line.message().equals("a word in Java")) {
                line = lines.poll(30, TimeUnit.SECONDS);
            }
            assertThat(line).isNotNull();
            assertThat(line.speaker()).isEqualTo("client.admin");
            assertThat(line.level()).isEqualTo(LogLine.Level.INFO);
            assertThat(line.channel()).isEqualTo("cluster");
        }
        assertThat(cluster.run("ceph", "log", "last", "20")).contains("a word in Java");
    }

    @Test
    @Covers({"C24", "C25", "F27"})
    void showsAServiceThroughAFailOverOfTheManager() throws Exception {
        ServiceDaemon service = admin.registerService("jrados", "one", Map.of("hostname", "here", "language", "Java"));
        fails(Errno.EEXIST, () -> admin.registerService("jrados", "two", Map.of()));
        service.status(Map.of("state", "busy"));
        within(
                60,
                ClusterAdminTest::services,
                found -> found.path("status").path("state").asText().equals("busy"));
        assertThat(services().path("metadata").path("language").asText()).isEqualTo("Java");

        String active = ceph("mgr", "dump").path("active_name").asText();
        cluster.kill("mgr." + active);
        cluster.run("ceph", "mgr", "fail", active);
        JsonNode stat = json(admin.commands().mgr(Command.of("pg stat")));
        assertThat(stat.path("pg_ready").isBoolean())
                .as("of the manager that took over")
                .isTrue();
        within(
                60,
                ClusterAdminTest::services,
                found -> found.path("status").path("state").asText().equals("busy"));
        cluster.revive("mgr." + active);

        Wait.on(service.closeAsync());
        within(60, ClusterAdminTest::services, JsonNode::isMissingNode);
    }

    private static JsonNode services() throws IOException {
        JsonNode dump = json(admin.commands().mgr(Command.of("service dump")));
        JsonNode daemon = dump.path("services").path("jrados").path("daemons").path("one");
        if (daemon.isMissingNode()) {
            return daemon;
        }
        JsonNode status = json(admin.commands().mgr(Command.of("service status")));
        ((com.fasterxml.jackson.databind.node.ObjectNode) daemon)
                .set("status", status.path("jrados").path("one").path("status"));
        return daemon;
    }

    @Test
    @Covers("C22")
    void centralConfigurationAppliesAndFallsBack() throws Exception {
        assertThat(rados.conf().get("rbd_default_order")).isEqualTo("22");
        cluster.run("ceph", "config", "set", "client", "rbd_default_order", "21");
        within(30, () -> rados.conf().get("rbd_default_order"), "21"::equals);
        cluster.run("ceph", "config", "rm", "client", "rbd_default_order");
        within(30, () -> rados.conf().get("rbd_default_order"), "22"::equals);
    }

    /** Returns a value once it is as expected. */
    private static <T> T within(
            int seconds, java.util.concurrent.Callable<T> look, java.util.function.Predicate<T> expected)
            throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        T last = look.call();
        while (!expected.test(last)) {
            assertThat(System.nanoTime())
                    .as("still %s after %d s", last, seconds)
                    .isLessThan(end);
            Wait.on(rados.waitForLatestOsdMapAsync());
            last = look.call();
        }
        return last;
    }
}
