package io.jrados.conf;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.MalformedException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configurations, overrides, addresses and files of keys, damaged ({@link FuzzCampaign}): each is read or refused
 * within the time and the memory of every other input, and neither messages nor the log show keys or control
 * characters.
 */
@Covers({"C22", "C23", "F02", "K24"})
class HostileConfigurationTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileConfigurationTest.class);
    private static final String SECRET = "AQBSdFhcGk5zARAAz4Wvpp0rq4gnuTzFXsb5Ug==";

    private static final String FILE =
            """
            # a comment
            [global]
            fsid = 5b8c6b3a-1d0f-4a3e-9a51-2d1e7a0c4f11
            mon host = [v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0], mon-b ; and more
            key = %s
            keyring = /etc/ceph/$cluster.$name.keyring
            rbd_default_data_pool = $rbd_default_order-${host}-$key-$nothing$
            crush location = host="$host" \\
               root=default
            [client.admin]
            rbd default order = 22
            objecter timeout = 1h 30m
            objecter inflight op bytes = 100M
            """
                    .formatted(SECRET);

    private final FuzzCampaign campaign = new FuzzCampaign();

    private interface Decode {
        Object of(byte[] bytes) throws RadosException;
    }

    private static Function<byte[], Object> refusing(Decode decode) {
        return bytes -> {
            try {
                return decode.of(bytes);
            } catch (RadosException | IllegalArgumentException end) {
                String told = String.valueOf(end.getMessage());
                if (end instanceof RadosException && !told.equals(Printable.of(told)) || told.contains(SECRET)) {
                    throw new IllegalStateException("told " + told);
                }
                throw new MalformedException(told);
            }
        };
    }

    private void add(String name, String good, Decode decode) {
        campaign.add(
                name,
                new Fuzz(name, good.getBytes(StandardCharsets.UTF_8), refusing(decode), MalformedException.class));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Lines of names and values, as a header's metadata has them. */
    private static Map<String, String> options(byte[] bytes) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String line : text(bytes).split("\n", -1)) {
            int at = Math.max(0, line.indexOf('='));
            options.put(line.substring(0, at), line.substring(at));
        }
        return options;
    }

    /** Reads options, as whoever uses the configuration does. */
    private static Object all(CephConf conf, Collection<String> names) {
        int length = 0;
        for (String name : names) {
            length += conf.get(name).length();
            switch (Option.of(name).kind()) {
                case BOOL -> conf.bool(name);
                case INTEGER -> length += conf.integer(name) > Integer.MAX_VALUE ? 1 : 0;
                case BYTES -> conf.bytes(name);
                case DECIMAL -> conf.decimal(name);
                case DURATION -> conf.duration(name);
                case MODES -> conf.modes(name);
                case UUID -> conf.fsid();
                case TEXT -> conf.list(name);
            }
        }
        return length;
    }

    private void everything() throws RadosException {
        CephConf client = CephConf.builder()
                .set("mon_host", "10.0.0.1")
                .set("key", SECRET)
                .build();
        String overrides = CephConf.optionNames().stream()
                .filter(name -> name.startsWith("rbd_"))
                .map(name -> name + "=" + client.get(name))
                .collect(Collectors.joining("\n"));
        add("overrides", overrides, bytes -> client.withOverrides(options(bytes), "an image")
                .get("rbd_io_scheduler"));
        add("overrides that expand", "rbd_io_scheduler=$key\nrbd_cache=$rbd_cache\nkey=x\nkeyfile=/dev/zero", bytes -> {
            CephConf changed = client.withOverrides(options(bytes), "an image");
            if (!changed.get("key").equals(SECRET) || !changed.get("keyfile").isEmpty()) {
                throw new IllegalStateException("an image set a key");
            }
            return changed.get("rbd_io_scheduler");
        });
        add("central", "rbd_default_order=22\ncrush_location=host=$host\nmon_host=x\nobjecter_timeout=5", bytes -> {
            CephConf changed = client.withCentral(options(bytes));
            if (!changed.get("mon_host").equals("10.0.0.1")) {
                throw new IllegalStateException("monitors moved themselves");
            }
            return changed.get("crush_location");
        });
        for (Option.Kind kind : Option.Kind.values()) {
            for (String good : goodValues(kind)) {
                add("value of kind " + kind, good, bytes -> {
                    OptionValues.check(kind, text(bytes));
                    return kind;
                });
            }
        }
        add(
                "mon_host",
                "[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0];[fe80::1%eth0]:3300,mon-a",
                bytes -> MonHosts.parse(text(bytes)));
        add("file", FILE, bytes -> IniFile.parse(bytes, "a file").sections());
        add("keyring", "[client.admin]\n\tkey = " + SECRET + "\n\tcaps mon = \"allow *\"\n", bytes -> KeyringFile.parse(
                        bytes, "a file")
                .entities());
        add("arguments", "--id glance -m 10.0.0.1 --no-rbd-cache --ms_crc_data false -- x", bytes -> Arguments.parse(
                        text(bytes))
                .rest());
        add("name", "client.admin", bytes -> ClientName.parse(text(bytes)));
    }

    private static List<String> goodValues(Option.Kind kind) {
        return switch (kind) {
            case TEXT -> List.of("text $host ${name}");
            case BOOL -> List.of("true", "0");
            case INTEGER -> List.of("4K", "+77");
            case BYTES -> List.of("100M", "4Ki");
            case DURATION -> List.of("0.25", "1h 30m", "1e1");
            case DECIMAL -> List.of("1.5");
            case UUID -> List.of("5b8c6b3a-1d0f-4a3e-9a51-2d1e7a0c4f11");
            case MODES -> List.of("secure crc");
        };
    }

    @Test
    void isReadOrRefused() throws Exception {
        PrintStream stderr = System.err;
        Lines log = new Lines();
        FuzzCampaign.Outcome outcome;
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            everything();
            outcome = campaign.run();
        } finally {
            System.setErr(stderr);
        }
        LOG.info("{}", outcome);
        assertThat(outcome.decoders()).isGreaterThan(14);
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isGreaterThan(outcome.goldens());
        assertThat(log.good).isPositive();
        assertThat(log.bad).isEmpty();
    }

    /** A log of which only what must not be in one is kept. */
    private static final class Lines extends OutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private long good;
        private String bad = "";

        @Override
        public void write(int b) {
            if (b != '\n') {
                line.write(b);
                return;
            }
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            if (text.contains("WARN") && text.equals(Printable.of(text)) && !text.contains(SECRET)) {
                good++;
            } else {
                bad = text;
            }
        }
    }

    /** The whole way from a damaged file to the values of its options: what was accepted can be read. */
    @Test
    void everyOptionOfADamagedFileCanBeRead() throws Exception {
        FuzzCampaign files = new FuzzCampaign();
        files.add(
                "options of a file",
                new Fuzz(
                        "a file",
                        FILE.getBytes(StandardCharsets.UTF_8),
                        refusing(bytes -> {
                            Settings settings = new Settings();
                            IniFile file = IniFile.parse(bytes, "a file");
                            Set<String> names = new TreeSet<>();
                            for (String section : file.sections()) {
                                file.section(section)
                                        .forEach((name, entry) -> settings.offer(
                                                Option.normal(name),
                                                new Settings.Setting(
                                                        entry.value(), Settings.Source.FILE, entry.where())));
                                file.section(section).keySet().stream()
                                        .map(Option::normal)
                                        .filter(Option::isKnown)
                                        .forEach(names::add);
                            }
                            try {
                                return all(new CephConf(ClientName.ADMIN, "ceph", "a file", settings, Map.of()), names);
                            } catch (IllegalArgumentException accepted) {
                                throw new IllegalStateException("a value that was accepted", accepted);
                            }
                        }),
                        MalformedException.class));
        FuzzCampaign.Outcome outcome = files.run();
        assertThat(outcome.decoded()).isPositive();
    }
}
