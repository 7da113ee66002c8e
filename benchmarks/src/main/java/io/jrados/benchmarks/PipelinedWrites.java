package io.jrados.benchmarks;

import io.jrados.benchmarks.peer.AckingPeer;
import io.jrados.benchmarks.peer.PeerProcess;
import io.jrados.conf.CephConf;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** An image of the acknowledging peer, written to with some writes in flight. */
final class PipelinedWrites implements AutoCloseable {
    /** The port in the recorded monitor map. */
    private static final int RECORDED_MONITOR = 12000;

    private final PeerProcess peer;
    private final Rados rados;
    private final Image image;
    private final ByteBuffer[] buffers;
    private final int depth;
    private final ArrayDeque<CompletableFuture<Void>> inFlight = new ArrayDeque<>();
    private final Random random = new Random(1);
    private final long places;
    private int next;

    /**
     * @param size of each write, bytes
     * @param depth writes in flight
     * @param threads of the client
     */
    PipelinedWrites(int size, int depth, int threads) throws IOException {
        this.depth = depth;
        peer = PeerProcess.start(AckingPeer.class);
        CephConf conf = CephConf.builder()
                .environment(Map.of())
                .set("mon_host", "[v2:127.0.0.1:" + peer.port(0) + "]")
                .set("auth_client_required", "none")
                .set("ms_client_mode", "crc")
                .set("ms_mon_client_mode", "crc")
                .build();
        rados = Wait.on(
                Rados.builder(conf).threads(threads).translator(this::translate).connectAsync());
        image = Rbd.on(rados.pool("rbd")).open("bench");
        places = image.size() / size;
        buffers = new ByteBuffer[depth];
        for (int i = 0; i < depth; i++) {
            buffers[i] = ByteBuffer.allocateDirect(size);
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            buffers[i].put(bytes).flip();
        }
    }

    private InetSocketAddress translate(InetSocketAddress address) {
        boolean monitor = address.getPort() == RECORDED_MONITOR || address.getPort() == peer.port(0);
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.port(monitor ? 0 : 1));
    }

    /** Submits one write, waiting for the oldest if there are enough in flight. */
    void write() throws IOException {
        if (inFlight.size() == depth) {
            Wait.on(inFlight.remove());
        }
        ByteBuffer buffer = buffers[next];
        next = (next + 1) % depth;
        long place = Math.floorMod(random.nextLong(), places);
        inFlight.add(image.writeAsync(place * buffer.capacity(), buffer.duplicate()));
    }

    @Override
    public void close() throws IOException {
        while (!inFlight.isEmpty()) {
            Wait.on(inFlight.remove());
        }
        image.close();
        rados.close();
        peer.close();
    }
}
