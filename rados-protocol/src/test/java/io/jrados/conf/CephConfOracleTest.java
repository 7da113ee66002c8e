package io.jrados.conf;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random files, read by us and by Ceph's own {@code ceph-conf} (package ceph-common). They are ASCII: Debian's build of
 * it aborts on anything else outside comments.
 */
class CephConfOracleTest {
    private static final List<String> OPTIONS = List.of("keyring", "mon_host", "mon_dns_srv_name");
    private static final List<String> SECTIONS = List.of("global", "client", "client.x", "client.y", "osd", "mon.a");
    private static final List<String> WORDS = List.of(
            "a",
            "b=c",
            "10.0.0.1",
            "\\#",
            "\\;",
            "\\\\",
            "\\x",
            "$cluster",
            "$name",
            "${type}.$id",
            "$num",
            "$pid",
            "$nothing_of_that_name",
            "$",
            "$$id",
            "$ms_client_mode",
            "${mon_host}",
            "[x]",
            "\\\n",
            " ",
            "\t",
            "$host$id");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25})
    @Covers({"C23", "J06"})
    void readsWhatCephReads(long seed) throws Exception {
        Path file = folder.resolve("ceph.conf");
        String text = new Generator(new Random(seed)).file();
        Files.writeString(file, text);
        Map<String, String> environment = Map.of("HOME", folder.toString(), "PID", "77");
        CephConf conf = CephConf.builder()
                .file(file)
                .environment(environment)
                .name("client.x")
                .build();

        for (String option : OPTIONS) {
            assertThat(conf.find(option))
                    .as("option %s of seed %d in\n%s", option, seed, text)
                    .isEqualTo(lookUp(file, option, environment));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[global]\nkeyring\n",
                "[global]\nkeyring = \"x\n",
                "[global\nkeyring = x\n",
                "[global]\nkeyring = 'x' y\n",
                "[global] keyring = x\n",
                "[global]\n= x\n",
                " [global]\nkeyring = x\n"
            })
    void refusesWhatCephRefuses(String text) throws Exception {
        Path file = folder.resolve("ceph.conf");
        Files.writeString(file, text);

        assertThat(lookUp(file, "keyring", Map.of())).isEmpty();
        assertThat(failure(file)).hasMessageContaining("ceph.conf, line ");
    }

    private static RadosException failure(Path file) {
        try {
            throw new AssertionError("read " + CephConf.builder().file(file).build());
        } catch (RadosException refused) {
            return refused;
        }
    }

    private static Optional<String> lookUp(Path file, String option, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder command =
                new ProcessBuilder("ceph-conf", "-c", file.toString(), "-n", "client.x", "--lookup", option);
        command.environment().keySet().removeIf(name -> name.startsWith("CEPH_"));
        command.environment().putAll(environment);
        Process process = start(command.redirectError(new File("/dev/null")));
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("status of ceph-conf").isBetween(0, 1);
        return process.exitValue() == 0 ? Optional.of(out.substring(0, out.length() - 1)) : Optional.empty();
    }

    private static Process start(ProcessBuilder command) {
        try {
            return command.start();
        } catch (IOException absent) {
            throw new AssertionError("this test compares with ceph-conf: install the package ceph-common", absent);
        }
    }

    /** Writes files that Ceph can read. */
    private record Generator(Random random) {
        String file() {
            StringBuilder out = new StringBuilder(noise());
            for (int section = random.nextInt(1, 7); section > 0; section--) {
                out.append('[').append(pick(SECTIONS)).append(']').append(lineEnd());
                for (int line = random.nextInt(5); line > 0; line--) {
                    out.append(pick(List.of("", "  ", "\t")))
                            .append(nameAndValue())
                            .append(lineEnd());
                }
            }
            return out.toString();
        }

        private String nameAndValue() {
            String option = pick(OPTIONS);
            String name = option.replace("_", pick(List.of("_", " ", "\t", "  ")));
            return name + pick(List.of("=", " = ", "\t=  ", "= ")) + value(option.equals("mon_host"));
        }

        /** @param ofItself leave out references that lead back to it */
        private String value(boolean ofItself) {
            StringBuilder words = new StringBuilder();
            for (int word = random.nextInt(6); word > 0; word--) {
                words.append(pick(WORDS));
            }
            String text = ofItself ? words.toString().replace("${mon_host}", "") : words.toString();
            String quote = pick(List.of("", "", "", "\"", "'"));
            return quote + (quote.isEmpty() ? text : text.replace("\\\n", "")) + quote;
        }

        private String lineEnd() {
            return pick(List.of("", "", " # c ' \" \\", "\t; d=e")) + pick(List.of("\n", "\r\n")) + noise();
        }

        private String noise() {
            return pick(List.of("", "", "\n", "# [x] a = b\n", " \t ; c\n\n"));
        }

        private String pick(List<String> from) {
            return from.get(random.nextInt(from.size()));
        }
    }
}
