package io.jrados.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the program as a process of its own, and tells it to stop as Ctrl-C does. */
@CephTest
@Timeout(180)
class CleanEndTest {
    private static final int SIGINT_EXIT = 130;
    private static final int CHUNK = 8 << 20;

    @TempDir
    private Path folder;

    @Test
    void ctrlCInTheMiddleOfAnUploadLeavesNothing(CephCluster cluster) throws Exception {
        String pool = cluster.pool(CleanEndTest.class);
        // A pipe that stays open: however slow the machine is, the upload is in its middle when it is told to stop.
        Path file = folder.resolve("pipe");
        new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
        Path output = folder.resolve("output");
        // What a shell starts in the background, a whole build too, ignores the signal, and hands that on.
        Process program = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.jrados.cli.Jrados",
                        "--conf",
                        cluster.conf().toString(),
                        "--quiet",
                        "glance",
                        "--pool",
                        pool,
                        "add",
                        file.toString(),
                        "--id",
                        "half")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try (OutputStream endless = new FileOutputStream(file.toFile())) {
            endless.write(new byte[3 * CHUNK]);
            while (program.isAlive() && !hasData(cluster, pool)) {
                program.waitFor(100, TimeUnit.MILLISECONDS);
            }
            new ProcessBuilder("kill", "-INT", Long.toString(program.pid()))
                    .start()
                    .waitFor();

            assertThat(program.waitFor(90, TimeUnit.SECONDS)).isTrue();
            String said = Files.readString(output);
            assertThat(program.exitValue()).as(said).isEqualTo(SIGINT_EXIT);
            assertThat(said).contains("EINTR").doesNotContain("Exception in thread", "left behind");
            assertThat(cluster.run("rbd", "-p", pool, "ls").strip()).isEmpty();
            assertThat(cluster.run("rados", "-p", pool, "ls").strip()).doesNotContain("rbd_data", "rbd_header");
        } finally {
            program.destroyForcibly();
        }
    }

    private static boolean hasData(CephCluster cluster, String pool) throws IOException {
        return cluster.run("rados", "-p", pool, "ls").strip().contains("rbd_data");
    }
}
