package io.jrados.rbd;

import io.jrados.conf.CephConf;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process of its own with this client in it and one image open, to be stopped and killed: one line asks, one answers.
 */
final class OurProcess implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 90;
    private static final int IN_FLIGHT = 8;

    private final Process process;
    private final Writer requests;
    private final BlockingQueue<CompletableFuture<String>> waiting = new LinkedBlockingQueue<>();
    private final String address;

    OurProcess(CephCluster cluster, String pool, String image) throws IOException {
        process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", ""),
                        OurProcess.class.getName(),
                        cluster.conf().toString(),
                        pool,
                        image)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        requests = process.outputWriter(StandardCharsets.UTF_8);
        CompletableFuture<String> ready = new CompletableFuture<>();
        waiting.add(ready);
        Thread reader = new Thread(this::read, "our-process-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        address = await(ready);
    }

    private void read() {
        try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                waiting.remove().complete(line);
            }
        } catch (IOException killed) {
            // What waits is told below.
        }
        waiting.forEach(one -> one.completeExceptionally(new IOException("our process is gone")));
    }

    private static String await(CompletableFuture<String> answer) throws IOException {
        try {
            return answer.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException(failed);
        }
    }

    /** With its nonce, as the OSDs know it. */
    String address() {
        return address;
    }

    /** "ok", or the class of the exception. */
    String ask(String request) throws IOException {
        CompletableFuture<String> answer = new CompletableFuture<>();
        waiting.add(answer);
        try {
            requests.write(request + "\n");
            requests.flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        return await(answer);
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** {@code -STOP} or {@code -CONT}. */
    void signal(String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill " + signal + " ended with " + code);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** @param arguments configuration, pool, image */
    public static void main(String[] arguments) throws Exception {
        Rados rados =
                Wait.on(Rados.builder(CephConf.load(Path.of(arguments[0]))).connectAsync());
        Image image = Rbd.on(rados.pool(arguments[1])).open(arguments[2]);
        CompletableFuture<String> stream = new CompletableFuture<>();
        System.out.println(rados.address());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "stream" -> {
                    Thread writer = new Thread(() -> stream(image, stream));
                    writer.setDaemon(true);
                    writer.start();
                    System.out.println("ok");
                }
                case "streamed" -> System.out.println(stream.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
                default -> System.out.println(answer(rados, image, line));
            }
        }
    }

    private static String answer(Rados rados, Image image, String request) {
        try {
            switch (request) {
                case "write" -> image.write(0, filled(99));
                case "read" -> image.read(0, ByteBuffer.allocate(4096));
                case "discard" -> image.discard(0, 1 << 20);
                case "snapshot" -> image.createSnapshot("late");
                case "resize" -> image.resize(1 << 20, Progress.NONE);
                case "lock" -> image.lock().acquire();
                case "map" -> Wait.on(rados.waitForLatestOsdMapAsync());
                default -> throw new IllegalArgumentException(request);
            }
            return "ok";
        } catch (RadosException failed) {
            return failed.getClass().getSimpleName();
        }
    }

    /** The same blocks over and over, until it fails. */
    private static void stream(Image image, CompletableFuture<String> end) {
        ArrayDeque<CompletableFuture<Void>> inFlight = new ArrayDeque<>();
        try {
            for (int i = 0; ; i++) {
                inFlight.add(image.writeAsync(i % IN_FLIGHT * 4096L, filled(100 + i % 100)));
                if (inFlight.size() == IN_FLIGHT) {
                    Wait.on(inFlight.remove());
                }
            }
        } catch (RadosException failed) {
            end.complete(failed.getClass().getSimpleName());
        }
    }

    private static ByteBuffer filled(int value) {
        byte[] data = new byte[4096];
        Arrays.fill(data, (byte) value);
        return ByteBuffer.wrap(data);
    }
}
