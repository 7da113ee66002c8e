package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.CephCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that uses Ceph's own Python binding of librbd, statement by statement. It has {@code ioctx}, the pool;
 * {@code image} once {@link #open} has been called; and the modules {@code rbd} and {@code rados}.
 */
public final class NativeClient implements AutoCloseable {
    private static final String SCRIPT =
            """
            import os, rados, rbd, sys
            cluster = rados.Rados(conffile=os.environ['CEPH_CONF'])
            cluster.connect()
            ioctx = cluster.open_ioctx(sys.argv[1])
            scope = {'cluster': cluster, 'ioctx': ioctx, 'rbd': rbd, 'rados': rados}
            print('ready', flush=True)
            for line in sys.stdin:
                try:
                    try:
                        code = compile(line.strip(), 'statement', 'eval')
                    except SyntaxError:
                        code = compile(line.strip(), 'statement', 'exec')
                    print('ok', ascii(eval(code, scope)), flush=True)
                except Exception as failed:
                    print('error', getattr(failed, 'errno', None), ascii(failed), flush=True)
            """;

    private static final Duration DEADLINE = Duration.ofSeconds(90);

    private final Duration deadline;
    private final Process process;
    private final Path complaints = Files.createTempFile("native-client", ".log");
    private final Writer statements;
    private final BlockingQueue<CompletableFuture<String>> waiting = new LinkedBlockingQueue<>();

    public NativeClient(CephCluster cluster, String pool) throws IOException {
        this(cluster, pool, DEADLINE);
    }

    /** @param deadline of each statement */
    NativeClient(CephCluster cluster, String pool, Duration deadline) throws IOException {
        this.deadline = deadline;
        Path bin = cluster.conf().resolveSibling("bin"); // the tools of the cluster's own release
        Path python = bin.resolve("python3");
        ProcessBuilder builder = new ProcessBuilder(
                        Files.isExecutable(python) ? python.toString() : "/usr/bin/python3", "-c", SCRIPT, pool)
                .redirectError(complaints.toFile());
        builder.environment().put("CEPH_CONF", cluster.conf().toString());
        builder.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
        process = builder.start();
        statements = process.outputWriter(StandardCharsets.UTF_8);
        CompletableFuture<String> ready = new CompletableFuture<>();
        waiting.add(ready);
        Thread reader = new Thread(this::read, "native-client-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        assertThat(await(ready, deadline)).isEqualTo("ready");
    }

    private void read() {
        try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
            String line = answers.readLine();
            while (line != null) {
                waiting.remove().complete(line);
                line = answers.readLine();
            }
        } catch (IOException killed) {
            // What waits is told below.
        }
        if (!waiting.isEmpty()) {
            IOException gone = new IOException(lastWords());
            waiting.forEach(one -> one.completeExceptionally(gone));
        }
    }

    /** Tells how the process ended, on one line. */
    private String lastWords() {
        try {
            String all = Files.readString(complaints, StandardCharsets.ISO_8859_1);
            return "the native client is gone, exit code " + process.waitFor() + ": "
                    + all.substring(Math.max(0, all.length() - 2000)).replaceAll("\\s+", " ");
        } catch (IOException unreadable) {
            return "the native client is gone: " + unreadable;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "the native client is gone";
        }
    }

    private static String await(CompletableFuture<String> answer, Duration deadline) throws IOException {
        try {
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException(failed);
        }
    }

    /** Runs a statement, or an expression: "ok" and its value, or "error", the errno and the exception. */
    public CompletableFuture<String> begin(String statement) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        waiting.add(answer);
        try {
            statements.write(statement + "\n");
            statements.flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        return answer;
    }

    /** Returns the answer to {@link #begin}, whatever it is. */
    public String attempt(String statement) throws IOException {
        return await(begin(statement), deadline);
    }

    /** The value of an expression as Python writes it. */
    public String run(String statement) throws IOException {
        return value(statement, begin(statement), deadline);
    }

    static String value(String statement, CompletableFuture<String> answer) throws IOException {
        return value(statement, answer, DEADLINE);
    }

    private static String value(String statement, CompletableFuture<String> answer, Duration deadline)
            throws IOException {
        String line = await(answer, deadline);
        assertThat(line).as(statement).startsWith("ok ");
        return line.substring(3);
    }

    public void open(String image) throws IOException {
        run("image = rbd.Image(ioctx, '" + image + "')");
    }

    /** {@code length} bytes of one value. */
    void write(long offset, int value, int length) throws IOException {
        run(writing(offset, value, length));
    }

    static String writing(long offset, int value, int length) {
        return "image.write(bytes([" + value + "]) * " + length + ", " + offset + ")";
    }

    /** The value of all bytes of a range; fails if they differ. */
    int read(long offset, int length) throws IOException {
        String values = run("list(set(image.read(" + offset + ", " + length + ")))");
        assertThat(values).matches("\\[\\d+]");
        return Integer.parseInt(values.substring(1, values.length() - 1));
    }

    /** Holds it with SIGSTOP. */
    public void stop() throws IOException {
        signal("-STOP");
    }

    /** Lets it go on. */
    public void resume() throws IOException {
        signal("-CONT");
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    private void signal(String signal) throws IOException {
        try {
            assertThat(new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(complaints);
        if (process.isAlive()) {
            try {
                statements.close();
                if (process.waitFor(10, TimeUnit.SECONDS)) {
                    return;
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        process.destroyForcibly();
    }
}
