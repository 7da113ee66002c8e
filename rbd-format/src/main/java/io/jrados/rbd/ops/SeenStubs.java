package io.jrados.rbd.ops;

import io.jrados.rados.ClientPart;
import io.jrados.rados.Rados;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The {@link Stub}s that a client has met, and which of them are old. It remembers the last of them only. */
final class SeenStubs implements ClientPart {
    private static final int MAX_REMEMBERED = 1024;

    private final Rados rados;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Boolean> old = new LinkedHashMap<>();

    private SeenStubs(Rados rados) {
        this.rados = rados;
    }

    static SeenStubs of(Rados rados) {
        return rados.part(SeenStubs.class, () -> new SeenStubs(rados));
    }

    /** Whether it was seen for the first time at least this long ago. */
    boolean isOld(String stub, Duration lifetime) {
        lock.lock();
        try {
            Boolean known = old.get(stub);
            if (known != null) {
                return known;
            }
            if (old.size() == MAX_REMEMBERED) {
                old.remove(old.keySet().iterator().next());
            }
            old.put(stub, false);
        } finally {
            lock.unlock();
        }
        rados.loop().schedule(lifetime, () -> grownOld(stub));
        return false;
    }

    private void grownOld(String stub) {
        lock.lock();
        try {
            old.replace(stub, true);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is kept in the cluster. */
    @Override
    public void clientCloses() {}
}
