package io.jrados.osd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.Op;
import io.jrados.message.OsdFlags;
import io.jrados.message.WatchNotify;
import io.jrados.wire.Decoder;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;

/** A notification until all watchers have answered, or their time is over. */
final class NotifyLinger extends Linger {
    private final byte[] message;
    private final int timeoutSeconds;
    private final CompletableFuture<WatchNotify.Answers> done;
    private long notifyId;

    NotifyLinger(
            ObjectName object,
            long cookie,
            byte[] message,
            int timeoutSeconds,
            CompletableFuture<WatchNotify.Answers> done) {
        super(object, cookie, OsdFlags.READ);
        this.message = message;
        this.timeoutSeconds = timeoutSeconds;
        this.done = done;
    }

    @Override
    String doing() {
        return "notifying the watchers of " + object;
    }

    @Override
    Request<?> registering() {
        notifyId = 0;
        return request(Op.notify(cookie, timeoutSeconds, message), OsdFlags.READ, (outputs, version) -> {
            ByteBuf output = outputs.output(0);
            // The completion may have come first: then this is over.
            notifyId = output.isReadable() ? new Decoder(output).u64() : 0;
            return notifyId;
        });
    }

    @Override
    void refused(RadosException why) {
        fail(why);
    }

    @Override
    void fail(RadosException why) {
        if (!over()) {
            done.completeExceptionally(why);
        }
    }

    private boolean over() {
        boolean was = ended;
        ended = true;
        return was;
    }

    @Override
    void notified(WatchNotify completion) {
        if (completion.event() != WatchNotify.Event.NOTIFY_COMPLETE
                || notifyId != 0 && notifyId != completion.notifyId()
                || over()) {
            return;
        }
        // With a time-out there are answers too, and the watchers that did not answer.
        if (completion.result() < 0 && Errno.of(completion.result()) != Errno.ETIMEDOUT) {
            done.completeExceptionally(RadosException.of(completion.result(), "notifying the watchers of " + object));
        } else {
            done.complete(completion.answers());
        }
    }
}
