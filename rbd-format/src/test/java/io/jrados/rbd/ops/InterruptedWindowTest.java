package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Window;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A verb over many objects whose thread is interrupted: nothing of it may be under way when it ends. */
@CephTest
@Timeout(120)
class InterruptedWindowTest {
    @Test
    void anInterruptedWindowWaitsForWhatIsInFlight() throws Exception {
        List<CompletableFuture<Void>> requests = new ArrayList<>();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread verb = new Thread(
                () -> failed.set(catchThrowable(() -> Window.of(Progress.NONE).each(0, 3, number -> {
                    CompletableFuture<Void> request = new CompletableFuture<>();
                    requests.add(request);
                    return request;
                }))));
        verb.start();
        while (verb.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        verb.interrupt();
        requests.get(1).complete(null);
        requests.get(2).complete(null);
        verb.join(TimeUnit.SECONDS.toMillis(2));
        boolean endedEarly = !verb.isAlive();
        requests.get(0).complete(null);
        verb.join();
        assertThat(failed.get()).isNotNull();
        assertThat(endedEarly)
                .as("it ended with the first request still in flight")
                .isFalse();
    }

    /** A pool that holds the first change of a data object back, as an OSD does whose group is peering. */
    private static final class Holding {
        private final CompletableFuture<Void> release = new CompletableFuture<>();
        private final CompletableFuture<Void> landed = new CompletableFuture<>();
        private volatile boolean armed;
        private volatile boolean holds;

        Pool of(Pool pool) {
            return (Pool) Proxy.newProxyInstance(
                    Pool.class.getClassLoader(),
                    new Class<?>[] {Pool.class},
                    (proxy, method, args) -> call(pool, proxy, method, args));
        }

        private Rados of(Rados rados) {
            return (Rados) Proxy.newProxyInstance(
                    Rados.class.getClassLoader(),
                    new Class<?>[] {Rados.class},
                    (proxy, method, args) -> call(rados, proxy, method, args));
        }

        private Object call(Object target, Object proxy, Method method, Object[] args) throws Throwable {
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, args);
            }
            if (armed
                    && method.getName().equals("operateAsync")
                    && args[1] instanceof WriteOperation
                    && ((String) args[0]).startsWith("rbd_data.")) {
                armed = false;
                holds = true;
                return release.thenCompose(now -> (CompletableFuture<?>) invoke(target, method, args))
                        .whenComplete((done, failed) -> landed.complete(null));
            }
            Object result = invoke(target, method, args);
            return result instanceof CompletableFuture<?> future ? future.thenApply(this::wrapped) : wrapped(result);
        }

        private Object wrapped(Object result) {
            return result instanceof Pool pool ? of(pool) : result instanceof Rados rados ? of(rados) : result;
        }

        private static Object invoke(Object target, Method method, Object[] args) {
            try {
                return method.invoke(target, args);
            } catch (InvocationTargetException failed) {
                if (failed.getCause() instanceof RuntimeException runtime) {
                    throw runtime;
                }
                throw new IllegalStateException(failed.getCause());
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private static byte[] data(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aRollbackThatWasInterruptedChangesNoLaterSnapshot(CephCluster cluster) throws Exception {
        interrupted(cluster, "rollback", image -> image.rollBack("s1", Progress.NONE));
    }

    @Test
    void aShrinkThatWasInterruptedChangesNoLaterSnapshot(CephCluster cluster) throws Exception {
        interrupted(cluster, "shrink", image -> image.resize(1 << 17, Progress.NONE));
    }

    private interface Verb {
        void run(Image image) throws Exception;
    }

    private void interrupted(CephCluster cluster, String name, Verb verb) throws Exception {
        int size = 4 << 16;
        try (Images images = new Images(cluster, InterruptedWindowTest.class)) {
            Holding holding = new Holding();
            Rbd rbd = Rbd.on(holding.of(images.pool));
            rbd.create(name, size, ImageOptions.DEFAULT.withOrder(16));
            try (Image image = rbd.open(name)) {
                image.write(0, ByteBuffer.wrap(data(1, size)));
                image.createSnapshot("s1");
                image.write(0, ByteBuffer.wrap(data(2, size)));
                AtomicReference<Throwable> failed = new AtomicReference<>();
                holding.armed = true;
                Thread thread = new Thread(() -> failed.set(catchThrowable(() -> verb.run(image))));
                thread.start();
                while (!holding.holds || thread.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                // the others end meanwhile
                CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS))
                        .join();
                thread.interrupt();
                thread.join(TimeUnit.SECONDS.toMillis(10));
                if (thread.isAlive()) {
                    // as it should be: it waits for what is under way
                    holding.release.complete(null);
                    thread.join();
                    return;
                }
                assertThat(failed.get()).isNotNull();
                image.createSnapshot("s2");
                byte[] before = read(rbd, name);
                holding.release.complete(null);
                Wait.on(holding.landed);
                byte[] after = read(rbd, name);
                assertThat(Arrays.mismatch(before, after))
                        .as(
                                "the first byte of snapshot s2 that changed after it was made; the verb failed with %s",
                                failed)
                        .isEqualTo(-1);
            }
        }
    }

    private static byte[] read(Rbd rbd, String name) throws Exception {
        try (Image snapshot = rbd.openSnapshot(name, "s2")) {
            ByteBuffer bytes = ByteBuffer.allocate((int) snapshot.size());
            snapshot.read(0, bytes);
            return bytes.array();
        }
    }
}
