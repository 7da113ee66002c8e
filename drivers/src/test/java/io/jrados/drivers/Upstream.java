package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.testkit.CephCluster;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * OpenStack's own Python drivers, in a process without services that does one call after the other. They come with
 * Debian's packages, which {@code tools/setup openstack} installs.
 */
public final class Upstream implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedReader answers;
    private final File log;

    /** The system's interpreter, for which Debian's packages are. */
    public Upstream(CephCluster cluster, Path folder) throws IOException {
        Path agent = Path.of(System.getProperty("basedir", "."), "src/test/resources/upstream/agent.py");
        log = folder.resolve("upstream.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(
                "/usr/bin/python3", agent.toString(), cluster.conf().toString());
        builder.environment().put("CEPH_CONF", cluster.conf().toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment().put("PYTHONUTF8", "1");
        process = builder.redirectError(ProcessBuilder.Redirect.appendTo(log)).start();
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** A failure of theirs. */
    public static final class Failed extends IOException {
        private static final long serialVersionUID = 1L;

        /** The name of the exception's class. */
        private final String name;

        Failed(String name, String message) {
            super(name + ": " + message);
            this.name = name;
        }

        public String name() {
            return name;
        }
    }

    /**
     * Makes a call, as {@code call("glance.get", "pool", pool, "uri", uri)}.
     *
     * @throws Failed with the name of the exception's class
     */
    public JsonNode call(String method, Object... arguments) throws IOException {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("call", method);
        for (int i = 0; i < arguments.length; i += 2) {
            request.put((String) arguments[i], arguments[i + 1]);
        }
        process.outputWriter(StandardCharsets.UTF_8).write(JSON.writeValueAsString(request) + "\n");
        process.outputWriter(StandardCharsets.UTF_8).flush();
        JsonNode answer = JSON.readTree(answer(method));
        if (answer.has("error")) {
            throw new Failed(answer.get("error").asText(), answer.get("message").asText());
        }
        return answer.get("result");
    }

    private String answer(String method) throws IOException {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> {
            try {
                return answers.readLine();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        });
        try {
            String read = line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (read == null) {
                throw new Failed("ProcessEnded", method + ", see " + log);
            }
            return read;
        } catch (ExecutionException | TimeoutException | InterruptedException failed) {
            process.destroyForcibly();
            throw new IOException(method + " of the Python drivers, see " + log, failed);
        }
    }

    /** The call fails with an exception of that class. */
    public void assertFails(String name, String method, Object... arguments) throws IOException {
        try {
            JsonNode result = call(method, arguments);
            throw new AssertionError(method + " gives " + result + " and not a " + name);
        } catch (Failed failed) {
            assertThat(failed.name()).as(failed.getMessage()).isEqualTo(name);
        }
    }

    /** A call that ends the whole process. */
    public void callAndDie(String method, Object... arguments) throws IOException {
        assertFails("ProcessEnded", method, arguments);
        assertEnded();
    }

    private void assertEnded() {
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError("interrupted", interrupted);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            process.outputWriter(StandardCharsets.UTF_8).close();
        } catch (IOException ended) {
            // It has ended before.
            assertThat(process.isAlive()).isFalse();
        }
        process.destroy();
        assertEnded();
    }
}
