package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.lock.Peers;
import io.jrados.rbd.lock.RemoteRequests;
import io.jrados.rbd.lock.RequestId;
import io.jrados.rbd.model.Progress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One verb that the lock's owner is asked for, as often as it takes (C_InvokeAsyncRequest in
 * src/librbd/Operations.cc). The word of its end is a notification, which is lost with the watch that should have heard
 * it; and an owner that is asked once more for what it has done says what it says of what it has begun (librbd's
 * ImageWatcher::prepare_async_request). So whoever went on asking under the same number could wait for ever: after the
 * second silence the verb gets a new number, and a refusal that means "this is so already" is the end of it.
 */
final class AskedVerb {
    private static final Logger LOG = LoggerFactory.getLogger(AskedVerb.class);

    /** The times that an owner may begin, and say no more, under one number. */
    private static final int SILENCES = 2;

    /** Errors of verbs that are done already. Other verbs do no harm when they are done twice. */
    private static final Map<NotifyOp, Errno> DONE_ALREADY = Map.of(
            NotifyOp.SNAP_CREATE, Errno.EEXIST,
            NotifyOp.SNAP_REMOVE, Errno.ENOENT,
            NotifyOp.SNAP_RENAME, Errno.EEXIST,
            NotifyOp.SNAP_PROTECT, Errno.EBUSY,
            NotifyOp.SNAP_UNPROTECT, Errno.EINVAL,
            NotifyOp.RENAME, Errno.EEXIST,
            NotifyOp.FLATTEN, Errno.EINVAL,
            NotifyOp.UPDATE_FEATURES, Errno.EINVAL);

    private final ImageContext image;
    private final String doing;
    private final Function<RequestId, NotifyMessage> request;
    private final Progress progress;
    private Optional<RequestId> number = Optional.empty();
    private Optional<NotifyOp> begun = Optional.empty();
    private int silences;

    /**
     * @param doing as a participle
     * @param request the message for a number
     */
    AskedVerb(ImageContext image, String doing, Function<RequestId, NotifyMessage> request, Progress progress) {
        this.image = image;
        this.doing = doing;
        this.request = request;
        this.progress = progress;
    }

    /** Asks. False when it is to be tried again: the owner is gone, or another, or does not know the verb. */
    boolean isDone() throws RadosException {
        RequestId id = number.isPresent() ? number.get() : Wait.on(peers().newRequestAsync());
        number = Optional.of(id);
        NotifyMessage message = request.apply(id);
        RemoteRequests.End end = Wait.on(peers().askOwnerAsync(id, message, progress));
        if (end.begun()) {
            begun = Optional.of(message.op());
            silenced();
        }
        if (end.result() == -Maintenance.LOCK_LOST.number() || end.result() == -Errno.ETIMEDOUT.number()) {
            return false;
        }
        if (end.result() == -Errno.EOPNOTSUPP.number()) {
            Wait.on(peers().lock().acquireAsync());
            return false;
        }
        if (end.result() != 0) {
            throwUnlessDone(RadosException.of(end.result(), doing + ", by the owner of its lock"));
        }
        return true;
    }

    private void silenced() {
        if (++silences % SILENCES == 0) {
            LOG.info("{}: the owner of the lock began it and says no more; it is asked for anew", doing);
            number = Optional.empty();
        }
    }

    /** Returns the verb to be done here, which may be done already, by an owner that has said no more. */
    Maintenance.Verb orDone(Maintenance.Verb here) {
        return () -> {
            try {
                here.execute();
            } catch (RadosException failed) {
                throwUnlessDone(failed);
            }
        };
    }

    private void throwUnlessDone(RadosException failed) throws RadosException {
        if (begun.map(DONE_ALREADY::get).filter(failed.errno()::equals).isEmpty()) {
            throw failed;
        }
        LOG.info("{}: an owner of the lock has done it, and could not say so", doing);
    }

    private Peers peers() {
        return image.access().peers().orElseThrow();
    }
}
