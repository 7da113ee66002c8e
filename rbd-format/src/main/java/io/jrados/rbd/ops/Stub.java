package io.jrados.rbd.ops;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.Comparison;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.header.ClassCalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A name in the directory whose image has no header: a {@code create} that died after its first step, or one that is
 * under way. Only time tells them apart, so the name is taken away from it when it has been seen twice, a watch's
 * lifetime apart (osd_client_watch_timeout, which all clients of a pool should agree on).
 *
 * <p>Whoever takes the name away makes the header first, as an empty object with a mark of his own: of two takers one
 * makes it, and a creator that comes back late fails at it, and takes back nothing but its own steps.
 */
final class Stub {
    /** An extended attribute of what stands for the header of an image that will never be. */
    private static final String MARK = "jrados.abandoned";

    private final Pool pool;
    private final String name;
    private final String id;

    /** The mark of a taker that was interrupted, or is at work; empty if there is none. */
    private final String mark;

    private Stub(Pool pool, String name, String id, String mark) {
        this.pool = pool;
        this.name = name;
        this.id = id;
        this.mark = mark;
    }

    /** Empty if the name is free, or an image's. */
    static Optional<Stub> find(Pool pool, String name) throws RadosException {
        Optional<String> id =
                Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetId(name)));
        return id.isPresent() ? find(pool, name, id.get()) : Optional.empty();
    }

    /** @param id of the image by the directory */
    static Optional<Stub> find(Pool pool, String name, String id) throws RadosException {
        String header = ObjectNames.header(id);
        boolean there = Tolerate.absent(() -> pool.operate(header, new ReadOperation().stat()))
                .isPresent();
        if (!there) {
            return Optional.of(new Stub(pool, name, id, ""));
        }
        try {
            byte[] mark =
                    pool.operate(header, new ReadOperation().getXattr(MARK)).output(0);
            return Optional.of(new Stub(pool, name, id, new String(mark, StandardCharsets.UTF_8)));
        } catch (RadosException unmarked) {
            if (unmarked.errno() == Errno.ENODATA || unmarked.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw unmarked;
        }
    }

    /**
     * Tells whether the header is lost rather than not made yet: a creation makes the object map after the header
     * (librbd/image/CreateRequest.cc), so nobody is creating an image that has a map.
     */
    boolean wasWhole() throws RadosException {
        return Tolerate.absent(() -> pool.operate(ObjectNames.objectMap(id), new ReadOperation().stat()))
                .isPresent();
    }

    /**
     * Takes the name away from it, at once if {@link #wasWhole}.
     *
     * @param doing for messages: "creating image a/b"
     * @throws BusyException when it was seen for the first time less than a watch's lifetime ago
     */
    void takeAway(String doing) throws RadosException {
        Duration lifetime = pool.rados().conf().duration("osd_client_watch_timeout");
        String sight = pool.id() + "/" + pool.namespace() + "/" + name + "/" + id + "/" + mark;
        if (!lifetime.isZero() && !wasWhole() && !SeenStubs.of(pool.rados()).isOld(sight, lifetime)) {
            throw busy(doing, lifetime);
        }
        String header = ObjectNames.header(id);
        String mine = mark;
        if (mine.isEmpty()) {
            mine = ImageIds.next(pool.rados().instanceId(), ThreadLocalRandom.current());
            makeHeader(header, mine, doing, lifetime);
        }
        IdObject.removeIfOf(pool, name, id);
        Tolerate.errors(
                () -> ClassCalls.write(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirRemoveImage(name, id)),
                Errno.ENOENT,
                Errno.ESTALE);
        Tolerate.remove(pool, ObjectNames.objectMap(id));
        WriteOperation unmake = new WriteOperation()
                .compareXattr(MARK, Comparison.EQ, mine.getBytes(StandardCharsets.UTF_8))
                .delete();
        Tolerate.errors(() -> pool.operate(header, unmake), Errno.ENOENT, Errno.ECANCELED, Errno.ENODATA);
    }

    private void makeHeader(String header, String mine, String doing, Duration lifetime) throws RadosException {
        WriteOperation make = new WriteOperation().create(true).setXattr(MARK, mine.getBytes(StandardCharsets.UTF_8));
        try {
            pool.operate(header, make);
        } catch (AlreadyExistsException faster) {
            throw busy(doing, lifetime);
        }
    }

    private BusyException busy(String doing, Duration lifetime) {
        return new BusyException(
                doing + ": the name stands for image " + id + ", which has no header: somebody is creating it, or died"
                        + " doing so; it is free if that is still so " + lifetime.toSeconds()
                        + " s after this client has seen it first",
                null);
    }
}
