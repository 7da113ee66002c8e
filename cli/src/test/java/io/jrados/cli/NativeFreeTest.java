package io.jrados.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A working client maps the files that plain Java maps, and none besides: no library of ours, of Netty's or of Ceph's.
 */
@CephTest
class NativeFreeTest {
    @TempDir
    private Path folder;

    @Test
    void aClientAtWorkMapsWhatPlainJavaMaps(CephCluster cluster) throws IOException, InterruptedException {
        List<String> plain = mapped(cluster, "plain");
        List<String> client = mapped(cluster, "client", cluster.pool(NativeFreeTest.class));

        assertThat(plain).anyMatch(file -> file.endsWith("/libnio.so"));
        assertThat(client).containsExactlyInAnyOrderElementsOf(plain);
    }

    private List<String> mapped(CephCluster cluster, String... arguments) throws IOException, InterruptedException {
        String runtime = Files.readString(Path.of("target/runtime.classpath")).strip();
        Path temporary = Files.createDirectory(folder.resolve(arguments[0]));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-XX:-UsePerfData",
                "-cp",
                "target/classes:target/test-classes:" + runtime,
                MappedFiles.class.getName()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve(arguments[0] + ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("CEPH_CONF", cluster.conf().toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        try (var left = Files.list(temporary)) {
            assertThat(left).as("files unpacked into the temporary folder").isEmpty();
        }
        return Files.readAllLines(out);
    }
}
