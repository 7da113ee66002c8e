package io.jrados.rbd.io;

import io.jrados.rbd.model.Features;
import io.jrados.rbd.wait.Doubts;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The object map of the head, which is open while this client has the image's lock and the image has such a map. It
 * follows the lock and the header: others may switch the map off, or find it wrong.
 */
public final class HeadMap {
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final MappedImage image;
    private final boolean isHead;
    private final Doubts doubts;
    private final Predicate<String> isMap;
    private volatile @Nullable ObjectMap open;
    private volatile boolean inDoubt;

    /**
     * @param isHead whether the head is what is open
     * @param isMap tells by its name whether an object is an object map
     */
    public HeadMap(MappedImage image, boolean isHead, Doubts doubts, Predicate<String> isMap) {
        this.image = image;
        this.isHead = isHead;
        this.doubts = doubts;
        this.isMap = isMap;
    }

    /** The map, if it is open. */
    @Nullable
    public ObjectMap orNull() {
        return open;
    }

    /** Opens it when the lock has been got and the header read. */
    public CompletableFuture<Void> openAsync() {
        if (!image.has(Features.OBJECT_MAP) || !isHead) {
            open = null;
            return DONE;
        }
        return doubts.settledAsync("opening the object map of", isMap)
                .thenCompose(settled -> ObjectMap.openAsync(image))
                .thenAccept(opened -> open = opened);
    }

    /** Closes it before the lock is given away, when the last writer is out. */
    public CompletableFuture<Void> closeAsync() {
        ObjectMap closed = open;
        open = null;
        return closed == null ? DONE : closed.closeAsync();
    }

    /** Follows the header, which was read anew: somebody may have switched the map on or off, or found it wrong. */
    public CompletableFuture<Void> followAsync() {
        ObjectMap current = open;
        if (current != null && !image.has(Features.OBJECT_MAP)) {
            return closeAsync();
        }
        if (current == null && image.has(Features.OBJECT_MAP) && image.ownsLock()) {
            return openAsync();
        }
        if (current != null && inDoubt && image.ownsLock()) {
            inDoubt = false;
            return openAsync().whenComplete((opened, failed) -> inDoubt |= failed != null);
        }
        if (current != null) {
            current.headerSays(image.mapFlags());
        }
        return DONE;
    }

    /** A change of the map has failed, perhaps half done: it is opened anew when the header has been read. */
    public void distrust() {
        inDoubt = true;
    }
}
