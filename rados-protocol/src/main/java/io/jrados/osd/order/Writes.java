package io.jrados.osd.order;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The writes under way that a full pool keeps waiting, to be found by their object. It is a hash table whose lists are
 * linked through the operations themselves: each write passes here, and must not cost memory.
 */
final class Writes<O extends Ordered<O>> {
    private static final int FEWEST_LISTS = 16;

    private List<@Nullable O> heads = lists(FEWEST_LISTS);
    private int count;

    private static <O> List<@Nullable O> lists(int number) {
        return new ArrayList<>(Collections.nCopies(number, null));
    }

    void add(O op) {
        if (op.previous() != null) {
            return;
        }
        if (count == heads.size()) {
            grow();
        }
        count++;
        link(op);
    }

    private int list(O op) {
        int hash = op.objectHash();
        return (hash ^ hash >>> 16) & heads.size() - 1;
    }

    /** The first of a list is its own predecessor, so that each knows whether it is in one. */
    private void link(O op) {
        int list = list(op);
        O head = heads.get(list);
        op.next(head);
        op.previous(op);
        if (head != null) {
            head.previous(op);
        }
        heads.set(list, op);
    }

    private void grow() {
        List<@Nullable O> before = heads;
        heads = lists(2 * before.size());
        for (O head : before) {
            for (O op = head; op != null; ) {
                O next = op.next();
                link(op);
                op = next;
            }
        }
    }

    /** Takes one out, if it is there. */
    void remove(O op) {
        O previous = op.previous();
        if (previous == null) {
            return;
        }
        O next = op.next();
        if (previous == op) {
            heads.set(list(op), next);
        } else {
            previous.next(next);
        }
        if (next != null) {
            next.previous(previous == op ? next : previous);
        }
        op.previous(null);
        op.next(null);
        count--;
    }

    /** Whether one to the same object was submitted before an operation. */
    boolean anyBefore(O op) {
        return count > 0 && next(heads.get(list(op)), op, false) != null;
    }

    /** Whether one to the same object was submitted before an operation, and is paused. */
    boolean anyPausedBefore(O op) {
        return count > 0 && next(heads.get(list(op)), op, true) != null;
    }

    /** Returns those to the same object that were submitted before an operation, in no order. */
    List<O> before(O op) {
        List<O> found = new ArrayList<>();
        for (O each = next(heads.get(list(op)), op, false); each != null; each = next(each.next(), op, false)) {
            found.add(each);
        }
        return found;
    }

    private @Nullable O next(@Nullable O from, O op, boolean paused) {
        for (O each = from; each != null; each = each.next()) {
            if (each.number() < op.number()
                    && (!paused || each.isPaused())
                    && each.objectHash() == op.objectHash()
                    && each.object().equals(op.object())) {
                return each;
            }
        }
        return null;
    }
}
