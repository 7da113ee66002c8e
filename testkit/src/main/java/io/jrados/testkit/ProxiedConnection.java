package io.jrados.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One connection through a {@link FaultProxy}: two sockets, and a thread for each direction. */
final class ProxiedConnection {
    private static final int PORTION = 64 * 1024;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server;
    private final AtomicLong passed = new AtomicLong();
    private final AtomicInteger ended = new AtomicInteger();

    ProxiedConnection(FaultProxy proxy, Socket client, Socket server) {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
    }

    boolean isOpen() {
        return !client.isClosed();
    }

    /** Closes both sides so that the peers see a reset and not an end. */
    void reset() {
        proxy.forget(this); // first: whoever sees the reset finds it uncounted
        for (Socket socket : new Socket[] {client, server}) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException closedAlready) {
                continue;
            }
            close(socket);
        }
    }

    /** Passes one direction's bytes on until it ends, then the end too. */
    void pump(Socket from, Socket to, Fault.Ways way, Random random) {
        byte[] portion = new byte[PORTION];
        long sent = 0;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (true) {
                awaitFlow(way);
                int length = in.read(portion);
                if (length < 0) {
                    break;
                }
                awaitFlow(way); // a stall that began while we waited for these bytes holds them too
                Fault fault = proxy.fault();
                if (!fault.applies(way)) {
                    out.write(portion, 0, length);
                } else if (fault.flow() != Fault.Flow.BLACKHOLE && !pass(portion, length, sent, out, fault, random)) {
                    return;
                } else if (fault.closeAfter() > 0 && sent + length >= fault.closeAfter()) {
                    break;
                }
                sent += length;
            }
            to.shutdownOutput();
            if (ended.incrementAndGet() == 2) {
                close(client);
                close(server);
                proxy.forget(this);
            }
        } catch (IOException lost) {
            reset();
        } catch (InterruptedException stopped) {
            reset();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitFlow(Fault.Ways way) throws InterruptedException {
        Fault fault = proxy.fault();
        while (fault.flow() == Fault.Flow.STALL && fault.applies(way) && isOpen()) {
            proxy.await(this, fault, 0);
            fault = proxy.fault();
        }
    }

    /** @return false once the connection is reset */
    private boolean pass(byte[] portion, int length, long sent, OutputStream out, Fault fault, Random random)
            throws IOException, InterruptedException {
        if (!fault.delay().isZero()) {
            proxy.await(this, fault, fault.delay().toNanos());
        }
        int end = length;
        if (fault.closeAfter() > 0) {
            end = (int) Math.max(0, Math.min(end, fault.closeAfter() - sent));
        }
        boolean reset = false;
        if (fault.resetEvery() > 0) {
            long before = passed.getAndAdd(end);
            if (before + end >= fault.resetEvery()) {
                end = (int) Math.max(0, fault.resetEvery() - before);
                reset = true;
            }
        }
        if (fault.flipEvery() > 0) {
            flip(portion, end, sent, fault.flipEvery(), random);
        }
        write(portion, end, out, fault.chopped() ? random : null);
        if (reset) {
            reset();
        }
        return !reset;
    }

    private static void flip(byte[] portion, int end, long sent, long every, Random random) {
        long first = every - sent % every - 1; // the last byte of each span of the stream
        for (long at = first; at < end; at += every) {
            portion[(int) at] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private static void write(byte[] portion, int end, OutputStream out, @Nullable Random sizes) throws IOException {
        int at = 0;
        while (at < end) {
            int size = sizes == null ? end : Math.min(end - at, 1 + sizes.nextInt(7));
            out.write(portion, at, size);
            at += size;
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closedAlready) {
            // what matters is that it is
            return;
        }
    }
}
