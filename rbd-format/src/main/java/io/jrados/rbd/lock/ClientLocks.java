package io.jrados.rbd.lock;

import io.jrados.rados.ClientPart;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks of all images of one client. A lock on a header that names this client may be another image's of the same
 * program, which still writes, or a remnant that nobody uses: only the client as a whole can tell, by the cookies that
 * its images have in use. Images that were closed before their lock was given back stay here until it is, or until the
 * client closes.
 */
public final class ClientLocks implements ClientPart {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLocks.class);

    private final Set<Held> held = ConcurrentHashMap.newKeySet();
    private final Set<Leaving> leaving = ConcurrentHashMap.newKeySet();

    private ClientLocks() {}

    static ClientLocks of(Rados rados) {
        return rados.part(ClientLocks.class, ClientLocks::new);
    }

    /** A header object. */
    record Place(long pool, String namespace, String header) {
        static Place of(Pool pool, String header) {
            return new Place(pool.id(), pool.namespace(), header);
        }
    }

    private record Held(Place place, String cookie) {}

    /** A closed image that still has to give its lock back. */
    interface Leaving {
        Place place();

        /** As {@code rbd} names the image. */
        String spec();

        /** Whether its lock is, or may be, on the header. */
        boolean mayHaveLock();

        /** Completes when the lock is given back and the watch ended, or with why the next attempt failed. */
        CompletableFuture<Void> leftAsync();

        /** The client closes: there are no more attempts. */
        void abandon();
    }

    /** An image of this client may have the lock there from now on. */
    void use(Place place, String cookie) {
        held.add(new Held(place, cookie));
    }

    /** Notes that the image certainly has it no more. */
    void disuse(Place place, String cookie) {
        held.remove(new Held(place, cookie));
    }

    boolean isInUse(Place place, String cookie) {
        return held.contains(new Held(place, cookie));
    }

    /** From now on this client, not the image, goes on until the lock is given back. */
    void add(Leaving image) {
        leaving.add(image);
    }

    void remove(Leaving image) {
        leaving.remove(image);
    }

    /**
     * Waits until the images with this header that were closed here have given their lock back, or have tried in vain;
     * how it went is seen on the header.
     */
    public static CompletableFuture<Void> leftAsync(Pool pool, String header) {
        Place place = Place.of(pool, header);
        List<CompletableFuture<Void>> tries = of(pool.rados()).leaving.stream()
                .filter(image -> image.place().equals(place))
                .map(image -> image.leftAsync().exceptionally(failed -> null))
                .toList();
        return CompletableFuture.allOf(tries.toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void clientCloses() {
        for (Leaving image : leaving) {
            if (image.mayHaveLock()) {
                LOG.warn(
                        "the client closes with the lock of image {}, which it could not give back: the next client that"
                                + " wants it has to break it",
                        image.spec());
            }
            image.abandon();
        }
    }
}
