package io.jrados.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.cli.Program.Result;
import io.jrados.error.Errno;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@CephTest
class JradosTest {
    private CephCluster cluster;
    private String pool;

    @TempDir
    private Path folder;

    @BeforeEach
    void cluster(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(JradosTest.class);
    }

    private Result jrados(String... words) {
        return new Program(cluster).run(words);
    }

    private Path file(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return Files.write(folder.resolve("in-" + length), bytes);
    }

    @Test
    void anImageGoesInAndComesBack() throws IOException {
        Path file = file(9_000_001);
        Result added = jrados("glance", "--pool", pool, "add", file.toString(), "--id", "golden")
                .succeeded();
        assertThat(added.firstLine()).matches("rbd://[0-9a-f-]{36}/" + pool + "/golden/snap");
        assertThat(added.out()).contains("size    9000001", "md5     ", "sha512  ");

        String uri = added.firstLine();
        Path back = folder.resolve("back");
        jrados("glance", "--pool", pool, "get", uri, back.toString()).succeeded();
        assertThat(back).hasSameBinaryContentAs(file);
        assertThat(jrados("glance", "size", uri).succeeded().firstLine()).isEqualTo("9000001");
        assertThat(jrados("ls", pool).succeeded().out().lines()).containsExactly("golden");
        assertThat(jrados("info", pool + "/golden").succeeded().out()).contains("size 9000001 bytes", "layering");
        Path exported = folder.resolve("exported");
        jrados("export", pool + "/golden@snap", exported.toString()).succeeded();
        assertThat(exported).hasSameBinaryContentAs(file);

        jrados("glance", "delete", uri).succeeded();
        assertThat(cluster.run("rbd", "ls", pool)).isEmpty();
    }

    @Test
    void aFileBecomesAnImageWithoutItsZeroes() throws IOException {
        Path file = folder.resolve("half");
        byte[] bytes = new byte[13_000_001];
        new Random(5).nextBytes(bytes);
        Arrays.fill(bytes, 4 << 20, 8 << 20, (byte) 0);
        Files.write(file, bytes);
        jrados("import", file.toString(), pool + "/imported").succeeded();
        Path exported = folder.resolve("exported");
        cluster.run("rbd", "export", "--no-progress", pool + "/imported", exported.toString());
        assertThat(exported).hasBinaryContent(bytes);
        assertThat(cluster.run("rados", "-p", pool, "ls").lines().filter(name -> name.startsWith("rbd_data.")))
                .hasSize(3);
        assertThat(jrados("import", file.toString(), pool + "/imported").exit()).isEqualTo(Errno.EEXIST.number());
        assertThat(cluster.run("rbd", "ls", pool).strip()).isEqualTo("imported");
        jrados("rm", pool + "/imported").succeeded();
    }

    @Test
    void aVolumeIsClonedSnapshottedAndFlattened() throws IOException {
        Path file = file(5_000_000);
        String uri = jrados("glance", "--pool", pool, "add", file.toString(), "--id", "base")
                .succeeded()
                .firstLine();
        jrados("cinder", "--pool", pool, "from-image", "volume-1", "1", uri).succeeded();
        assertThat(jrados("children", pool + "/base@snap").succeeded().firstLine())
                .isEqualTo(pool + "/volume-1");
        jrados("snap", "create", pool + "/volume-1@one").succeeded();
        jrados("snap", "protect", pool + "/volume-1@one").succeeded();
        assertThat(jrados("snap", "ls", pool + "/volume-1").succeeded().firstLine())
                .contains("\tone\t", String.valueOf(1 << 30), "protected");
        assertThat(cluster.run("rbd", "snap", "ls", pool + "/volume-1")).contains("one");

        jrados("flatten", pool + "/volume-1").succeeded();
        assertThat(cluster.run("rbd", "info", "--format", "json", pool + "/volume-1"))
                .doesNotContain("\"parent\"");
        jrados("snap", "unprotect", pool + "/volume-1@one").succeeded();
        jrados("snap", "rm", pool + "/volume-1@one").succeeded();
        jrados("rm", pool + "/volume-1").succeeded();
        jrados("glance", "delete", uri).succeeded();
        assertThat(cluster.run("rbd", "ls", pool)).isEmpty();
    }

    @Test
    void aMistypedOptionEndsTheProgramBeforeItConnects() {
        Result mistyped = jrados("ls", pool, "--set", "ms_client_mod=secure");

        assertThat(mistyped.exit()).isEqualTo(Errno.EINVAL.number());
        assertThat(mistyped.err()).contains("ms_client_mod:", "the nearest is ms_client_mode");
    }

    @Test
    void aFailureExitsWithItsErrno() throws IOException {
        Result missing = jrados("info", pool + "/no-such");
        assertThat(missing.exit()).isEqualTo(Errno.ENOENT.number());
        assertThat(missing.err().lines()).anySatisfy(line -> assertThat(line)
                .startsWith("jrados: ")
                .contains(pool + "/no-such")
                .endsWith("(ENOENT)"));
        assertThat(missing.err()).doesNotContain("\tat ");

        Path file = file(1000);
        String uri = jrados("glance", "--pool", pool, "add", file.toString(), "--id", "once")
                .succeeded()
                .firstLine();
        Result again = jrados("glance", "--pool", pool, "add", file.toString(), "--id", "once");
        assertThat(again.exit()).isEqualTo(Errno.EEXIST.number());
        assertThat(jrados("snap", "rm", pool + "/once@snap").exit()).isEqualTo(Errno.EBUSY.number());
        jrados("glance", "delete", uri).succeeded();

        assertThat(jrados("glance", "size", "rbd://a/b").exit()).isEqualTo(Errno.EINVAL.number());
        assertThat(jrados("ls", pool, "--set", "key=AQAAAAAAAAAAABAAbm90IHRoaXMgY2x1c3Rlcg==")
                        .exit())
                .isEqualTo(Errno.EACCES.number());
        assertThat(jrados("ls", pool, "--set", "keyring=/no/such/file").exit()).isEqualTo(Errno.ENOENT.number());
        Result noFile =
                jrados("glance", "--pool", pool, "add", folder.resolve("none").toString(), "--id", "none");
        assertThat(noFile.exit()).isEqualTo(1);
        assertThat(noFile.err()).contains("none").doesNotContain("\tat ");
        assertThat(jrados("no-such-verb").exit()).isEqualTo(2);
        assertThat(cluster.run("rbd", "ls", pool)).isEmpty();
    }
}
