package io.jrados.rbd;

import io.jrados.conf.CephConf;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.verb.ThreadKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A program with many threads in blocking calls, which says how they fare: for {@link ManyCallersTest}. */
final class ManyCallers {
    private static final int BLOCK = 512;
    private static final int FEW = 200;
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    /** The pool of {@link Pins}, whose initializer has no arguments. */
    private static final Queue<Pool> clients = new ConcurrentLinkedQueue<>();

    private final Pool pool;
    private final Rbd rbd;
    private final Image image;
    private final int count;
    private final AtomicInteger blocked = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private ManyCallers(Pool pool, Image image, int count) {
        this.pool = pool;
        this.rbd = Rbd.on(pool);
        this.image = image;
        this.count = count;
    }

    /** A client that waits while a class is being initialized, which pins the thread: what the test has to find. */
    private static final class Pins {
        static {
            try {
                clients.poll().stat("nowhere");
            } catch (NotFoundException expected) {
                System.out.println("waited in an initializer");
            } catch (RadosException failed) {
                throw new ExceptionInInitializerError(failed);
            }
        }

        private Pins() {}

        static void begin() {}
    }

    /** @param arguments configuration, pool, number of threads, their kind */
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[2]);
        ThreadKind kind = ThreadKind.valueOf(arguments[3]);
        Executor threads = kind.starter("caller");
        try (Rados rados = Rados.builder(CephConf.load(Path.of(arguments[0])))
                .operationDeadline(DEADLINE)
                .connect()) {
            Pool pool = rados.pool(arguments[1]);
            Rbd.on(pool).create("many", (long) count * BLOCK, ImageOptions.DEFAULT);
            try (Image image = Rbd.on(pool).open("many")) {
                new ManyCallers(pool, image, count).run(threads);
            }
            if (kind == ThreadKind.VIRTUAL) {
                clients.add(pool);
                CountDownLatch over = new CountDownLatch(1);
                threads.execute(() -> {
                    Pins.begin();
                    over.countDown();
                });
                over.await();
            }
        }
        System.out.println("closed");
    }

    private void run(Executor threads) throws Exception {
        verbs("first"); // loads the classes, which holds up whoever needs them at the same time
        CountDownLatch ready = new CountDownLatch(count);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.execute(() -> {
                try {
                    ready.countDown();
                    go.await();
                    call(number);
                } catch (Throwable failed) {
                    failures.add(failed);
                } finally {
                    done.countDown();
                }
            });
        }
        ready.await();
        go.countDown();
        done.await();
        failures.stream().limit(5).forEach(failed -> System.out.println("failed " + failed));
        System.out.println("threads " + count + ", failures " + failures.size());
        System.out.println("blocked at once " + most.get());
    }

    /** A blocking call. */
    private interface Call<T> {
        T run() throws RadosException;
    }

    private <T> T counted(Call<T> call) throws RadosException {
        most.accumulateAndGet(blocked.incrementAndGet(), Math::max);
        try {
            return call.run();
        } finally {
            blocked.decrementAndGet();
        }
    }

    private void call(int number) throws RadosException {
        byte[] bytes = TestClient.bytes(number, BLOCK);
        long at = (long) number * BLOCK;
        counted(() -> {
            image.write(at, ByteBuffer.wrap(bytes));
            return true;
        });
        ByteBuffer back = ByteBuffer.allocate(BLOCK);
        counted(() -> {
            image.read(at, back);
            return true;
        });
        if (!back.rewind().equals(ByteBuffer.wrap(bytes))) {
            throw new IllegalStateException("other bytes at " + at);
        }
        if (number % FEW == 0) {
            verbs("image" + number);
        }
    }

    /** The verbs of one thread, in both forms. */
    private void verbs(String name) throws RadosException {
        List<String> before = rbd.list();
        rbd.create(name, 1 << 20, ImageOptions.DEFAULT);
        try (Image own = rbd.open(name)) {
            own.write(0, ByteBuffer.allocate(BLOCK));
            own.createSnapshot("s");
            own.removeSnapshot("s");
        }
        rbd.removeAsync(name, Progress.NONE).join();
        if (!before.contains("many") || !pool.rados().pools().contains(pool.name())) {
            throw new IllegalStateException("a listing without what there is");
        }
    }
}
