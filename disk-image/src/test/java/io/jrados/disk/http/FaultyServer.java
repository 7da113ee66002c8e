package io.jrados.disk.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A web server of one file whose next answers a test chooses: cut, silent, of another file, or plainly wrong. */
final class FaultyServer implements AutoCloseable {
    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Queue<Turn> turns = new ConcurrentLinkedQueue<>();
    private final Queue<Map<String, String>> requests = new ConcurrentLinkedQueue<>();

    volatile byte[] file;
    volatile String tag = "\"one\"";

    /** An answer to one request. */
    interface Turn {
        void answer(FaultyServer server, Asked asked, OutputStream out) throws IOException;
    }

    /** The bytes that a request asks for, with an end that is not among them. */
    record Asked(int from, int end) {}

    FaultyServer(byte[] file) throws IOException {
        this.file = file;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    URI uri() {
        return URI.create("http://user:secret@localhost:" + socket.getLocalPort() + "/images/disk?token=hidden");
    }

    /** The address without anything that is a secret. */
    URI plainUri() {
        return URI.create("http://localhost:" + socket.getLocalPort() + "/images/disk");
    }

    /** Sets what happens to the next request that has no other turn before it. */
    FaultyServer next(Turn turn) {
        turns.add(turn);
        return this;
    }

    /** The headers of every request until now, with small names. */
    List<Map<String, String>> requests() {
        return new ArrayList<>(requests);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException over) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(over);
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Map<String, String> headers = new TreeMap<>();
                for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
                    int colon = header.indexOf(':');
                    headers.put(
                            header.substring(0, colon).toLowerCase(Locale.ROOT),
                            header.substring(colon + 1).strip());
                }
                requests.add(headers);
                Turn turn = turns.poll();
                OutputStream out = client.getOutputStream();
                (turn == null ? (Turn) FaultyServer::plain : turn).answer(this, asked(headers), out);
                out.flush();
            }
        } catch (IOException gone) {
            // A client that ends a connection is no failure of the server, nor is one that a turn cut.
            return;
        }
    }

    private static Asked asked(Map<String, String> headers) {
        String[] range = headers.get("range").substring("bytes=".length()).split("-");
        return new Asked(Integer.parseInt(range[0]), Integer.parseInt(range[1]) + 1);
    }

    void head(OutputStream out, String status, String... headers) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    void partial(OutputStream out, int from, int end, int announced) throws IOException {
        head(
                out,
                "206 Partial Content",
                "Content-Range: bytes " + from + "-" + (end - 1) + "/" + file.length,
                "ETag: " + tag,
                "Content-Length: " + announced);
    }

    /** The range that was asked for, as far as the file goes. */
    void plain(Asked asked, OutputStream out) throws IOException {
        if (asked.from >= file.length) {
            head(out, "416 Range Not Satisfiable", "Content-Range: bytes */" + file.length, "Content-Length: 0");
            return;
        }
        int end = Math.min(asked.end, file.length);
        partial(out, asked.from, end, end - asked.from);
        out.write(file, asked.from, end - asked.from);
    }

    /** A connection that is cut after some bytes of the body. */
    static Turn cutAfter(int count) {
        return (server, asked, out) -> {
            int end = Math.min(asked.end, server.file.length);
            server.partial(out, asked.from, end, end - asked.from);
            out.write(server.file, asked.from, Math.min(count, end - asked.from));
            out.flush();
            throw new IOException("cut");
        };
    }

    /** A body that stops after some bytes, on a connection that stays. */
    static Turn silentAfter(int count) {
        return (server, asked, out) -> {
            int end = Math.min(asked.end, server.file.length);
            server.partial(out, asked.from, end, end - asked.from);
            out.write(server.file, asked.from, count);
            out.flush();
            server.awaitClose();
        };
    }

    /** An answer without a body. */
    static Turn status(String status, String... headers) {
        return (server, asked, out) -> {
            List<String> all = new ArrayList<>(List.of(headers));
            all.add("Content-Length: 0");
            server.head(out, status, all.toArray(String[]::new));
        };
    }

    private void awaitClose() throws IOException {
        try {
            if (!closed.await(60, TimeUnit.SECONDS)) {
                throw new IOException("nobody closed the server");
            }
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        socket.close();
        threads.shutdownNow();
    }
}
