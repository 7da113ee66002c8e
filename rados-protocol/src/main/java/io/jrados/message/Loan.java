package io.jrados.message;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The memory of connections that a read lends to somebody instead of copying out of it. It is a limited good of the
 * client: whoever sends the read asks for room for it first, and looks here for when it is given back. Confined to one
 * thread at a time: filled while the reply is read, asked afterwards.
 */
public final class Loan {
    /** The least memory that the smallest of loans may keep from other uses: one receive buffer of a connection. */
    public static final long LEAST = 64 << 10;

    private final long bytes;
    private final boolean passedOn;
    private final List<CompletableFuture<?>> uses = new ArrayList<>(1);

    /**
     * @param bytes that are asked for
     * @param passedOn whether they go into a write, which borrows nothing itself, and come back with its end
     */
    public Loan(long bytes, boolean passedOn) {
        this.bytes = Math.max(LEAST, bytes);
        this.passedOn = passedOn;
    }

    /** The most memory that it may keep. */
    public long bytes() {
        return bytes;
    }

    /** Whether it comes back with the end of a write, whatever other borrowers do. */
    public boolean isPassedOn() {
        return passedOn;
    }

    /** Somebody uses a part of it until this completes. */
    public void used(CompletableFuture<?> until) {
        uses.add(until);
    }

    /** Completes when nobody uses it any more, in whatever way. */
    public CompletableFuture<?> over() {
        return uses.size() == 1 ? uses.get(0) : CompletableFuture.allOf(uses.toArray(CompletableFuture<?>[]::new));
    }
}
