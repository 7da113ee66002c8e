package io.jrados.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CephConfTest {
    private static final String SECRET = "AQBSdFhcGk5zARAAz4Wvpp0rq4gnuTzFXsb5Ug==";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void names() {
        file = folder.resolve("west.conf");
    }

    private CephConfBuilder with(String text) throws Exception {
        Files.writeString(file, text);
        return CephConf.builder().file(file);
    }

    private static void assertFails(Errno errno, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(ConfigurationException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(errno))
                .hasMessageContaining(text);
    }

    @Test
    @Covers("C23")
    void theNearestSectionCounts() throws Exception {
        String text =
                """
                [client.x]
                keyring = own
                [client]
                keyring = type
                mon host = type
                [global]
                keyring = all
                mon-host = all
                crush location = all
                [client.y]
                keyring = another
                """;

        CephConf conf = with(text).name("client.x").build();
        CephConf admin = with(text).build();

        assertThat(conf.get("keyring")).isEqualTo("own");
        assertThat(conf.get("mon host")).isEqualTo("type");
        assertThat(conf.get("crush-location")).isEqualTo("all");
        assertThat(admin.get("keyring")).isEqualTo("type");
        assertThat(admin.name()).hasToString("client.admin");
    }

    @Test
    @Covers({"C22", "F02"})
    void theStrongestSourceCounts() throws Exception {
        String text = "[global]\nms_max_backoff = 2\nobjecter_timeout = 2\nms_initial_backoff = 2\n";
        CephConf conf = with(text)
                .environment(Map.of("CEPH_ARGS", "--objecter-timeout 3 --ms_initial_backoff=3"))
                .set("ms initial backoff", "4")
                .build()
                .withCentral(Map.of(
                        "mon_client_ping_timeout", "1",
                        "ms_max_backoff", "1",
                        "objecter_timeout", "1",
                        "ms_initial_backoff", "1"));

        assertThat(conf.duration("mon_client_ping_interval")).isEqualTo(Duration.ofSeconds(10));
        assertThat(conf.duration("mon_client_ping_timeout")).isEqualTo(Duration.ofSeconds(1));
        assertThat(conf.duration("ms_max_backoff")).isEqualTo(Duration.ofSeconds(2));
        assertThat(conf.duration("objecter_timeout")).isEqualTo(Duration.ofSeconds(3));
        assertThat(conf.duration("ms_initial_backoff")).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    @Covers("C22")
    void whatTheMonitorsNoLongerSayFallsBack() throws Exception {
        CephConf conf = CephConf.builder().build();

        CephConf set = conf.withCentral(Map.of("objecter_inflight_ops", "7", "objecter_timeout", "nonsense"));

        assertThat(set.integer("objecter_inflight_ops")).isEqualTo(7);
        assertThat(set.duration("objecter_timeout")).isEqualTo(Duration.ofSeconds(10));
        assertThat(set.withCentral(Map.of()).integer("objecter_inflight_ops")).isEqualTo(1024);
    }

    @Test
    void variablesAreReplaced() throws Exception {
        CephConf conf =
                with("[global]\nkeyring = $home/$cluster.${name}-$type$id.$pid$nope\nmon_host=$keyring$mon_host\n")
                        .environment(Map.of("HOME", "/h", "PID", "9"))
                        .name("client.x")
                        .build();

        assertThat(conf.get("keyring")).isEqualTo("/h/west.client.x-clientx.9$nope");
        assertThat(conf.get("mon_host")).isEqualTo("/h/west.client.x-clientx.9$nope$mon_host");
    }

    @Test
    @Covers("F02")
    void theEnvironmentNamesFileUserAndOptions() throws Exception {
        with("[client.glance]\nkeyring = k\n[global]\nmon_host = 10.0.0.1\n");

        CephConf conf = CephConf.builder()
                .environment(Map.of(
                        "CEPH_CONF",
                        file.toString(),
                        "CEPH_ARGS",
                        "--id glance  -m 10.0.0.2 --no-rbd-validate-pool --debug-ms 1 --ms_crc_data false -- -m 1"))
                .build();

        assertThat(conf.name()).isEqualTo(new ClientName("client", "glance"));
        assertThat(conf.cluster()).isEqualTo("west");
        assertThat(conf.get("keyring")).isEqualTo("k");
        assertThat(conf.get("mon_host")).isEqualTo("10.0.0.2");
        assertThat(conf.bool("rbd_validate_pool")).isFalse();
        assertThat(conf.bool("ms_crc_data")).isFalse();
        assertThat(conf.find("debug_ms")).contains("1");
    }

    @Test
    void argumentsNameTheFile() throws Exception {
        with("[global]\nkeyring = k\n");

        CephConf conf = CephConf.builder()
                .environment(Map.of("CEPH_ARGS", "-c " + file + " --cluster east -n client.a.b", "CEPH_KEYRING", "e"))
                .build();

        assertThat(conf.cluster()).isEqualTo("east");
        assertThat(conf.name().id()).isEqualTo("a.b");
        assertThat(conf.get("keyring")).isEqualTo("e");
    }

    @Test
    @Covers("F02")
    void theUsualPlacesAreSearched() throws Exception {
        Files.createDirectories(folder.resolve(".ceph"));
        Files.writeString(folder.resolve(".ceph/north.conf"), "[global]\nmon_host = 10.0.0.9\n");

        CephConf conf = CephConf.builder()
                .cluster("north")
                .environment(Map.of("HOME", folder.toString()))
                .build();

        assertThat(conf.get("mon_host")).isEqualTo("10.0.0.9");
    }

    @Test
    void noFileAtAllIsAnErrorOnlyWhenMonitorsAreNeeded() throws Exception {
        CephConf conf = CephConf.builder()
                .cluster("nowhere")
                .environment(Map.of("HOME", folder.toString()))
                .set("mon_dns_srv_name", "")
                .build();

        assertFails(Errno.ENOENT, "/etc/ceph/nowhere.conf", conf::monitors);
    }

    @Test
    void anUnknownOptionFailsAndNamesTheNearestOne() throws Exception {
        assertThatThrownBy(() -> CephConf.builder().set("ms_client_mod", "secure"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ms_client_mod")
                .hasMessageContaining("ms_client_mode");
        assertThatThrownBy(() -> CephConf.builder().set("rbd cache polcy", Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the nearest is rbd_cache_policy");
        assertFails(Errno.EINVAL, "the nearest is rbd_cache_policy", () -> CephConf.check("rbd_cache_polcy", "a"));
    }

    @Test
    void aFileWithAMistypedOptionIsReadAndWarnsOnce() throws Exception {
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        CephConf conf;
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            conf =
                    with("""
                    [global]
                    ms client mod = secure
                    osd objectstore = memstore
                    rbd_cache = false
                    """)
                            .build();
            assertThat(conf.withCentral(Map.of("rbd_default_order", "21")).integer("rbd_default_order"))
                    .isEqualTo(21);
        } finally {
            System.setErr(stderr);
        }
        assertThat(conf.bool("rbd_cache")).isFalse();
        assertThat(log.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("WARN")))
                .singleElement()
                .asString()
                .contains("west.conf", "ms_client_mod: ", "the nearest is ms_client_mode")
                .doesNotContain("objectstore");
    }

    /** Ceph's own tools take these too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "debug rbd",
                "debug_ms",
                "log_file",
                "log-to-stderr",
                "admin_socket",
                "rbd_cache_size",
                "rbd_cache_max_dirty",
                "rbd_persistent_cache_mode",
                "rbd_default_format",
                "public_network",
                "osd_pool_default_size",
                "mon_client_hunt_interval_min_multiple",
                "ms_bind_ipv6",
                "auth_debug",
                "cephx_require_signatures"
            })
    void anOptionOfCephsThatMeansNothingHereIsTaken(String option) throws Exception {
        assertThat(CephConf.builder().set(option, "1").build().find(option)).contains("1");
        assertThat(OtherOptions.isStrangeInFile(Option.normal(option))).isFalse();
    }

    @Test
    void aFileIsDoubtedOnlyWhereANameIsProbablyAMistake() {
        assertThat(List.of("ms_client_mod", "mon_hosts", "rbd_cahce", "osd_heartbeat_grac", "nonsense", "keyrng"))
                .allMatch(OtherOptions::isStrangeInFile);
        assertThat(List.of("osd_objectstore", "mon_allow_pool_delete", "mds_cache_size", "rgw_frontends", "mon_host"))
                .noneMatch(OtherOptions::isStrangeInFile);
    }

    @Test
    void aNamedFileThatIsMissingIsAnError() {
        assertFails(
                Errno.ENOENT, "west.conf", () -> CephConf.builder().file(file).build());
        assertFails(Errno.ENOENT, "west.conf", () -> CephConf.builder()
                .environment(Map.of("CEPH_CONF", file.toString()))
                .build());
    }

    @Test
    void mistakesTellFileAndLine() throws Exception {
        assertFails(Errno.EINVAL, "west.conf, line 2", () -> with("[global]\nkeyring\n")
                .build());
        assertFails(Errno.EINVAL, "CEPH_ARGS", () -> CephConf.builder()
                .environment(Map.of("CEPH_ARGS", "-n nobody"))
                .build());
        assertFails(Errno.EINVAL, "CEPH_ARGS", () -> CephConf.builder()
                .environment(Map.of("CEPH_ARGS", "-m"))
                .build());

        Files.write(file, new byte[] {'\n', '\n', (byte) 0xff});
        assertFails(Errno.EINVAL, "west.conf, line 3", () -> CephConf.builder()
                .file(file)
                .build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "objecter_timeout | 0.25 | 250",
                "objecter_timeout | 12 | 12000",
                "objecter_timeout | 5 min | 300000",
                "objecter_timeout | 1h 30m | 5400000",
                "objecter_timeout | 2weeks1d | 1296000000",
                "objecter_timeout | 1e1 | 10000",
            })
    void readsTimes(String option, String value, long millis) throws Exception {
        assertThat(CephConf.builder().set(option, value).build().duration(option))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"4096,4096", "4K,4096", "4Ki,4096", "1M,1048576", "2G,2147483648", "512B,512", "1E,1152921504606846976"
    })
    void readsSizes(String value, long bytes) throws Exception {
        assertThat(CephConf.builder()
                        .set("objecter_inflight_op_bytes", value)
                        .build()
                        .bytes("objecter_inflight_op_bytes"))
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"7,7", "4K,4000", "+3,3", "1M,1000000", "5B,5"})
    void readsNumbers(String value, long number) throws Exception {
        assertThat(CephConf.builder()
                        .set("objecter_inflight_ops", value)
                        .build()
                        .integer("objecter_inflight_ops"))
                .isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "TRUE,true", "false,false", "1,true", "0,false", "-2,true"})
    void readsSwitches(String value, boolean on) throws Exception {
        assertThat(CephConf.builder().set("rbd_validate_pool", value).build().bool("rbd_validate_pool"))
                .isEqualTo(on);
    }

    @ParameterizedTest
    @CsvSource({
        "objecter_timeout, soon",
        "objecter_timeout, 5 lightyears",
        "objecter_timeout, -1",
        "objecter_timeout, 1e999",
        "objecter_timeout, 999999999 years",
        "objecter_inflight_op_bytes, 4KiB",
        "objecter_inflight_op_bytes, 4Bi",
        "objecter_inflight_op_bytes, -1",
        "objecter_inflight_op_bytes, 99E",
        "objecter_inflight_ops, 9223372036854775808",
        "objecter_inflight_ops, 1.5",
        "objecter_inflight_ops, -3",
        "mon_client_hunt_interval_backoff, NaN",
        "rbd_validate_pool, maybe",
        "fsid, 1-2-3-4-5",
        "ms_client_mode, plain",
        "ms_client_mode, ','",
    })
    void refusesValuesOfAnotherKind(String option, String value) {
        assertFails(Errno.EINVAL, option, () -> CephConf.builder()
                .set(option, value)
                .build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rbd cache = yes | rbd_cache | true",
                "rbd_cache = on | rbd_cache | true",
                "fsid = <FSID> | fsid | ''",
                "fsid = {cluster-id} | fsid | ''",
                "rbd default order = 22.0 | rbd_default_order | 22",
                "rbd default order = 0x16 | rbd_default_order | 22",
                "rados osd op timeout = -1 | rados_osd_op_timeout | 0",
                "ms client mode = encrypted | ms_client_mode | crc secure",
                "objecter inflight op bytes = 1_048_576 | objecter_inflight_op_bytes | 100M",
                "objecter inflight ops = -1 | objecter_inflight_ops | 1024",
            })
    @Covers("C23")
    void aValueOfAnotherKindInAFileOrInCephArgsIsLeftOutAndTheRestHolds(String line, String option, String preset)
            throws Exception {
        CephConf conf = with("[global]\nmon host = 127.0.0.9\n" + line + "\n").build();
        assertThat(conf.get(option)).isEqualTo(preset);
        assertThat(conf.monitors()).hasSize(1);
        conf.deadlines();
        conf.fsid();
        String argument = "--" + line.replaceFirst(" = ", "=").replace(' ', '-');
        CephConf args = CephConf.builder()
                .environment(Map.of("CEPH_ARGS", argument + " --mon-host 127.0.0.9"))
                .build();
        assertThat(args.get(option)).isEqualTo(preset);
        assertThat(args.monitors()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "fa-IR", "th-TH-u-nu-thai", "hi-IN-u-nu-deva", "tr-TR", "en"})
    void aDurationIsWrittenTheSameInEveryLocale(String tag) throws Exception {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(tag));
        try {
            CephConf conf = CephConf.builder()
                    .set("client_mount_timeout", Duration.ofMillis(2500))
                    .set("rados_osd_op_timeout", Duration.ofDays(100_000))
                    .build();
            assertThat(conf.get("client_mount_timeout")).isEqualTo("2.500000000");
            assertThat(conf.duration("rados_osd_op_timeout")).isEqualTo(Duration.ofDays(100_000));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    @Covers("C01")
    void theSectionsOfMonitorsTellTheirAddressesWhenNothingElseDoes() throws Exception {
        String sections =
                "[mon.b]\nmon addr = 127.0.0.8\n[mon.a]\nhost = spoon41\nmon addr = 127.0.0.9:6789\n[osd.0]\nhost = x\n";
        assertThat(with("[global]\nkeyring = k\n" + sections).build().monitorEndpoints())
                .containsExactly(
                        new MonitorEndpoint(new InetSocketAddress("127.0.0.8", 3300), 0, 0),
                        new MonitorEndpoint(new InetSocketAddress("127.0.0.9", 3300), 0, 0, "127.0.0.9:6789"));
        assertThat(with("[global]\nmon host = 127.0.0.7\n" + sections).build().monitors())
                .containsExactly(new InetSocketAddress("127.0.0.7", 3300));
        assertThat(with("[mon]\nmon addr = 127.0.0.6:3300\n[mon.a]\nhost = x\n")
                        .build()
                        .monitors())
                .containsExactly(new InetSocketAddress("127.0.0.6", 3300));
    }

    @Test
    void anEmptyValueIsTheDefault() throws Exception {
        assertThat(CephConf.builder().set("objecter_timeout", "").build().duration("objecter_timeout"))
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(CephConf.builder().set("fsid", "").build().fsid()).isEmpty();
    }

    @Test
    @Covers("B30")
    void modesAreInOrderOfPreference() throws Exception {
        CephConf conf = CephConf.builder().set("ms_client_mode", "secure").build();

        assertThat(conf.modes("ms_client_mode")).containsExactly(ConnectionMode.SECURE);
        assertThat(conf.modes("ms_mon_client_mode")).containsExactly(ConnectionMode.SECURE, ConnectionMode.CRC);
    }

    @Test
    @Covers("B29")
    void loginMethodsHaveAnOldName() throws Exception {
        assertThat(CephConf.builder().build().authMethods()).containsExactly("cephx");
        assertThat(CephConf.builder().set("auth supported", "none").build().authMethods())
                .containsExactly("none");
    }

    @Test
    void theClusterMayBeNamed() throws Exception {
        UUID id = UUID.randomUUID();

        assertThat(CephConf.builder().set("fsid", id.toString()).build().fsid()).contains(id);
    }

    @Test
    @Covers("C32")
    void deadlinesHaveAnEnd() throws Exception {
        CephConf conf = CephConf.builder()
                .set("client_mount_timeout", Duration.ofMillis(1500))
                .set("rados_osd_op_timeout", "0")
                .build();

        assertThat(conf.deadlines()).isEqualTo(Deadlines.DEFAULT.withConnect(Duration.ofMillis(1500)));
        assertThat(CephConf.builder().build().deadlines().connect()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void unknownOptionsAreKept() throws Exception {
        CephConf conf = with("[global]\nosd pool default size = 3\n").build();

        assertThat(conf.find("osd_pool_default_size")).contains("3");
        assertThatThrownBy(() -> conf.get("osd_pool_default_pg_num")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> conf.bool("mon_host")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Covers("B27")
    void aKeyIsFoundInTheFirstPlaceThatHasIt() throws Exception {
        Path keyring = folder.resolve("west.client.x.keyring");
        Path other = folder.resolve("other.keyring");
        Path keyfile = folder.resolve("key");
        Files.writeString(keyring, "[client.x]\n\tkey = " + SECRET + "\n\tcaps mon = \"allow *\"\n");
        Files.writeString(other, "[client.y]\nkey = " + "y".repeat(40) + "\n");
        Files.writeString(keyfile, "from a file\n");
        String list = folder + "/nothing," + other + ";" + folder + "/$cluster.$name.keyring";
        CephConfBuilder builder =
                with("[global]\nkeyring = " + list.replace(";", "\\;") + "\n").name("client.x");

        assertThat(builder.build().key()).isEqualTo(SECRET);
        assertThat(builder.set("keyfile", keyfile.toString()).build().key()).isEqualTo("from a file");
        assertThat(builder.set("key", " direct ").build().key()).isEqualTo("direct");
    }

    @Test
    void aMissingKeyNamesEveryPlace() throws Exception {
        Path other = folder.resolve("other.keyring");
        Files.writeString(other, "[client.y]\nkey = " + SECRET + "\n");
        CephConf conf =
                CephConf.builder().set("keyring", folder + "/$name," + other).build();

        assertFails(Errno.ENOENT, folder + "/client.admin", conf::key);
        assertFails(Errno.ENOENT, "other.keyring (has keys of client.y)", conf::key);
        assertFails(Errno.ENOENT, "gone", () -> CephConf.builder()
                .set("keyfile", folder + "/gone")
                .build()
                .key());
    }

    @Test
    void aBrokenKeyringTellsTheLine() throws Exception {
        Path keyring = folder.resolve("keyring");
        Files.writeString(keyring, "[client.admin]\nkey " + SECRET.replace("=", "") + "\n");
        CephConf conf = CephConf.builder().set("keyring", keyring.toString()).build();

        assertThatThrownBy(conf::key).hasMessageContaining("line 2").hasMessageNotContaining(SECRET.substring(0, 8));
    }

    @Test
    void secretsAreNotPrinted() throws Exception {
        CephConf conf =
                with("[global]\nkey = " + SECRET + "\n").set("keyring", SECRET).build();
        KeyringFile keyring = KeyringFile.parse(("[client.a]\nkey = " + SECRET + "\n").getBytes("UTF-8"), "a file");

        assertThat(conf.toString()).doesNotContain(SECRET).contains("client.admin", "west.conf");
        assertThat(keyring.toString()).doesNotContain(SECRET).contains("client.a");
        assertThat(keyring.key("client.a")).contains(SECRET);
        assertThat(keyring.entities()).containsExactly("client.a");
        assertThat(keyring.key("client.b")).isEmpty();
    }

    @Test
    void monitorsComeFromTheOverrideFirst() throws Exception {
        CephConf conf = CephConf.builder()
                .set("mon_host", "10.0.0.1")
                .set("mon_host_override", "v2:10.0.0.2")
                .build();

        assertThat(conf.monitors())
                .extracting(address -> address.getAddress().getHostAddress())
                .isEqualTo(List.of("10.0.0.2"));
    }

    @Test
    void someOptionsChangeWhileAClientIsConnected() throws RadosException {
        CephConf conf = CephConf.builder().set("rbd_default_order", "21").build();
        CephConf changed = conf.withLive("rbd default-order", "20");
        assertThat(changed.integer("rbd_default_order")).isEqualTo(20);
        assertThat(changed.withCentral(Map.of("rbd_default_order", "24")).integer("rbd_default_order"))
                .isEqualTo(20);
        assertThat(conf.integer("rbd_default_order")).isEqualTo(21);
        assertThat(conf.withLive("rados_mon_op_timeout", "5").deadlines().command())
                .isEqualTo(Duration.ofSeconds(5));
        assertThatThrownBy(() -> conf.withLive("ms_client_mode", "secure"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("ms_client_mode")
                .extracting(failed -> ((RadosException) failed).errno())
                .isEqualTo(Errno.ENOSYS);
        assertThatThrownBy(() -> conf.withLive("rbd_default_ordr", "20")).hasMessageContaining("rbd_default_order");
        assertThatThrownBy(() -> conf.withLive("rbd_default_order", "x"))
                .extracting(failed -> ((RadosException) failed).errno())
                .isEqualTo(Errno.EINVAL);
    }
}
