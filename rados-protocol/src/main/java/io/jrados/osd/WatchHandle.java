package io.jrados.osd;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A registered watch. */
public final class WatchHandle {
    private final long cookie;
    private final Supplier<CompletableFuture<Void>> close;

    WatchHandle(long cookie, Supplier<CompletableFuture<Void>> close) {
        this.cookie = cookie;
        this.close = close;
    }

    /** What the cluster lists it by, never 0. */
    public long cookie() {
        return cookie;
    }

    /** Ends it; completes when the OSD has forgotten it. */
    public CompletableFuture<Void> close() {
        return close.get();
    }
}
