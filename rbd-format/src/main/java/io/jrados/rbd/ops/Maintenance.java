package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.Peers;
import io.jrados.rbd.lock.RequestId;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.OpFeatures;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Gate;
import io.jrados.rbd.wait.Outcomes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The common steps of the verbs on an open image. */
final class Maintenance {
    /** The same number as ERESTART, by which clients tell each other that a verb is to be tried again. */
    static final Errno LOCK_LOST = Errno.EOLDSNAPC;

    /** The number of times a verb is tried again while the lock goes from hand to hand, and how long after. */
    private static final int MAX_ROUNDS = 300;

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final ImageContext image;
    private final String doing;

    /** @param doing as a participle, without the image */
    Maintenance(ImageContext image, String doing) {
        this.image = image;
        this.doing = doing + " of image " + image.spec();
    }

    /** A verb, or what is left of it, done by this client. */
    @FunctionalInterface
    interface Verb {
        void execute() throws RadosException;
    }

    /**
     * Runs a verb under the image's lock, if it has one: here, if this client has the lock or nobody alive does; else
     * by asking the lock's owner (C_InvokeAsyncRequest, src/librbd/Operations.cc).
     *
     * @param request what the owner is asked for
     * @param here what to do here; called again when the lock was lost before it {@link #holding held} the gate
     */
    void run(Function<RequestId, NotifyMessage> request, Progress progress, Verb here) throws RadosException {
        refresh();
        checkWritable();
        Outcomes.verb(doing, () -> runOrAsk(request, progress, here));
    }

    private void runOrAsk(Function<RequestId, NotifyMessage> request, Progress progress, Verb here)
            throws RadosException {
        AskedVerb asked = new AskedVerb(image, doing, request, progress);
        for (int round = 0; isShared(); round++) {
            if (round == MAX_ROUNDS) {
                throw refused(
                        Errno.ETIMEDOUT,
                        "nobody says to own its lock, and it cannot be taken: "
                                + image.access().obstacle());
            }
            boolean done = Wait.on(image.access().tryAcquireAsync()) ? isDone(asked.orDone(here)) : asked.isDone();
            if (done) {
                refresh();
                return;
            }
            Wait.on(peers().pauseAsync(PAUSE));
            refresh();
        }
        asked.orDone(here).execute();
    }

    /** Whether the image has a lock, and this client takes part in the locking. */
    private boolean isShared() {
        return image.needsLock() && image.access().peers().isPresent();
    }

    private Peers peers() {
        return image.access().peers().orElseThrow();
    }

    /** False when the lock was lost before it could be done. */
    private static boolean isDone(Verb here) throws RadosException {
        try {
            here.execute();
            return true;
        } catch (RadosException failed) {
            if (failed.errno() == LOCK_LOST) {
                return false;
            }
            throw failed;
        }
    }

    /** The steps of a verb while the gate is held, with a result. */
    @FunctionalInterface
    interface Held<T> {
        T execute(HeldImage held) throws RadosException;
    }

    /** The steps of a verb while the gate is held. */
    @FunctionalInterface
    interface HeldSteps {
        void execute(HeldImage held) throws RadosException;
    }

    /** Runs a verb that changes nothing but what it finds wrong: whoever wants the lock has it. */
    <T> T check(Held<T> steps) throws RadosException {
        return Outcomes.verbFor(doing, () -> holdingFor(steps));
    }

    /** {@link #holdingFor} without a result. */
    void holding(HeldSteps steps) throws RadosException {
        holdingFor(held -> {
            steps.execute(held);
            return Optional.empty();
        });
    }

    /**
     * Runs what needs the gate held: with no write under way, with the header read, and with the lock, which is not
     * given away meanwhile. At the end the gate opens: with the changed header read and everybody told, or, after any
     * failure, stale and with everybody told of whatever may have changed.
     *
     * @throws RadosException EROFS unless the image may be changed, {@link #LOCK_LOST} without its lock
     */
    <T> T holdingFor(Held<T> steps) throws RadosException {
        HeldImage held = new HeldImage(image, begin());
        T result;
        try {
            result = steps.execute(held);
        } catch (Throwable failed) {
            held.failed();
            throw failed;
        }
        held.done();
        return result;
    }

    private Gate.Hold begin() throws RadosException {
        Gate.Hold hold = image.hold(doing);
        try {
            Wait.on(image.refreshAsync(hold));
            checkWritable();
            if (image.needsLock() && !image.access().isOwned()) {
                throw image.access().peers().isPresent()
                        ? refused(LOCK_LOST, "its lock went to another client")
                        : refused(Errno.EROFS, "it was opened without its lock");
            }
            return hold;
        } catch (Throwable failed) {
            hold.close();
            throw failed;
        }
    }

    /**
     * Runs a verb that the lock's owner cannot be asked for: under the image's lock, if it has one, which is taken
     * over.
     */
    void runHere(Verb here) throws RadosException {
        refresh();
        checkWritable();
        Outcomes.verb(doing, () -> runWithLock(here));
    }

    private void runWithLock(Verb here) throws RadosException {
        while (image.needsLock()) {
            Wait.on(image.access().acquireAsync());
            try {
                here.execute();
                return;
            } catch (RadosException failed) {
                if (failed.errno() != LOCK_LOST) {
                    throw failed;
                }
            }
        }
        here.execute();
    }

    /**
     * Runs a verb that the lock's owner cannot be asked for and must not lose the lock to: whoever has the lock alive
     * would go on with an image that has changed under it (Operations::prepare_image_update without a request,
     * src/librbd/Operations.cc). EROFS while another client has it.
     */
    void runUnlessOwned(Verb here) throws RadosException {
        refresh();
        checkWritable();
        Outcomes.verb(doing, () -> runOrRefuse(here));
    }

    private void runOrRefuse(Verb here) throws RadosException {
        for (int round = 0; isShared(); round++) {
            if (round == MAX_ROUNDS || !Wait.on(image.access().tryAcquireAsync())) {
                throw refused(Errno.EROFS, "another client has its lock, and may be writing: close it there first");
            }
            if (isDone(here)) {
                return;
            }
            Wait.on(peers().pauseAsync(PAUSE));
            refresh();
        }
        here.execute();
    }

    /** Reads the header anew; those who wait behind that are told which verb it is for. */
    private void refresh() throws RadosException {
        try (Gate.Hold hold = image.hold(doing)) {
            Wait.on(image.refreshAsync(hold));
        }
    }

    /** EROFS unless the image may be changed. */
    void checkWritable() throws RadosException {
        image.checkNotFenced();
        if (image.snapId() != SnapContext.HEAD) {
            throw refused(Errno.EROFS, "it is open at a snapshot");
        }
        if (image.isReadOnly()) {
            throw refused(Errno.EROFS, image.whyReadOnly().orElse("it was opened read-only"));
        }
        if (!OpFeatures.areKnown(image.state().opFeatures())) {
            throw refused(Errno.EROFS, "it has operation features that this client does not know");
        }
    }

    /** ENOSYS without the feature. */
    void require(long feature) throws RadosException {
        if (!image.state().has(feature)) {
            throw refused(Errno.ENOSYS, "the image has no " + Features.toString(feature));
        }
    }

    /** The user's snapshot of that name. */
    SnapshotState snapshot(String name) throws RadosException {
        return image.state().snapshot(name).orElseThrow(() -> new NotFoundException(doing, null));
    }

    /** Tells everybody who has an image open that its header has changed; called when that is durable. */
    static void announce(Pool pool, String header) throws RadosException {
        HeaderUpdate.tell(pool, header);
    }

    /** The header as it is just now, for steps that work on any image's. */
    Header header() throws RadosException {
        return Header.read(image.changePool(), image.id(), image.name());
    }

    RadosException refused(Errno errno, String why) {
        return RadosException.of(errno, doing + ": " + why);
    }
}
