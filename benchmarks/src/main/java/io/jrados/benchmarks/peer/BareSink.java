package io.jrados.benchmarks.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The limit's other side: reads messages of {@code args[0]} bytes and answers each with 200. Prints
 * {@code ready <port>}; ends with its one client.
 */
public final class BareSink {
    /** About an OSD's reply. */
    public static final int ANSWER = 200;

    private BareSink() {}

    /** Serves one client. */
    public static void main(String[] args) throws IOException {
        int length = Integer.parseInt(args[0]);
        ByteBuffer in = ByteBuffer.allocateDirect(1 << 20);
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            System.out.println("ready " + ((InetSocketAddress) server.getLocalAddress()).getPort());
            System.out.flush();
            try (SocketChannel client = server.accept()) {
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                long got = 0;
                for (int count = client.read(in.clear()); count >= 0; count = client.read(in.clear())) {
                    got += count;
                    ByteBuffer answers = ByteBuffer.allocate((int) (got / length) * ANSWER);
                    got %= length;
                    while (answers.hasRemaining()) {
                        client.write(answers);
                    }
                }
            }
        }
    }
}
