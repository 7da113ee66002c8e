package io.jrados.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that a tenant chose to deceive whoever administers the pool. */
@CephTest
class HostileNamesTest {
    private static final String FORGED = "x\n[main] ERROR forged - deleted by client.admin \u001b[2J";

    private CephCluster cluster;
    private String pool;
    private String out = "";
    private String err = "";

    @TempDir
    private Path folder;

    @BeforeEach
    void cluster(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(HostileNamesTest.class);
    }

    private int jrados(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--conf", cluster.conf().toString(), "--quiet"));
        return raw(all.toArray(String[]::new));
    }

    private int raw(String... words) {
        PrintStream stdout = System.out;
        PrintStream stderr = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            return Jrados.run(words);
        } finally {
            System.setOut(stdout);
            System.setErr(stderr);
            out = outBytes.toString(StandardCharsets.UTF_8);
            err = errBytes.toString(StandardCharsets.UTF_8);
        }
    }

    private void assertNothingRaw() {
        assertThat(out + err).doesNotContain("\u001b").doesNotContain("\n[main] ERROR forged");
    }

    @Test
    void aNameForgesNoLineAndDrivesNoTerminal() throws IOException {
        cluster.run("rbd", "create", "--size", "1M", pool + "/" + FORGED);

        assertThat(jrados("ls", pool)).isZero();
        assertThat(out.lines()).contains("x\\n[main] ERROR forged - deleted by client.admin \\x1b[2J");
        assertThat(jrados("info", pool + "/" + FORGED)).isZero();
        assertNothingRaw();
        assertThat(jrados("info", pool + "/" + FORGED + "2")).isNotZero();
        assertThat(err).contains("forged");
        assertNothingRaw();
        assertThat(jrados("snap", "ls", pool + "/" + FORGED, "\u001b[2J-too-many"))
                .isNotZero();
        assertThat(err).contains("too-many");
        assertNothingRaw();

        assertThat(jrados("rm", pool + "/" + FORGED)).isZero();
        assertThat(cluster.run("rbd", "ls", pool)).doesNotContain("forged");
    }

    /** Picocli reads the words of a file that is named so. */
    @Test
    void aNameThatBeginsWithAnAtSignIsNoFileOfOptions() throws IOException {
        Path options = Files.writeString(folder.resolve("options"), pool + "/precious");
        cluster.run("rbd", "create", "--size", "1M", pool + "/precious");

        assertThat(jrados("rm", "@" + options)).isNotZero();
        assertThat(cluster.run("rbd", "ls", pool).lines()).contains("precious");
        assertThat(raw("decode", "@" + options)).isZero();
        assertThat(out).contains("osdmap\n");
    }

    /** Scripts take such lines apart at the tabs. */
    @Test
    void aNameForgesNoColumn() throws IOException {
        cluster.run("rbd", "create", "--size", "1M", pool + "/columns");
        cluster.run("rbd", "snap", "create", "--no-progress", pool + "/columns@s\t0\tprotected");

        assertThat(jrados("snap", "ls", pool + "/columns")).isZero();
        assertThat(out.strip().split("\t")).hasSize(5).contains("s\\t0\\tprotected");
    }

    @Test
    void theNameOfARecordedFileDrivesNoTerminal() throws IOException {
        Path one = Files.createFile(folder.resolve("one\u001b[2J"));
        Path other = Files.createFile(folder.resolve("other"));

        raw("frames", one.toString(), other.toString());
        assertThat(out).contains("one\\x1b[2J:");
        assertNothingRaw();
    }

    @Test
    void anExportedImageIsItsOwnersAlone() throws IOException {
        cluster.run("rbd", "create", "--size", "1M", pool + "/secret");
        Path exported = folder.resolve("exported");

        assertThat(jrados("export", pool + "/secret", exported.toString())).isZero();
        assertThat(Files.getPosixFilePermissions(exported)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aKeyOnTheCommandLineIsWarnedOf() throws IOException {
        String key = cluster.run("ceph", "auth", "get-key", "client.admin").strip();

        assertThat(jrados("ls", pool, "--set", "key=" + key)).isZero();
        assertThat(err).contains("--set keyfile=").doesNotContain(key);
    }
}
