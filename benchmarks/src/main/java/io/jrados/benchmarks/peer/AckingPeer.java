package io.jrados.benchmarks.peer;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Plays a monitor and an OSD for benchmarks of the client alone: it lets everybody in without authentication, in crc
 * mode, hands out recorded maps of a cluster with one OSD, and acknowledges every operation at once without looking at
 * its data. No test uses it: it proves nothing about Ceph.
 *
 * <p>Runs as a process of its own, so that its work is not counted as the client's. Prints
 * {@code ready <monitor's port>
 * <OSD's port>}; ends when its standard input does.
 */
public final class AckingPeer {
    private AckingPeer() {}

    /** Starts the peer on two free ports of loopback. */
    public static void main(String[] args) throws IOException {
        RecordedMaps maps = new RecordedMaps(resource("monmap.hex"), resource("osdmap.hex"));
        try (ServerSocketChannel monitor = listen();
                ServerSocketChannel osd = listen()) {
            accept(monitor, true, maps);
            accept(osd, false, maps);
            System.out.println("ready " + port(monitor) + " " + port(osd));
            System.out.flush();
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = AckingPeer.class.getResourceAsStream(name)) {
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return ByteBufUtil.getBytes(
                    Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replaceAll("(?m)#.*$|\\s", ""))));
        }
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static int port(ServerSocketChannel server) throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private static void accept(ServerSocketChannel server, boolean monitor, RecordedMaps maps) {
        daemon(() -> {
            while (true) {
                SocketChannel client = server.accept();
                daemon(() -> new PeerConnection(client, monitor, maps).serve());
            }
        });
    }

    /** A thread's work, which ends with its channel. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (java.nio.channels.ClosedChannelException | java.io.EOFException ended) {
                // A client that leaves, or the end of the run.
                return;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
