package io.jrados.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP proxy on loopback in front of one server, which delays, damages, cuts or swallows what passes. The fault may be
 * changed at any time and acts on open connections from their next bytes on.
 *
 * <p>What it does is a function of the seed and of the bytes, so a run can be repeated as far as the peers repeat
 * theirs.
 */
public final class FaultProxy implements AutoCloseable {
    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final long seed;
    private final List<ProxiedConnection> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Fault fault = Fault.none();
    private boolean refusing;

    private FaultProxy(InetSocketAddress server, long seed) throws IOException {
        this.server = server;
        this.seed = seed;
        listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        daemon("fault-proxy-" + listener.getLocalPort(), this::accept);
    }

    /** A proxy in front of {@code server}, passing everything until told otherwise. */
    public static FaultProxy to(InetSocketAddress server) throws IOException {
        return new FaultProxy(server, 1);
    }

    /** @param seed of the choices: sizes of chopped writes, bits to flip */
    public static FaultProxy to(InetSocketAddress server, long seed) throws IOException {
        return new FaultProxy(server, seed);
    }

    /** Returns the address to which a client has to connect. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Changes what is done to the bytes of all connections, present and future. */
    public void apply(Fault next) {
        lock.lock();
        try {
            fault = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Resets each open connection now. */
    public void resetAll() {
        open.forEach(ProxiedConnection::reset);
    }

    /** Whether new connections are reset at once, as where nobody listens any more. */
    public void refuse(boolean on) {
        lock.lock();
        try {
            refusing = on;
        } finally {
            lock.unlock();
        }
    }

    /** Connections taken since the start. */
    public int accepted() {
        return accepted.get();
    }

    /** Connections open now. */
    public int connections() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        resetAll();
    }

    Fault fault() {
        lock.lock();
        try {
            return fault;
        } finally {
            lock.unlock();
        }
    }

    /** Waits at most so long, or until the fault changes or the connection ends; 0 nanoseconds: as long as it takes. */
    void await(ProxiedConnection connection, Fault seen, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (fault == seen && connection.isOpen() && (nanos == 0 || left > 0)) {
                if (nanos == 0) {
                    changed.await();
                } else {
                    left = changed.awaitNanos(left);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    void forget(ProxiedConnection connection) {
        open.remove(connection);
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            Socket client;
            try {
                client = listener.accept();
            } catch (IOException closed) {
                return;
            }
            int number = accepted.incrementAndGet();
            connect(client, number);
        }
    }

    private void connect(Socket client, int number) {
        Socket upstream = new Socket();
        ProxiedConnection connection = new ProxiedConnection(this, client, upstream);
        try {
            boolean refused;
            lock.lock();
            try {
                refused = refusing;
            } finally {
                lock.unlock();
            }
            if (refused) {
                connection.reset();
                return;
            }
            // first: the server may see its connection, and its test reset all, before this thread goes on
            open.add(connection);
            upstream.connect(server, 5_000);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
        } catch (IOException unreachable) {
            connection.reset();
            return;
        }
        if (listener.isClosed()) {
            connection.reset();
            return;
        }
        String name = "fault-proxy-" + listener.getLocalPort() + "-" + number;
        daemon(name + "-up", () -> connection.pump(client, upstream, Fault.Ways.TO_SERVER, new Random(seed + number)));
        daemon(
                name + "-down",
                () -> connection.pump(upstream, client, Fault.Ways.TO_CLIENT, new Random(seed - number)));
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
