package io.jrados.osd;

import io.jrados.message.Loan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the memory that reads lend. It is memory that connections received into: without a limit, one borrower that is
 * slow to give it back takes it from all connections of the client. A read that finds no room waits here, before it
 * takes its turn. Confined to the Objecter's loop.
 *
 * <p>A read counts from its submission on, for as long as its OSD is quick; one that is unanswered for long, or waits
 * for its turn, leaves the room to others, and counts again when it is answered. So a slow OSD takes no room either,
 * and what it brings later is bounded by the room of its lane ({@link Throttle}).
 */
final class Lending {
    /** The reads that one budget bounds. */
    private static final class Purse {
        private final long limit;
        private final Set<PendingOp<?>> waiting = new LinkedHashSet<>();
        private long asked;
        private long lent;
        /** The time at which room was given back last, if it ever was. */
        private long givenNanos;

        private boolean given;

        Purse(long limit) {
            this.limit = limit;
        }

        boolean fits(Loan loan) {
            long taken = asked + lent;
            return taken == 0 || taken + loan.bytes() <= limit;
        }

        void gave(long nowNanos) {
            givenNanos = nowNanos;
            given = true;
        }
    }

    private final Surroundings around;
    private final Consumer<PendingOp<?>> enter;
    private final Purse kept;
    private final Purse passedOn;
    private boolean goingOn;

    /**
     * @param limit bytes, of what borrowers keep, and as much again of what goes into writes
     * @param enter takes an operation that has room now
     */
    Lending(Surroundings around, long limit, Consumer<PendingOp<?>> enter) {
        this.around = around;
        this.enter = enter;
        this.kept = new Purse(limit);
        this.passedOn = new Purse(limit);
    }

    private Purse purse(Loan loan) {
        return loan.isPassedOn() ? passedOn : kept;
    }

    /** Whether an operation may go on: it lends nothing, or there is room, which it takes. Otherwise it waits. */
    boolean take(PendingOp<?> op) {
        Loan loan = op.loan();
        if (loan == null || op.lending) {
            return true;
        }
        Purse purse = purse(loan);
        if (purse.waiting.isEmpty() && purse.fits(loan)) {
            op.lending = true;
            purse.asked += loan.bytes();
            return true;
        }
        purse.waiting.add(op);
        return false;
    }

    /** One that is not answered soon leaves its room to others. */
    void setAside(PendingOp<?> op) {
        Loan loan = op.loan();
        if (loan != null && op.lending) {
            op.lending = false;
            Purse purse = purse(loan);
            purse.asked -= loan.bytes();
            goOn(purse);
        }
    }

    /** An operation is over. What it has lent still counts until it is given back. */
    void ended(PendingOp<?> op) {
        Loan loan = op.loan();
        if (loan == null) {
            return;
        }
        CompletableFuture<?> over = loan.over();
        Purse purse = purse(loan);
        if (!over.isDone()) {
            purse.lent += loan.bytes();
            over.whenComplete((used, failure) -> around.inbox().add(() -> {
                purse.lent -= loan.bytes();
                goOn(purse);
            }));
        } else if (!op.lending) {
            return;
        }
        setAside(op);
    }

    /**
     * Room was given back. Who waits for it goes on in a turn of its own: whoever gave it may be in the middle of
     * things.
     */
    private void goOn(Purse purse) {
        purse.gave(around.now());
        if (!goingOn && !purse.waiting.isEmpty()) {
            goingOn = true;
            around.inbox().add(this::goOn);
        }
    }

    private void goOn() {
        goingOn = false;
        goOnWith(kept);
        goOnWith(passedOn);
    }

    private void goOnWith(Purse purse) {
        for (PendingOp<?> op = next(purse); op != null; op = next(purse)) {
            op.beginAnew(around.now());
            enter.accept(op);
        }
    }

    private static @Nullable PendingOp<?> next(Purse purse) {
        if (purse.waiting.isEmpty()) {
            return null;
        }
        PendingOp<?> head = purse.waiting.iterator().next();
        Loan loan = head.loan();
        if (loan == null || !purse.fits(loan)) {
            return null;
        }
        purse.waiting.remove(head);
        head.lending = true;
        purse.asked += loan.bytes();
        return head;
    }

    /** Takes one out of those that wait; whether it was there. */
    boolean removeWaiting(PendingOp<?> op) {
        Loan loan = op.loan();
        return loan != null && purse(loan).waiting.remove(op);
    }

    boolean isWaiting(PendingOp<?> op) {
        Loan loan = op.loan();
        return loan != null && purse(loan).waiting.contains(op);
    }

    /** Returns some of those that wait and match, up to so many. */
    List<PendingOp<?>> someWaiting(int most, Predicate<PendingOp<?>> which) {
        List<PendingOp<?>> found = new ArrayList<>();
        for (Purse purse : List.of(kept, passedOn)) {
            for (PendingOp<?> op : purse.waiting) {
                if (found.size() == most) {
                    return found;
                }
                if (which.test(op)) {
                    found.add(op);
                }
            }
        }
        return found;
    }

    int waiting() {
        return kept.waiting.size() + passedOn.waiting.size();
    }

    /** Whether one that waits has done so for all of its time, and nothing was given back for as long. */
    boolean isLate(PendingOp<?> op, long nowNanos) {
        Loan loan = op.loan();
        if (!op.isLate(nowNanos) || loan == null) {
            return false;
        }
        Purse purse = purse(loan);
        Duration patience = op.request.deadline();
        return !purse.given || nowNanos - purse.givenNanos >= patience.toNanos();
    }

    /** Returns a clause that says what a waiting read is waiting for. */
    String before(PendingOp<?> op) {
        Loan loan = op.loan();
        Purse purse = loan == null || !loan.isPassedOn() ? kept : passedOn;
        return "reads of this client have lent " + purse.lent + " bytes that are not given back, and ask for "
                + purse.asked + ", of " + purse.limit + " at most";
    }
}
