package io.jrados.rbd.io;

import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Joins writes that continue each other in an object, as {@code rbd_io_scheduler = simple} asks for (src/librbd/io/
 * SimpleSchedulerObjectDispatch.cc).
 *
 * <pre>
 *   write ─ nothing that ends where it begins is on its way ─► sent
 *     └──── else it waits, and what continues it too ─ the one on its way has ended ───────────────► all sent as one
 *                                                  └─ anything else is asked of the object ─► all sent as one, before that
 * </pre>
 *
 * <p>Unlike there, what does not continue a write never waits: random writes, and one at a time, are not held up. The
 * order of calls for an object is kept.
 */
final class JoinedWrites {
    /** Objects share slots: of those of one slot only the last one's writes are joined. */
    private static final int SLOTS = 64;

    /** Writes of one operation. */
    private static final int MAX_JOINED = 256;

    private final DataObjects objects;
    private final Slot[] slots = new Slot[SLOTS];

    JoinedWrites(DataObjects objects) {
        this.objects = objects;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    /** The last write of an object, and those that continue it. */
    static final class Slot {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable ObjectWrite onItsWay;
        private @Nullable ImageState state;
        private long object;
        private long end;
        private volatile @Nullable Group waiting;

        private boolean isContinuedBy(ImageState now, long of, long begin) {
            Group group = waiting;
            return onItsWay != null
                    && object == of
                    && end == begin
                    && state == now
                    && (group == null || group.members.size() < MAX_JOINED);
        }
    }

    /** Writes that wait, to be one. */
    private static final class Group {
        private final boolean shares;
        private final List<Piece> pieces = new ArrayList<>();
        private final List<Member> members = new ArrayList<>();

        Group(boolean shares) {
            this.shares = shares;
        }
    }

    /** One write of a group; it waits for nothing that could be cancelled. */
    private static final class Member extends Step<Void> {}

    /** A group that was sent while the lock was held; who waits for it is told without. */
    private record Sent(Group group, CompletableFuture<Void> future) {
        static void tell(@Nullable Sent sent) {
            if (sent == null) {
                return;
            }
            sent.future.whenComplete((done, failed) -> {
                for (Member member : sent.group.members) {
                    if (failed == null) {
                        member.complete(null);
                    } else {
                        member.completeExceptionally(Async.cause(failed));
                    }
                }
            });
        }
    }

    private Slot slot(long object) {
        return slots[(int) (object % SLOTS)];
    }

    /** @param pieces at least one, each continuing the one before in the object */
    CompletableFuture<Void> write(ImageState state, long object, List<Piece> pieces, boolean shares) {
        long end = pieces.get(pieces.size() - 1).end();
        Slot slot = slot(object);
        ObjectWrite write;
        Sent before;
        slot.lock.lock();
        try {
            if (slot.isContinuedBy(state, object, pieces.get(0).offset())) {
                slot.end = end;
                return join(slot, pieces, shares);
            }
            before = sendWaiting(slot);
            write = objects.writeOf(state, object, pieces, shares, slot);
            slot.onItsWay = write;
            slot.state = state;
            slot.object = object;
            slot.end = end;
        } finally {
            slot.lock.unlock();
        }
        Sent.tell(before);
        return write.start();
    }

    private static Member join(Slot slot, List<Piece> pieces, boolean shares) {
        Group group = slot.waiting;
        if (group == null) {
            group = new Group(shares);
            slot.waiting = group;
        }
        Member member = new Member();
        group.pieces.addAll(pieces);
        group.members.add(member);
        return member;
    }

    /** With the slot's lock held: so nothing asked of the object later is sent before. */
    private @Nullable Sent sendWaiting(Slot slot) {
        Group group = slot.waiting;
        ImageState state = slot.state;
        if (group == null || state == null) {
            return null;
        }
        slot.waiting = null;
        ObjectWrite write = objects.writeOf(state, slot.object, group.pieces, group.shares, slot);
        slot.onItsWay = write;
        return new Sent(group, write.start());
    }

    /** Before anything else is asked of an object. */
    void settle(long object) {
        Slot slot = slot(object);
        if (slot.waiting == null) {
            return;
        }
        Sent sent;
        slot.lock.lock();
        try {
            sent = slot.object == object ? sendWaiting(slot) : null;
        } finally {
            slot.lock.unlock();
        }
        Sent.tell(sent);
    }

    /** A write has ended. */
    void ended(Slot slot, ObjectWrite write) {
        Sent sent = null;
        slot.lock.lock();
        try {
            if (slot.onItsWay == write) {
                sent = sendWaiting(slot);
                if (sent == null) {
                    slot.onItsWay = null;
                    slot.state = null;
                }
            }
        } finally {
            slot.lock.unlock();
        }
        Sent.tell(sent);
    }
}
