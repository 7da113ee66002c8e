package io.jrados.disk.http;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, copied to where the reader wants it while it comes: what has arrived before a connection
 * breaks is kept. Once it is abandoned nothing is written to the reader's buffer any more.
 */
final class RangeBody implements BodySubscriber<Void> {
    private final ByteBuffer target;
    private final CompletableFuture<Void> whole = new CompletableFuture<>();
    private final Lock lock = new ReentrantLock();
    private long arrived;
    private boolean over;
    private @Nullable Subscription subscription;

    RangeBody(ByteBuffer target) {
        this.target = target;
    }

    /** The number of bytes that have come: a reader that waits sees by it whether they still do. */
    long arrived() {
        lock.lock();
        try {
            return arrived;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more bytes. */
    void abandon() {
        Subscription current;
        lock.lock();
        try {
            over = true;
            current = subscription;
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.cancel();
        }
    }

    @Override
    public CompletionStage<Void> getBody() {
        return whole;
    }

    @Override
    public void onSubscribe(Subscription begun) {
        boolean late;
        lock.lock();
        try {
            subscription = begun;
            late = over;
        } finally {
            lock.unlock();
        }
        if (late) {
            begun.cancel();
        } else {
            begun.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        boolean tooMany = false;
        lock.lock();
        try {
            for (ByteBuffer part : parts) {
                if (over) {
                    return;
                }
                tooMany |= part.remaining() > target.remaining();
                int count = Math.min(part.remaining(), target.remaining());
                target.put(part.slice(part.position(), count));
                arrived += count;
            }
        } finally {
            lock.unlock();
        }
        if (tooMany) {
            abandon();
            whole.completeExceptionally(new IOException("the server sent more than was asked for"));
        }
    }

    @Override
    public void onError(Throwable failed) {
        whole.completeExceptionally(failed);
    }

    @Override
    public void onComplete() {
        whole.complete(null);
    }
}
