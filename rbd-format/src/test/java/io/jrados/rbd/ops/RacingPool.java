package io.jrados.rbd.ops;

import io.jrados.rados.Pool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A pool in which somebody else is quicker once: after a snapshot id is allocated, before it is used. */
final class RacingPool {
    /** The action of the other client. */
    interface Other {
        void run() throws IOException;
    }

    private final Pool pool;
    private final Other other;
    private final AtomicBoolean done = new AtomicBoolean();

    RacingPool(Pool pool, Other other) {
        this.pool = pool;
        this.other = other;
    }

    Pool pool() {
        return racing(pool);
    }

    /** Views of the pool race too: a verb may allocate the id through any of them. */
    private Pool racing(Pool pool) {
        return (Pool) Proxy.newProxyInstance(
                Pool.class.getClassLoader(), new Class<?>[] {Pool.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.isDefault() && method.getName().equals("createSnapId")
                                ? pool.createSnapIdAsync()
                                : method.invoke(pool, arguments);
                        if (method.getName().startsWith("createSnapId")) {
                            Object id = ((CompletableFuture<?>) result).get();
                            if (done.compareAndSet(false, true)) {
                                other.run();
                            }
                            return method.getName().equals("createSnapId") ? id : CompletableFuture.completedFuture(id);
                        }
                        return result instanceof Pool view ? racing(view) : result;
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    } catch (IOException failed) {
                        throw new UncheckedIOException(failed);
                    }
                });
    }
}
