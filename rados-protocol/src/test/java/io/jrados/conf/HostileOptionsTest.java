package io.jrados.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that tenants, monitors and files set to harm or to deceive a client. Each attack ended in minutes or OOM. */
@Timeout(30)
class HostileOptionsTest {
    private static final String SECRET = "AQBSdFhcGk5zARAAz4Wvpp0rq4gnuTzFXsb5Ug==";

    @TempDir
    Path folder;

    private static CephConf client() throws Exception {
        return CephConf.builder()
                .set("mon_host", "127.0.0.1")
                .set("key", SECRET)
                .build();
    }

    private interface Action {
        void run() throws Exception;
    }

    private static String log(Action action) throws Exception {
        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            action.run();
        } finally {
            System.setErr(stderr);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void keysOfMetadataThatExpandEachOtherStandForThemselves() throws Exception {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("rbd_io_scheduler", "$rbd_compression_hint");
        keys.put("rbd_compression_hint", "$rbd_default_features ".repeat(20));
        keys.put("rbd_default_features", "$rbd_qos_exclude_ops ".repeat(20));
        keys.put("rbd_qos_exclude_ops", "$rbd_default_data_pool ".repeat(20));
        CephConf conf = client().withOverrides(keys, "the metadata of an image");

        assertThat(conf.get("rbd_io_scheduler")).isEqualTo("$rbd_compression_hint");
        assertThat(conf.get("rbd_compression_hint")).isEqualTo(keys.get("rbd_compression_hint"));
    }

    @Test
    void aVariableOfAFileThatStandsForATenantsValueGoesNoFurther() throws Exception {
        Path file = Files.writeString(
                folder.resolve("ceph.conf"), "[global]\nrbd_default_data_pool = x$rbd_io_scheduler\nkey = " + SECRET);
        CephConf conf = CephConf.builder()
                .file(file)
                .build()
                .withOverrides(Map.of("rbd_io_scheduler", "$rbd_default_data_pool$key$keyring"), "an image");

        assertThat(conf.get("rbd_default_data_pool")).isEqualTo("x$rbd_default_data_pool$key$keyring");
    }

    @Test
    void aKeyIsNoVariable() throws Exception {
        CephConf conf = CephConf.builder()
                .set("key", SECRET)
                .set("rbd_default_snapshot_quiesce_mode", "$key")
                .set("rbd_default_data_pool", "${key}")
                .build();

        assertThat(conf.get("rbd_default_snapshot_quiesce_mode")).isEqualTo("$key");
        assertThat(conf.get("rbd_default_data_pool")).isEqualTo("${key}");
    }

    @Test
    void anExpansionThatWouldBeTooLargeTooDeepOrTooLongStaysAsItIs() throws Exception {
        assertThat(chain(30, "$NEXT$NEXT", "0123456789")).isEqualTo("$xa");
        assertThat(chain(30, "$NEXT$NEXT", "")).isEqualTo("$xa");
        assertThat(chain(2_000, "$NEXT", "0123456789")).isEqualTo("$xa");
        assertThat(chain(20, "$NEXT", "0123456789")).isEqualTo("0123456789");
        assertThat(chain(12, "$NEXT$NEXT", "0123")).isEqualTo("$xa");
        assertThat(chain(8, "$NEXT$NEXT", "0123")).hasSize(4 << 8);
        assertThat(chain(3, "$NEXT " + "$".repeat(100_000), "x")).isEqualTo("$xa");
    }

    /** An option of a file that stands for the next one, and so on. */
    private String chain(int length, String each, String last) throws Exception {
        StringBuilder text = new StringBuilder("[global]\nrbd_io_scheduler = $xa\n");
        for (int i = 0; i < length; i++) {
            text.append(name(i))
                    .append(" = ")
                    .append(each.replace("NEXT", name(i + 1)))
                    .append('\n');
        }
        text.append(name(length)).append(" = ").append(last).append('\n');
        Path file = Files.writeString(folder.resolve("chain.conf"), text);
        return CephConf.builder().file(file).build().get("rbd_io_scheduler");
    }

    private static String name(int number) {
        return "x"
                + Integer.toString(number, 26)
                        .chars()
                        .map(digit -> digit >= 'a' ? digit + 10 : digit - '0' + 'a')
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"client_notify_timeout", "rbd_mtime_update_interval", "rbd_cache", "ms_client_mode", "fsid"})
    void longNumbersAreRefusedAtOnce(String option) {
        for (String value : List.of("1".repeat(2_000_000) + "x", "1".repeat(2_000_000), " ".repeat(2_000_000) + "1")) {
            assertThatThrownBy(() -> CephConf.builder().set(option, value).build())
                    .isInstanceOf(ConfigurationException.class)
                    .satisfies(failed -> assertThat(failed.getMessage()).hasSizeLessThan(1000));
        }
    }

    @Test
    void onlyShortValuesOfOptionsOfImagesComeFromMetadata() throws Exception {
        CephConf conf = client();
        String log = log(() -> {
            CephConf changed = conf.withOverrides(
                    Map.of(
                            "keyfile",
                            "/dev/zero",
                            "key",
                            "other",
                            "mon_host",
                            "198.51.100.1",
                            "client_notify_timeout",
                            "1".repeat(100_000) + "x",
                            "objecter_inflight_ops",
                            "1",
                            "rbd_io_scheduler",
                            "x".repeat(1025),
                            "rbd_compression_hint",
                            "y".repeat(1024),
                            "rbd_unheard_of",
                            "1",
                            "x".repeat(2_000_000),
                            "1"),
                    "the metadata of an image");
            assertThat(changed.key()).isEqualTo(SECRET);
            assertThat(changed.get("keyfile")).isEmpty();
            assertThat(changed.get("mon_host")).isEqualTo("127.0.0.1");
            assertThat(changed.get("client_notify_timeout")).isEqualTo("10");
            assertThat(changed.integer("objecter_inflight_ops")).isEqualTo(1024);
            assertThat(changed.get("rbd_io_scheduler")).isEqualTo("simple");
            assertThat(changed.get("rbd_compression_hint")).hasSize(1024);
            assertThat(changed.find("rbd_unheard_of")).isEmpty();
        });
        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("rbd_io_scheduler")
                .hasSizeLessThan(1000);
    }

    @Test
    void monitorsDoNotSayWhoTheClientIsOrWhomItTrusts() throws Exception {
        CephConf conf = client();
        Map<String, String> hostile = new LinkedHashMap<>();
        for (String own : List.of(
                "host",
                "fsid",
                "mon_host",
                "mon_host_override",
                "mon_dns_srv_name",
                "key",
                "keyfile",
                "keyring",
                "auth_supported",
                "auth_client_required",
                "ms_client_mode",
                "ms_mon_client_mode",
                "jrados_auth_min_key_type")) {
            hostile.put(own, own.equals("fsid") ? "00000000-0000-0000-0000-000000000001" : "none");
        }
        hostile.put("rbd_default_order", "21");
        hostile.put("crush_location", "host=$host rack=$key");
        CephConf changed = conf.withCentral(hostile);

        hostile.keySet().stream()
                .filter(option ->
                        !List.of("rbd_default_order", "crush_location").contains(option))
                .forEach(option -> assertThat(changed.get(option)).isEqualTo(conf.get(option)));
        assertThat(changed.integer("rbd_default_order")).isEqualTo(21);
        assertThat(changed.get("crush_location")).isEqualTo("host=$host rack=$key");
    }

    @Test
    void refusedValuesForgeNoLineShowNoKeyAndFillNoLog() throws Exception {
        CephConf conf = client();
        Map<String, String> forged = new LinkedHashMap<>();
        for (String option : CephConf.optionNames()) {
            if (option.startsWith("rbd_qos_")) {
                forged.put(option, "x\n[main] ERROR forged \u001b[2J" + "y".repeat(900));
            }
        }
        String log = log(() -> conf.withOverrides(forged, "an image")
                .withOverrides(Map.of("rbd_cache", SECRET), "an image")
                .withCentral(Map.of("rbd_default_order", SECRET)));

        assertThat(log.lines()).hasSize(3).allMatch(line -> line.contains("WARN"));
        assertThat(log)
                .doesNotContain("\u001b")
                .doesNotContain(SECRET.substring(0, 10))
                .hasSizeLessThan(4000);
        assertThatThrownBy(() -> CephConf.builder().set("fsid", SECRET).build())
                .hasMessageContaining("may be a key")
                .hasMessageNotContaining(SECRET.substring(0, 10))
                .hasRootCauseMessage("not a UUID");
    }

    @Test
    void numbersAreBounded() throws Exception {
        CephConf conf = client().withOverrides(
                        Map.of(
                                "rbd_concurrent_management_ops", "2000000000",
                                "rbd_mtime_update_interval", Long.toString(Long.MAX_VALUE),
                                "rbd_readahead_max_bytes", "7E"),
                        "an image");

        assertThat(conf.integer("rbd_concurrent_management_ops")).isEqualTo(Option.MAX_MANAGEMENT_OPS);
        assertThat(conf.integer("rbd_mtime_update_interval")).isEqualTo(Integer.MAX_VALUE);
        assertThat(conf.bytes("rbd_readahead_max_bytes")).isEqualTo(1L << 60);
    }

    @Test
    void addressesWithoutAnEndAreReadInOneGo() {
        for (String hosts : List.of("[" + ":0".repeat(8000), "[" + ":".repeat(16_000), "a".repeat(16_000) + "!")) {
            assertThatThrownBy(() ->
                            CephConf.builder().set("mon_host", hosts).build().monitors())
                    .isInstanceOf(ConfigurationException.class)
                    .satisfies(failed -> assertThat(failed.getMessage()).hasSizeLessThan(1500));
        }
    }

    @Test
    void filesOfKeysAreSmallAndRegular() throws Exception {
        Path large = Files.writeString(folder.resolve("large"), "x".repeat((64 << 10) + 1));
        for (String option : List.of("keyfile", "keyring")) {
            assertThatThrownBy(() -> CephConf.builder()
                            .set(option, large.toString())
                            .build()
                            .key())
                    .extracting("errno")
                    .isEqualTo(Errno.EFBIG);
            assertThatThrownBy(() ->
                            CephConf.builder().set(option, "/dev/zero").build().key())
                    .hasMessageContaining("no regular file")
                    .extracting("errno")
                    .isEqualTo(Errno.EINVAL);
        }
        assertThatThrownBy(() -> CephConf.builder().file(Path.of("/dev/zero")).build())
                .extracting("errno")
                .isEqualTo(Errno.EFBIG);
        assertThatThrownBy(
                        () -> CephConf.builder().set("keyfile", "a\0b").build().key())
                .extracting("errno")
                .isEqualTo(Errno.EINVAL);
    }

    @Test
    void aKeyThatOthersCanReadOrChangeIsWarnedOf() throws Exception {
        Path keyring = Files.writeString(folder.resolve("keyring"), "[client.admin]\nkey = " + SECRET + "\n");
        CephConf conf = CephConf.builder().set("keyring", keyring.toString()).build();
        Map<String, String> warned = Map.of(
                "rw-------", "",
                "rw-r-----", "",
                "rw-r--r--", "can be read by everybody",
                "rw-rw----", "can be changed by others",
                "rw-----w-", "can be changed by others");

        for (Map.Entry<String, String> mode : warned.entrySet()) {
            Files.setPosixFilePermissions(keyring, PosixFilePermissions.fromString(mode.getKey()));
            String log = log(conf::key);
            assertThat(log).as(mode.getKey()).doesNotContain(SECRET).contains(mode.getValue());
            assertThat(log.isEmpty())
                    .as(mode.getKey())
                    .isEqualTo(mode.getValue().isEmpty());
        }
    }
}
