package io.jrados.rados;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Somebody between a client and a daemon: passes on what the client sends, and of what the daemon sends whatever it
 * likes. It understands frames in crc mode, in which nothing but a checksum protects them.
 */
final class Meddler implements AutoCloseable {
    /** The banner that begins a connection. */
    static final int BANNER = 26;

    private static final int PREAMBLE = 32;

    /** The way in which it meddles with one connection. */
    interface Way {
        /** @param number of the connection, from 0 */
        void pass(int number, InputStream fromDaemon, OutputStream toClient) throws IOException, InterruptedException;
    }

    /** A frame of one segment. */
    record Frame(byte[] preamble, byte[] payload) {
        static Frame read(InputStream in) throws IOException {
            byte[] preamble = exactly(in, PREAMBLE);
            int length =
                    ByteBuffer.wrap(preamble).order(ByteOrder.LITTLE_ENDIAN).getInt(2);
            return new Frame(preamble, exactly(in, length + Integer.BYTES));
        }

        int tag() {
            return preamble[0];
        }

        void write(OutputStream out) throws IOException {
            out.write(preamble);
            out.write(payload);
        }
    }

    private final InetSocketAddress daemon;
    private final Way way;
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger connections = new AtomicInteger();

    Meddler(InetSocketAddress daemon, Way way) throws IOException {
        this.daemon = daemon;
        this.way = way;
        threads.execute(this::listen);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    /** Waits a while; false once this is closed. */
    boolean pause(long millis) throws InterruptedException {
        return !closing.await(millis, TimeUnit.MILLISECONDS);
    }

    static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private void listen() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(daemon.getAddress(), daemon.getPort());
                sockets.add(client);
                sockets.add(server);
                int number = connections.getAndIncrement();
                threads.execute(() -> run(client, server, (in, out) -> in.transferTo(out)));
                threads.execute(() -> run(server, client, (in, out) -> way.pass(number, in, out)));
            }
        } catch (IOException closed) {
            closing.countDown();
        }
    }

    private interface Pump {
        void run(InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    private static void run(Socket from, Socket to, Pump pump) {
        try (from;
                to) {
            pump.run(from.getInputStream(), to.getOutputStream());
        } catch (IOException | InterruptedException ended) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
