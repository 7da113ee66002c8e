package io.jrados.rados;

import io.jrados.crypto.Crc32c;
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

/**
 * An OSD, or somebody in front of it, that lets a client log in, announces a large message, sends the beginning of it
 * and then one byte now and then. In crc mode nothing but a checksum protects what it sends.
 */
final class DrippingOsd implements AutoCloseable {
    private static final int BANNER = 26;
    private static final int PREAMBLE = 32;
    private static final int SERVER_IDENT = 9;
    private static final int MESSAGE = 17;
    private static final int DRIP_MILLIS = 200;

    private final InetSocketAddress osd;
    private final int frame;
    private final int beginning;
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch dripping = new CountDownLatch(1);

    /**
     * @param osd the real one
     * @param frame bytes that are announced
     * @param beginning bytes that are sent at once
     */
    DrippingOsd(InetSocketAddress osd, int frame, int beginning) throws IOException {
        this.osd = osd;
        this.frame = frame;
        this.beginning = beginning;
        threads.execute(this::listen);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    /** Whether a client has been sent the beginning of a message. */
    boolean awaitDripping(long seconds) throws InterruptedException {
        return dripping.await(seconds, TimeUnit.SECONDS);
    }

    private void listen() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(osd.getAddress(), osd.getPort());
                sockets.add(client);
                sockets.add(server);
                threads.execute(() -> pump(client, server));
                threads.execute(() -> attack(server, client));
            }
        } catch (IOException closed) {
            closing.countDown();
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException ended) {
            return;
        }
    }

    private void attack(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            out.write(exactly(in, BANNER));
            int tag = 0;
            while (tag != SERVER_IDENT) {
                byte[] preamble = exactly(in, PREAMBLE);
                tag = preamble[0];
                int length =
                        ByteBuffer.wrap(preamble).order(ByteOrder.LITTLE_ENDIAN).getInt(2);
                out.write(preamble);
                out.write(exactly(in, length + Integer.BYTES));
            }
            out.write(announcement());
            out.write(new byte[beginning]);
            dripping.countDown();
            while (!closing.await(DRIP_MILLIS, TimeUnit.MILLISECONDS)) {
                out.write(0);
            }
        } catch (IOException | InterruptedException ended) {
            return;
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private byte[] announcement() {
        ByteBuffer out = ByteBuffer.allocate(PREAMBLE).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) MESSAGE).put((byte) 4);
        for (int length : new int[] {41, 100, 0, frame}) {
            out.putInt(length).putShort((short) 8);
        }
        out.put((byte) 0).put((byte) 0);
        out.putInt(Crc32c.of(0, out.array(), 0, out.position()));
        return out.array();
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
