package io.jrados.rbd.lock;

import io.jrados.conf.Loop;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.QuiesceHook;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hooks that hold still while somebody makes a snapshot (prepare_quiesce_request in src/librbd/ImageWatcher.cc). If
 * the end of it is never heard of, everything goes on by itself after a while.
 */
final class QuiesceHooks {
    private static final Logger LOG = LoggerFactory.getLogger(QuiesceHooks.class);
    private static final int MAX_REMEMBERED = 64;

    private final Loop loop;
    private final Executor worker;
    private final List<QuiesceHook> hooks = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<RequestId, Held> answered = new LinkedHashMap<>();

    /** @param worker runs hooks when nobody waits for them */
    QuiesceHooks(Loop loop, Executor worker) {
        this.loop = loop;
        this.worker = worker;
    }

    private static final class Held {
        private int result;
        private boolean over;
        private Loop.@Nullable Timer timer;
    }

    void add(QuiesceHook hook) {
        hooks.add(hook);
    }

    void remove(QuiesceHook hook) {
        hooks.remove(hook);
    }

    /** Runs the hooks, unless it is a repetition. What to answer: empty if there is nobody to hold still. */
    Optional<Integer> quiesce(RequestId request) {
        if (hooks.isEmpty()) {
            return Optional.empty();
        }
        Held held = new Held();
        Held before;
        lock.lock();
        try {
            before = answered.putIfAbsent(request, held);
            if (answered.size() > MAX_REMEMBERED) {
                answered.remove(answered.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
        if (before == null) {
            held.result = runHooks();
        }
        Held current = before == null ? held : before;
        expect(request, current);
        return Optional.of(current.result);
    }

    private int runHooks() {
        int result = 0;
        for (QuiesceHook hook : hooks) {
            try {
                hook.quiesce();
            } catch (RadosException refused) {
                LOG.warn("holding still for a snapshot: {}", refused.getMessage());
                result = result == 0 ? -refused.code() : result;
            } catch (RuntimeException bug) {
                LOG.error("a hook failed to hold still for a snapshot", bug);
                result = result == 0 ? -Errno.EIO.number() : result;
            }
        }
        return result;
    }

    private void expect(RequestId request, Held held) {
        Loop.Timer timer =
                loop.schedule(Notifier.TIMEOUT.multipliedBy(2), () -> worker.execute(() -> unquiesce(request)));
        lock.lock();
        try {
            if (held.timer != null) {
                held.timer.cancel();
            }
            held.timer = timer;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the hooks go on, once. */
    void unquiesce(RequestId request) {
        lock.lock();
        try {
            Held held = answered.get(request);
            if (held == null || held.over) {
                return;
            }
            held.over = true;
            if (held.timer != null) {
                held.timer.cancel();
            }
        } finally {
            lock.unlock();
        }
        for (QuiesceHook hook : hooks) {
            try {
                hook.unquiesce();
            } catch (RuntimeException bug) {
                LOG.error("a hook failed to go on after a snapshot", bug);
            }
        }
    }
}
