package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.wait.Gate;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An image whose gate a verb holds: the only way for a verb to change a header. It knows whether anything was changed,
 * and so what is due at the end. After a failure, whichever it is, nobody enters the gate before the header and the
 * object map were read anew, because a step that failed may have had its effect.
 *
 * <p>An interrupt ends a verb between two steps, and never in one: a step's outcome is waited for.
 */
final class HeldImage {
    private final ImageContext image;
    private final Gate.Hold hold;
    private boolean changed;

    HeldImage(ImageContext image, Gate.Hold hold) {
        this.image = image;
        this.hold = hold;
    }

    /**
     * Something that other clients know from the header is about to change.
     *
     * @throws RadosException EINTR if this thread was interrupted before the first change
     */
    void changing() throws RadosException {
        if (!changed && Thread.currentThread().isInterrupted()) {
            throw new RadosException(
                    Errno.EINTR, "changing image " + image.spec() + ", of which nothing is changed yet");
        }
        changed = true;
    }

    /** Changes the header. */
    void write(WriteCall call) throws RadosException {
        changing();
        Wait.throughInterrupts(ClassCalls.writeAsync(image.changePool(), image.header(), call));
    }

    /** The head's object map, to be changed. */
    Optional<ObjectMap> objectMap() throws RadosException {
        changing();
        return image.objectMap();
    }

    /** Reads the header anew. */
    void refresh() throws RadosException {
        Wait.throughInterrupts(image.refreshAsync(hold));
    }

    /** The verb is done: opens the gate with the changed header read, and tells everybody. */
    void done() throws RadosException {
        try {
            if (changed) {
                image.gate().markChanged(); // also if the reading fails
                refresh();
            }
        } finally {
            hold.close();
            if (changed) {
                HeaderUpdate.tell(image.pool(), image.header());
            }
        }
    }

    /** The verb has failed. What it changed may come to the header later: everybody is told then too. */
    void failed() {
        image.distrust(hold);
        hold.close();
        if (changed) {
            HeaderUpdate.tellAsync(image.pool(), image.header());
            CompletableFuture<Void> settled = image.headerSettledAsync();
            if (!settled.isDone()) {
                settled.thenRun(() -> HeaderUpdate.tellAsync(image.pool(), image.header()));
            }
        }
    }
}
