package io.jrados.rbd;

import io.jrados.conf.CephConf;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A program with little direct memory, which says how it fares in lines: for {@link SmallMemoryTest}. */
final class SmallJvm {
    private static final int OBJECT = 32 << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private SmallJvm() {}

    /** @param arguments configuration, pool, and what to do */
    public static void main(String[] arguments) throws Exception {
        Rados rados = Wait.on(Rados.builder(CephConf.load(Path.of(arguments[0])))
                .operationDeadline(DEADLINE)
                .connectAsync());
        Pool pool = rados.pool(arguments[1]);
        switch (arguments[2]) {
            case "read" -> read(pool, List.of(arguments).subList(3, arguments.length));
            case "lend" -> lend(pool, arguments[3], arguments[4]);
            case "keep" -> keep(rados, arguments[1], arguments[3], arguments[4]);
            default -> throw new IllegalArgumentException(arguments[2]);
        }
        rados.close();
        say("closed");
    }

    private static void say(String line) {
        System.out.println(line);
    }

    /** Large objects at once, and small writes meanwhile. */
    private static void read(Pool pool, List<String> objects) {
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        objects.forEach(object -> reads.add(pool.readAsync(object, 0, ByteBuffer.allocate(OBJECT))));
        int writes = 0;
        do {
            String name = "small" + writes++ % 16;
            small(() -> pool.write(name, 0, ByteBuffer.allocate(512)));
        } while (!reads.stream().allMatch(CompletableFuture::isDone));
        for (CompletableFuture<Integer> read : reads) {
            try {
                say("read " + Wait.on(read));
            } catch (RadosException failed) {
                say("failed " + failed.errno() + " " + failed.getMessage() + causes(failed));
            }
        }
    }

    private static String causes(Throwable failed) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failed.getCause(); cause != null; cause = cause.getCause()) {
            text.append(": ").append(cause);
        }
        return text.toString();
    }

    /** A step that may fail. */
    private interface Step {
        void run() throws RadosException;
    }

    private static void small(Step step) {
        try {
            step.run();
        } catch (RadosException failed) {
            say("small failed " + failed.errno() + " " + failed.getMessage());
        }
    }

    /** A reader that gives back a little later what it is lent. */
    private static void lend(Pool pool, String lent, String other) throws RadosException {
        Rbd rbd = Rbd.on(pool);
        try (Image image = rbd.open(lent);
                Image another = rbd.open(other)) {
            AtomicLong bytes = new AtomicLong();
            Queue<CompletableFuture<Object>> held = new ConcurrentLinkedQueue<>();
            CompletableFuture<Void> read = image.readExtentsAsync(0, image.size(), (offset, stored) -> {
                bytes.addAndGet(stored.remaining());
                CompletableFuture<Object> use = new CompletableFuture<>();
                held.add(use);
                return use;
            });
            while (!read.isDone()) {
                small(() -> another.write(4096, ByteBuffer.allocate(512)));
                CompletableFuture<Object> use = held.poll();
                if (use != null) {
                    use.complete(null);
                }
            }
            Wait.on(read);
            say("lent " + bytes);
        }
    }

    /** A reader that keeps what it is lent. */
    private static void keep(Rados rados, String pool, String lent, String other) throws RadosException {
        try (Image image = Rbd.on(rados.pool(pool).withDeadline(Duration.ofSeconds(3)))
                        .open(lent);
                Image another = Rbd.on(rados.pool(pool)).open(other)) {
            Queue<CompletableFuture<Object>> held = new ConcurrentLinkedQueue<>();
            CompletableFuture<Void> read = image.readExtentsAsync(0, image.size(), (offset, stored) -> {
                CompletableFuture<Object> use = new CompletableFuture<>();
                held.add(use);
                return use;
            });
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < Duration.ofSeconds(6).toNanos()) {
                small(() -> another.write(4096, ByteBuffer.allocate(512)));
            }
            while (!read.isDone()) {
                for (CompletableFuture<Object> use = held.poll(); use != null; use = held.poll()) {
                    use.complete(null);
                }
                small(() -> another.write(4096, ByteBuffer.allocate(512)));
            }
            try {
                Wait.on(read);
                say("read");
            } catch (RadosException failed) {
                say("failed " + failed.errno() + " " + failed.getMessage());
            }
            image.read(0, ByteBuffer.allocate(4 << 20));
            say("read after");
        }
    }
}
