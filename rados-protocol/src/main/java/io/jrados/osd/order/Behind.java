package io.jrados.osd.order;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Operations of one session that wait behind others to their object. An OSD drops the writes that were on their way
 * when their pool became full, and gets them again when it has room (PrimaryLogPG::do_op, src/osd/PrimaryLogPG.cc).
 * Operations that pass a full pool and were submitted later to the same object therefore wait for them. So does
 * whatever comes behind one that waits, and all of them go on in the order of their submission.
 *
 * <p>A plain read waits only for what is about to be sent: while a full pool keeps the writes before it, it passes them
 * all, as in librados.
 */
public final class Behind<O extends Ordered<O>> {
    private final Writes<O> writes = new Writes<>();
    private final Map<Object, NavigableMap<Long, O>> waiting = new HashMap<>();

    /** Takes an operation that joins the session. */
    public void add(O op) {
        if (op.isInOrder() && op.waitsForSpace()) {
            writes.add(op);
        }
    }

    /** Forgets an operation. */
    public void remove(O op) {
        writes.remove(op);
        release(op);
    }

    /** Puts another operation, with the same number, in the place of one. */
    public void replace(O op, O heir) {
        writes.remove(op);
        boolean held = release(op);
        add(heir);
        if (held) {
            hold(heir);
        }
    }

    /** Has an operation wait. */
    public void hold(O op) {
        waiting.computeIfAbsent(op.object(), object -> new TreeMap<>()).put(op.number(), op);
    }

    /** Whether it waits. */
    public boolean holds(O op) {
        if (waiting.isEmpty()) {
            return false;
        }
        NavigableMap<Long, O> line = waiting.get(op.object());
        return line != null && line.get(op.number()) == op;
    }

    private boolean release(O op) {
        if (!holds(op)) {
            return false;
        }
        NavigableMap<Long, O> line = waiting.get(op.object());
        if (line != null) {
            line.remove(op.number());
            if (line.isEmpty()) {
                waiting.remove(op.object());
            }
        }
        return true;
    }

    /** Whether an operation has to wait: it would overtake another of its object. */
    public boolean mustWait(O op) {
        if (!waiting.isEmpty()) {
            NavigableMap<Long, O> line = waiting.get(op.object());
            if (line != null && isBehind(op, line)) {
                return true;
            }
        }
        return isBehindWrite(op);
    }

    /**
     * Whether one that waits keeps it. A watch is behind nothing that is under way, but to an OSD its registration is a
     * write, and the writes of one client to one object come by their numbers: it passes those that wait only while a
     * full pool keeps them, as a plain read does, for it would be lost meanwhile.
     */
    private boolean isBehind(O op, NavigableMap<Long, O> line) {
        if (isOrderedWithWrites(op)) {
            return line.firstKey() < op.number();
        }
        if (!op.isInOrder() && !op.isWrite()) {
            return false;
        }
        boolean anyWrite = line.headMap(op.number()).values().stream().anyMatch(Ordered::isWrite);
        return anyWrite && !writes.anyPausedBefore(op);
    }

    private boolean isOrderedWithWrites(O op) {
        return op.isInOrder() && op.isWriteOrdered();
    }

    /**
     * Whether it must not overtake a write under way. A read that is ordered with writes and does not pass a full pool
     * is dropped together with them, so that they keep their order until the pool is full.
     */
    private boolean isBehindWrite(O op) {
        if (!isOrderedWithWrites(op)) {
            return false;
        }
        return op.passesFull() ? writes.anyBefore(op) : !op.isWrite() && writes.anyPausedBefore(op);
    }

    /** Sends the operations of an object that need not wait any more: one before them is not sent again as it was. */
    public void ended(O over, Consumer<O> send) {
        if (!waiting.isEmpty()) {
            goOn(over.object(), send);
        }
    }

    /** Sends all that need not wait any more: maps change that, and take operations to other sessions. */
    public void look(Consumer<O> send) {
        if (!waiting.isEmpty()) {
            for (Object object : List.copyOf(waiting.keySet())) {
                goOn(object, send);
            }
        }
    }

    private void goOn(Object object, Consumer<O> send) {
        for (O op = firstFree(object); op != null; op = firstFree(object)) {
            release(op);
            send.accept(op);
        }
    }

    private @Nullable O firstFree(Object object) {
        NavigableMap<Long, O> line = waiting.get(object);
        if (line == null) {
            return null;
        }
        boolean any = false;
        boolean write = false;
        for (O op : line.values()) {
            boolean passes = isOrderedWithWrites(op) ? !any : !write || writes.anyPausedBefore(op);
            if (passes && !isBehindWrite(op)) {
                return op;
            }
            any = true;
            write |= op.isWrite();
            if (write && !writes.anyPausedBefore(op)) {
                return null; // all others wait for it
            }
        }
        return null;
    }

    /**
     * Returns the writes that may be given up because nothing else keeps another waiting: one that needs no room waits
     * for writes that nobody waits for any more, which a full pool may keep for ever.
     */
    public List<O> obstacles() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<O> found = new ArrayList<>();
        for (NavigableMap<Long, O> line : waiting.values()) {
            for (O op : line.values()) {
                if (op.isWrite() && op.passesFull()) {
                    List<O> before = writes.before(op);
                    if (before.stream().allMatch(Ordered::mayBeGivenUp)) {
                        found.addAll(before);
                    }
                    break;
                }
            }
        }
        return found;
    }
}
