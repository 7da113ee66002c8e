package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A client in a JVM with little direct memory gets slower, or says what is missing; it is never stuck. */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmallMemoryTest {
    private static final int HUGE = 32 << 20;
    private static final int LENT = 80 << 20;

    private CephCluster cluster;
    private TestClient client;

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        cluster = shared;
        client = new TestClient(shared, shared.pool(SmallMemoryTest.class), TestClient.Mode.CRC);
        for (int i = 0; i < 3; i++) {
            client.pool.write("huge" + i, 0, ByteBuffer.allocate(HUGE));
        }
        client.rbd.create("other", 4 << 20, ImageOptions.DEFAULT);
        client.rbd.create("lent", LENT, ImageOptions.DEFAULT);
        try (Image image = client.rbd.open("lent")) {
            for (long at = 0; at < LENT; at += 4 << 20) {
                image.write(at, ByteBuffer.wrap(TestClient.bytes(at, 4 << 20)));
            }
        }
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    /** The lines that the program says, until it ends well. */
    private List<String> run(String direct, String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx320m",
                "-XX:MaxDirectMemorySize=" + direct,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", ""),
                SmallJvm.class.getName(),
                cluster.conf().toString(),
                client.pool.name()));
        words.addAll(List.of(arguments));
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            // not try-with-resources: its end closes the streams of a process that may be alive
            List<String> lines = process.inputReader().lines().toList();
            assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
            assertThat(lines).last().isEqualTo("closed");
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Covers({"A38", "E16"})
    void largeReplies() throws Exception {
        CompletableFuture<List<String>> enough = CompletableFuture.supplyAsync(() -> unchecked("90m"));
        List<String> tooLittle = unchecked("24m");
        assertThat(enough.get())
                .as("one after the other")
                .containsExactly("read " + HUGE, "read " + HUGE, "read " + HUGE, "closed");
        assertThat(tooLittle).hasSize(4).endsWith("closed");
        assertThat(tooLittle.subList(0, 3)).allSatisfy(line -> assertThat(line)
                .startsWith("failed ENOMEM reading")
                .containsPattern("receiving a frame of 335\\d{5} bytes")
                .contains("direct buffer memory", "-XX:MaxDirectMemorySize"));
    }

    private List<String> unchecked(String direct) {
        try {
            return run(direct, "read", "huge0", "huge1", "huge2");
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    @Covers({"E16", "H24"})
    void borrowersWaitForThoseThatGiveBack() throws Exception {
        assertThat(run("50m", "lend", "lent", "other")).containsExactly("lent " + LENT, "closed");
    }

    @Test
    @Covers({"E16", "E17", "H24"})
    void aBorrowerThatKeepsAllIsToldSo() throws Exception {
        List<String> lines = run("50m", "keep", "lent", "other");
        assertThat(lines).hasSize(3).endsWith("read after", "closed");
        assertThat(lines.get(0))
                .startsWith("failed ETIMEDOUT reading")
                .contains("reads of this client have lent 12582912 bytes that are not given back");
    }
}
