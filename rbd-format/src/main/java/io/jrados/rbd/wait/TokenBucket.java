package io.jrados.rbd.wait;

import io.jrados.conf.Loop;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets so much pass in a second, in the order of asking. Who finds any tokens takes all that it needs, if need be on
 * credit, so that one large request passes too. Ticks only while it is not full.
 */
final class TokenBucket {
    /** More than these do not wait: they fail with EAGAIN. */
    private static final int MAX_WAITING = 65_536;

    private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

    private final Loop loop;
    private final QosLimits.Limit limit;
    private final Duration tick;
    private final double perTick;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> line = new ArrayDeque<>();
    private double tokens;
    private boolean ticking;

    private record Waiting(long cost, CompletableFuture<Void> turn) {}

    TokenBucket(Loop loop, QosLimits.Limit limit, Duration tick) {
        this.loop = loop;
        this.limit = limit;
        this.tick = tick;
        this.perTick = limit.perSecond() * (tick.toNanos() / 1e9);
        this.tokens = limit.atOnce();
    }

    QosLimits.Limit limit() {
        return limit;
    }

    /** Completes when it may pass. */
    CompletableFuture<Void> take(long cost) {
        boolean start;
        CompletableFuture<Void> turn = NOW;
        lock.lock();
        try {
            if (line.isEmpty() && tokens > 0) {
                tokens -= cost;
            } else if (line.size() < MAX_WAITING) {
                turn = new CompletableFuture<>();
                line.add(new Waiting(cost, turn));
            } else {
                return CompletableFuture.failedFuture(new RadosException(
                        Errno.EAGAIN,
                        "waiting for an image's quality of service, never sent: " + MAX_WAITING + " wait"));
            }
            start = !ticking;
            ticking = true;
        } finally {
            lock.unlock();
        }
        if (start) {
            loop.schedule(tick, this::refill);
        }
        return turn;
    }

    private void refill() {
        List<Waiting> next = new ArrayList<>();
        lock.lock();
        try {
            tokens = Math.min(limit.atOnce(), tokens + perTick);
            while (!line.isEmpty() && tokens > 0) {
                Waiting first = line.remove();
                tokens -= first.cost;
                next.add(first);
            }
            ticking = !line.isEmpty() || tokens < limit.atOnce();
            if (ticking) {
                loop.schedule(tick, this::refill);
            }
        } finally {
            lock.unlock();
        }
        next.forEach(waiting -> waiting.turn.complete(null));
    }
}
