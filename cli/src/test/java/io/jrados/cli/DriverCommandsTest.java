package io.jrados.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.cli.Program.Result;
import io.jrados.error.Errno;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walks through each driver from a shell; the native tools judge. */
@CephTest
class DriverCommandsTest {
    private static final String INSTANCE = "5fbb1b5a-6a9b-4bd5-9d2f-0c9b1d4f3a11";
    private static final int GIB = 1 << 30;

    private CephCluster cluster;
    private String pool;

    @TempDir
    private Path folder;

    @BeforeEach
    void cluster(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(DriverCommandsTest.class);
    }

    private Result jrados(String... words) {
        return new Program(cluster).run(words);
    }

    private Result on(String driver, String... words) {
        String[] all = new String[words.length + 3];
        all[0] = driver;
        all[1] = "--pool";
        all[2] = pool;
        System.arraycopy(words, 0, all, 3, words.length);
        return jrados(all);
    }

    private Result backup(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "--volumes";
        all[1] = pool;
        System.arraycopy(words, 0, all, 2, words.length);
        return on("backup", all).succeeded();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private byte[] head(String image, int length) throws IOException {
        Path exported = folder.resolve("exported");
        cluster.run("rbd", "export", "--no-progress", pool + "/" + image, exported.toString());
        byte[] head = new byte[length];
        try (var in = Files.newInputStream(exported)) {
            assertThat(in.readNBytes(head, 0, length)).isEqualTo(length);
        }
        Files.delete(exported);
        return head;
    }

    private String ls() throws IOException {
        return cluster.run("rbd", "ls", pool).strip();
    }

    @Test
    void aVolumeIsLoadedRevertedSavedAndManaged() throws IOException {
        byte[] bytes = bytes(3 << 20);
        Path raw = Files.write(folder.resolve("raw"), bytes);
        on("cinder", "create", "volume-1", "1").succeeded();
        on("cinder", "load", "volume-1", "1", raw.toString()).succeeded();
        assertThat(head("volume-1", bytes.length)).isEqualTo(bytes);
        on("cinder", "snapshot", "volume-1", "before").succeeded();
        cluster.run("rbd", "bench", "--io-type", "write", "--io-total", "4M", pool + "/volume-1");
        on("cinder", "revert", "volume-1", "before").succeeded();
        assertThat(head("volume-1", bytes.length)).isEqualTo(bytes);

        Path saved = folder.resolve("saved.qcow2");
        on("cinder", "save", "volume-1", saved.toString()).succeeded();
        on("cinder", "delete-snapshot", "volume-1", "before").succeeded();
        on("cinder", "load", "volume-1", "1", saved.toString()).succeeded();
        assertThat(head("volume-1", bytes.length)).isEqualTo(bytes);

        on("cinder", "extend", "volume-1", "2").succeeded();
        assertThat(cluster.run("rbd", "info", pool + "/volume-1")).contains("size 2 GiB");
        assertThat(on("cinder", "extend", "volume-1", "1").exit()).isNotZero();
        cluster.run("rbd", "rename", pool + "/volume-1", pool + "/stray");
        assertThat(on("cinder", "manage", "volume-2", "stray").succeeded().firstLine())
                .isEqualTo("2 GiB");
        assertThat(on("cinder", "connection", "volume-2").succeeded().out()).contains("rbd", pool + "/volume-2");
        assertThat(on("cinder", "stats").succeeded().out()).contains("storage_protocol  ceph");
        on("cinder", "delete", "volume-2").succeeded();
        assertThat(on("cinder", "purge").succeeded().out()).isEmpty();
        assertThat(ls()).isEmpty();
    }

    @Test
    void aVolumeIsBackedUpTwiceAndComesBack() throws IOException {
        byte[] bytes = bytes(2 << 20);
        Path raw = Files.write(folder.resolve("raw"), bytes);
        on("cinder", "create", "volume-v", "1").succeeded();
        on("cinder", "load", "volume-v", "1", raw.toString()).succeeded();
        Result full = backup("create", "monday", "v", "1");
        assertThat(full.out()).contains("kind      full");
        String monday = full.firstLine().substring("metadata  ".length());
        cluster.run("rbd", "bench", "--io-type", "write", "--io-total", "64K", pool + "/volume-v");
        byte[] now = head("volume-v", bytes.length);
        Result difference = backup("create", "tuesday", "v", "1", "--since", "monday", "--since-metadata", monday);
        assertThat(difference.out()).contains("kind      incremental");
        String tuesday = difference.firstLine().substring("metadata  ".length());

        on("cinder", "create", "volume-w", "1").succeeded();
        assertThat(backup("restore", "tuesday", "v", "1", "w", "1", "--metadata", tuesday)
                        .out())
                .contains("differential");
        assertThat(head("volume-w", bytes.length)).isEqualTo(now);
        Path file = folder.resolve("file");
        backup("save", "monday", "v", "1", file.toString(), "--metadata", monday);
        try (var in = Files.newInputStream(file)) {
            assertThat(in.readNBytes(bytes.length)).isEqualTo(bytes);
        }
        assertThat(file).hasSize(GIB);
        backup("delete", "tuesday", "v", "1", "--metadata", tuesday);
        backup("delete", "monday", "v", "1", "--metadata", monday);
        on("cinder", "delete", "volume-w").succeeded();
        on("cinder", "delete", "volume-v").succeeded();
        assertThat(ls()).isEmpty();
    }

    @Test
    void aDiskIsMadeRescuedSnapshottedAndDeleted() throws IOException {
        byte[] bytes = bytes(5 << 20);
        Path raw = Files.write(folder.resolve("raw"), bytes);
        String uri = jrados("glance", "--pool", pool, "add", raw.toString(), "--id", "base")
                .succeeded()
                .firstLine();
        String disk = INSTANCE + "_disk";
        assertThat(on("nova", "create", INSTANCE, uri, "--size", "1")
                        .succeeded()
                        .firstLine())
                .isEqualTo(disk + " CLONED " + GIB);
        on("nova", "rescue", INSTANCE, raw.toString()).succeeded();
        assertThat(head(disk + ".rescue", bytes.length)).isEqualTo(bytes);
        on("nova", "unrescue", INSTANCE).succeeded();
        Path drive = Files.write(folder.resolve("drive"), "config".getBytes(StandardCharsets.UTF_8));
        on("nova", "config-drive", INSTANCE, drive.toString()).succeeded();
        assertThat(head(disk + ".config", 6)).isEqualTo(Files.readAllBytes(drive));

        String snapshot =
                on("nova", "snapshot", INSTANCE, "taken", uri).succeeded().firstLine();
        assertThat(snapshot).endsWith("/" + pool + "/taken/snap");
        assertThat(head("taken", bytes.length)).isEqualTo(bytes);
        on("nova", "flatten", INSTANCE).succeeded();
        on("nova", "resize", INSTANCE, "2").succeeded();
        assertThat(cluster.run("rbd", "info", pool + "/" + disk))
                .contains("size 2 GiB")
                .doesNotContain("parent:");
        Result info = on("nova", "info"); // the shared cluster may have no manager to ask
        assertThat(info.exit() == 0 ? info.out() : info.err()).containsAnyOf("free   ", "no manager has told yet");
        on("nova", "delete", INSTANCE).succeeded();
        jrados("glance", "delete", snapshot).succeeded();
        jrados("glance", "delete", uri).succeeded();
        assertThat(ls()).isEmpty();
        assertThat(on("nova", "resize", INSTANCE, "2").exit()).isEqualTo(Errno.ENOENT.number());
        assertThat(on("nova", "delete", "no-uuid").exit()).isEqualTo(2);
    }
}
