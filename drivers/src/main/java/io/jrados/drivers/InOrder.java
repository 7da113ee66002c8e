package io.jrados.drivers;

import java.util.ArrayDeque;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Work done one piece after the other on the JVM's common pool, beside its owner. Who waits for a piece does what is
 * left before it: a pool that is busy, or has no threads, costs nothing but the help.
 */
final class InOrder {
    /** One piece of work. */
    static final class Piece {
        private final Runnable work;
        private boolean ended;
        private @Nullable Throwable failure;

        private Piece(Runnable work) {
            this.work = work;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Piece> line = new ArrayDeque<>();

    /** Whether somebody is at a piece. */
    private boolean busy;

    /** Begins a piece when those before it have ended. */
    Piece add(Runnable work) {
        Piece piece = new Piece(work);
        lock.lock();
        try {
            line.add(piece);
            askForHelp();
        } finally {
            lock.unlock();
        }
        return piece;
    }

    /**
     * Returns when the piece has ended: as soon as the work is done, without regard to interrupts.
     *
     * @throws IllegalStateException if it failed
     */
    void await(Piece piece) {
        lock.lock();
        try {
            while (!piece.ended) {
                if (busy) {
                    changed.awaitUninterruptibly();
                } else {
                    doNext();
                }
            }
            askForHelp();
        } finally {
            lock.unlock();
        }
        if (piece.failure != null) {
            throw new IllegalStateException("work beside an upload failed", piece.failure);
        }
    }

    private void askForHelp() {
        if (!busy && !line.isEmpty() && ForkJoinPool.getCommonPoolParallelism() > 0) {
            ForkJoinPool.commonPool().execute(this::help);
        }
    }

    private void help() {
        lock.lock();
        try {
            while (!busy && !line.isEmpty()) {
                doNext();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives the lock up meanwhile. */
    private void doNext() {
        Piece next = line.remove();
        busy = true;
        lock.unlock();
        Throwable failed = null;
        try {
            next.work.run();
        } catch (RuntimeException | Error thrown) {
            failed = thrown;
        } finally {
            lock.lock();
        }
        busy = false;
        next.failure = failed;
        next.ended = true;
        changed.signalAll();
    }
}
