package io.jrados.osd;

import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.FencedException;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.message.CommandReply;
import io.jrados.message.OsdMapMessage;
import io.jrados.message.OsdOpReply;
import io.jrados.message.WatchNotify;
import io.jrados.msgr.Connection;
import io.jrados.osdmap.CrushLocation;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PgId;
import io.jrados.wire.EntityAddr;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Places operations on OSDs, and again when the cluster moves (src/osdc/Objecter.cc). Any thread may submit; everything
 * else is confined to one loop, on which an operation gets its tid, its target and its place in a session in one step.
 */
public final class Objecter {
    private static final Logger LOG = LoggerFactory.getLogger(Objecter.class);

    /** An operation that takes longer makes us ask for the next map. */
    private static final long LATE_NANOS = Duration.ofSeconds(1).toNanos();

    /**
     * A client that was fenced stays so for at least this long: whatever was open meanwhile hears of it, and then stays
     * fenced by its own account.
     */
    private static final long FENCED_NANOS = Duration.ofSeconds(5).toNanos();

    /** Operations of the same deadline end before a flush gives up. */
    private static final Duration FLUSH_GRACE = Duration.ofSeconds(2);

    private final Surroundings around;
    private final MapFollower maps;
    private final MapWaiters waiters;
    private final Sessions sessions;
    private final Operations operations;
    private final Lingers lingers;
    private final OsdCommands commands;

    /** The names of the pools that the map in force shows as full. */
    private Set<String> fullPools = Set.of();

    private @Nullable End end;
    private long endedNanos;
    private @Nullable CompletableFuture<Void> closed;

    private static final End CLOSED = new End(", on a client that was shut down", ClosedException::new);

    /** The reason why no operation is taken any more. */
    private record End(String clause, Function<String, RadosException> reason) {
        static End fenced(String clause) {
            return new End(clause, doing -> new FencedException(doing, null));
        }

        RadosException failure(String doing) {
            return reason.apply(doing + clause);
        }
    }

    /**
     * @param loop owns this
     * @param here where this client is, for reads from the nearest replica
     * @param completions runs what depends on the futures of operations
     * @param callbacks runs what watches are told, which may block
     */
    public Objecter(
            UUID fsid,
            Loop loop,
            Environment environment,
            OsdConnector connector,
            Monitors monitors,
            Limits limits,
            CrushLocation here,
            ObjecterEvents events,
            Executor completions,
            Executor callbacks) {
        this.maps = new MapFollower(fsid);
        this.around = new Surroundings(
                loop,
                environment,
                connector,
                monitors,
                limits,
                events,
                new Completions(completions),
                callbacks,
                maps,
                new Placing(new ReplicaChoice(here, environment.random())),
                this::tick);
        this.waiters = new MapWaiters(around);
        this.sessions = new Sessions(around, new SessionOwner());
        this.operations = new Operations(around, waiters, sessions);
        this.lingers = new Lingers(around, operations, this::submit);
        this.commands = new OsdCommands(fsid, around, sessions);
    }

    // ---- what any thread may call

    /**
     * Two operations that one thread submits for one object are done in that order; but a read that is not ordered with
     * writes does not wait for those that a full pool keeps waiting.
     */
    public <R> CompletableFuture<R> submit(Request<R> request) {
        Submission<R> submission = new Submission<>(request);
        around.inbox().add(submission);
        return submission.future;
    }

    /** The map in force, empty before the first. */
    public Optional<OsdMap> map() {
        return Optional.ofNullable(maps.map());
    }

    /** Completes once the map in force is of this epoch or a later one. */
    public CompletableFuture<Void> waitForEpoch(long epoch, Duration deadline) {
        return waiters.waitFor(epoch, deadline);
    }

    /** Sends nothing that is submitted from now on before a map of this epoch, or a later one, is in force. */
    public void setEpochBarrier(long epoch) {
        around.inbox().add(() -> around.placing().raiseBarrier(epoch));
    }

    /**
     * Completes when every write to a pool that was submitted before has ended, well or not, and is not in doubt. Fails
     * with ETIMEDOUT otherwise, a little later than operations with the same deadline do.
     */
    public CompletableFuture<Void> flush(long pool, Duration deadline) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        around.inbox().add(() -> {
            if (closed != null) {
                done.completeExceptionally(CLOSED.failure("flushing pool " + pool));
                return;
            }
            operations.flush(pool, done);
            if (!done.isDone()) {
                Loop.Timer timer = around.expiry().after(deadline.plus(FLUSH_GRACE), () -> flushLate(pool, done));
                done.whenComplete((flushed, failed) -> timer.cancel());
            }
        });
        return done;
    }

    private void flushLate(long pool, CompletableFuture<Void> done) {
        operations.flushLate(
                done,
                new DeadlineException(
                        "flushing pool " + pool + ", with writes whose outcome is not known",
                        DeadlineException.Sent.UNKNOWN,
                        null));
    }

    /**
     * Watches an object.
     *
     * @param timeout after which the OSD forgets it without a sign of life; zero for its default
     */
    public CompletableFuture<WatchHandle> watch(
            ObjectName object, WatchListener listener, Duration timeout, Duration deadline) {
        int seconds = (int) timeout.plusMillis(999).toSeconds();
        CompletableFuture<WatchHandle> done = new CompletableFuture<>();
        around.inbox().add(() -> {
            End over = ended();
            if (over != null) {
                done.completeExceptionally(over.failure("watching " + object));
                return;
            }
            if (lingers.isFull()) {
                done.completeExceptionally(Lingers.tooMany("watching " + object));
                return;
            }
            WatchLinger watch = lingers.watch(object, listener, seconds, deadline, done);
            Loop.Timer timer = around.expiry().after(deadline, () -> {
                if (!done.isDone()) {
                    lingers.late(watch, deadline);
                }
            });
            done.whenComplete((watched, failed) -> timer.cancel());
            around.wakeTick();
        });
        return done;
    }

    /** Tells the watchers of an object something, and waits for their answers. */
    public CompletableFuture<WatchNotify.Answers> notify(
            ObjectName object, byte[] message, Duration timeout, Duration deadline) {
        CompletableFuture<WatchNotify.Answers> done = new CompletableFuture<>();
        int seconds = (int) Math.max(1, timeout.plusMillis(999).toSeconds());
        around.inbox().add(() -> {
            End over = ended();
            if (over != null) {
                done.completeExceptionally(over.failure("notifying the watchers of " + object));
                return;
            }
            if (lingers.isFull()) {
                done.completeExceptionally(Lingers.tooMany("notifying the watchers of " + object));
                return;
            }
            Linger notification = lingers.notify(object, message, seconds, done);
            Loop.Timer timer = around.expiry().after(deadline.plusSeconds(seconds), () -> lingers.late(notification));
            done.whenComplete((told, failed) -> timer.cancel());
            around.wakeTick();
        });
        return done;
    }

    /**
     * Runs a command of an OSD.
     *
     * @param doing for errors: "running command 'version'"
     */
    public CompletableFuture<CommandReply> command(
            int osd, String json, byte[] input, String doing, Duration deadline) {
        return command(new OsdCommands.Target.Osd(osd), json, input, doing, deadline);
    }

    /** Runs a command of a placement group, which its primary answers. */
    public CompletableFuture<CommandReply> command(
            PgId pg, String json, byte[] input, String doing, Duration deadline) {
        return command(new OsdCommands.Target.Group(pg), json, input, doing, deadline);
    }

    private CompletableFuture<CommandReply> command(
            OsdCommands.Target target, String json, byte[] input, String doing, Duration deadline) {
        CompletableFuture<CommandReply> done = new CompletableFuture<>();
        around.inbox().add(() -> {
            End over = ended();
            if (over != null) {
                done.completeExceptionally(over.failure(doing));
                return;
            }
            commands.submit(target, json, input, doing, deadline).whenComplete((reply, failure) -> {
                if (failure == null) {
                    done.complete(reply);
                } else {
                    done.completeExceptionally(failure);
                }
            });
        });
        return done;
    }

    /** Fails what is outstanding and closes all sessions; completes when no buffer is used any more. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        around.inbox().add(() -> {
            closed = done;
            finishAll(CLOSED);
            end = CLOSED; // also of one that was fenced
            waiters.close(CLOSED::failure);
            if (operations.isEmpty()) {
                done.complete(null);
            }
        });
        return done;
    }

    /** The connections with OSDs that are ready, by the OSDs' numbers. Called on the loop. */
    public void forEachConnection(BiConsumer<Integer, Connection> visitor) {
        sessions.forEachConnection(visitor);
    }

    /** Adds whatever is not finished. Called on the loop. */
    public void explain(Explanation.Builder all) {
        waiters.explain(all);
        lingers.explain(all);
        commands.explain(all);
        operations.explain(all);
    }

    /** Maps that a monitor sent. */
    public void mapped(OsdMapMessage message) {
        around.inbox().add(() -> take(message, around.monitors()::distrust));
    }

    /** One call of {@link #submit}: its way into the loop, and out again. */
    private final class Submission<R> implements Runnable, PendingOp.Outcome<R> {
        final PendingOp<R> op;
        final OperationFuture<R> future = new OperationFuture<>(this::giveUp);

        Submission(Request<R> request) {
            this.op = new PendingOp<>(request, this, null, around);
        }

        @Override
        public void run() {
            try {
                End over = ended();
                if (over != null) {
                    op.fail(over.failure(op.request.doing()));
                } else {
                    operations.submit(op);
                }
            } catch (RuntimeException | Error broken) {
                op.fail(Guard.failure(op.request.doing() + ", which could not be taken", broken));
            }
        }

        private void giveUp() {
            around.inbox().add(() -> operations.cancel(op));
        }

        @Override
        public void succeeded(R result) {
            around.complete(() -> future.complete(result));
        }

        @Override
        public void failed(RadosException why) {
            around.complete(() -> future.completeExceptionally(why));
        }

        @Override
        public void cancelled() {
            around.complete(future::cancelled);
        }
    }

    // ---- maps

    /**
     * A step that cannot be taken may be our fault, and is made good by a full map; one that cannot be read is the
     * sender's.
     */
    private void take(OsdMapMessage message, Consumer<String> leaveSender) {
        if (closed != null) {
            return;
        }
        long missing = -1;
        boolean taken = true;
        try {
            missing = maps.take(message, this::follow);
        } catch (MalformedException malformed) {
            LOG.warn("asking for a full OSD map: {}", malformed.getMessage());
            if (!message.fulls().isEmpty()) {
                leaveSender.accept("it sent an OSD map that cannot be read: " + malformed.getMessage());
            }
        } catch (RuntimeException | Error broken) {
            // The same map would meet the same lack of memory at once.
            Guard.log("taking an OSD map", broken);
            taken = false;
        }
        around.monitors().gotOsdMap(maps.epoch());
        if (!taken) {
            around.missedMap();
        } else if (missing >= 0) {
            around.monitors().wantOsdMap(missing, true);
        } else if (maps.isStuck() || Long.compareUnsigned(message.newest(), maps.epoch()) > 0) {
            // what was asked for once ends with one message, of forty epochs at most
            around.requestMap();
        }
        Guard.run("sending operations again", operations::settleMoved);
        Guard.run("registering watches again", lingers::settleMoved);
        waiters.reached();
        ended(); // which asks for the map after one that fences this client
    }

    /**
     * Ends all that is under way when a map fences this client, even if the next one does not any more: it was refused,
     * watches and locks are gone, and to go on would be to write behind another's back. What is submitted later is
     * taken again once a map does not fence it any more, and not too soon.
     */
    private void checkFence(OsdMap map) {
        EntityAddr own = around.ownAddress();
        if (end == null && isFenced(map)) {
            finishAll(
                    End.fenced(", on a client that the cluster has fenced: OSD map " + map.epoch() + " blocks " + own));
        }
    }

    private boolean isFenced(OsdMap map) {
        EntityAddr own = around.ownAddress();
        return !own.isBlank() && map.isBlocklisted(own);
    }

    /** Returns why nothing is taken; null once it is, which it may be again after a fence. */
    private @Nullable End ended() {
        OsdMap map = around.map();
        if (end == null || end == CLOSED || map == null) {
            return end;
        }
        if (isFenced(map)) {
            around.requestMap();
        } else if (around.now() - endedNanos >= FENCED_NANOS && operations.isEmpty()) {
            LOG.info("operations are taken again: OSD map {} fences this client no more", map.epoch());
            end = null;
            operations.goOn();
        }
        return end;
    }

    private void follow(OsdMap map, boolean skipped) {
        checkFence(map);
        Guard.run("telling of an OSD map", () -> {
            around.events().mapped(map.epoch());
            tellFullPools(map);
        });
        List<Session> gone = sessions.follow(map);
        operations.follow(map, gone, skipped);
        gone.forEach(lingers::movedFrom);
        lingers.follow(map, skipped);
        commands.follow(map);
    }

    private void tellFullPools(OsdMap map) {
        Set<String> full = new TreeSet<>();
        map.pools().forEach((id, pool) -> {
            if (pool.isFull()) {
                full.add(map.poolName(id).orElse(Long.toString(id)));
            }
        });
        full.stream().filter(pool -> !fullPools.contains(pool)).forEach(pool -> around.events()
                .full(pool, true));
        fullPools.stream().filter(pool -> !full.contains(pool)).forEach(pool -> around.events()
                .full(pool, false));
        fullPools = full;
    }

    // ---- time

    /** Runs the timed steps; when one of them throws, the others are done and the next tick comes. */
    private void tick() {
        try {
            long now = around.now();
            Guard.run("ending what is late", operations::tick);
            Guard.run("asking for a newer OSD map", () -> {
                if (now - operations.oldestNanos() >= LATE_NANOS) {
                    around.requestMap();
                }
            });
            Guard.run("looking after sessions", sessions::check);
            Guard.run("looking after watches", lingers::tick);
            Guard.run("ending who waits for an OSD map", () -> waiters.expire(now));
            if (closed != null && operations.isEmpty()) {
                closed.complete(null);
            }
        } finally {
            if (!operations.isEmpty() || !lingers.isEmpty() || !commands.isEmpty() || !waiters.isEmpty()) {
                around.wakeTick();
            }
        }
    }

    // ---- the end

    private void finishAll(End why) {
        if (end != null) {
            return;
        }
        if (why == CLOSED) {
            LOG.debug("no operation is taken any more{}", why.clause());
        } else {
            LOG.warn("no operation is taken any more{}", why.clause());
        }
        end = why;
        endedNanos = around.now();
        Guard.run("closing sessions", sessions::closeAll);
        Guard.run("ending operations", () -> operations.giveUpAll(op -> why.failure(op.request.doing())));
        Guard.run("ending commands", () -> commands.failAll(why::failure));
        Guard.run("ending watches", () -> lingers.failAll(object -> why.failure("watching " + object)));
    }

    // ---- what sessions tell

    private final class SessionOwner implements Session.Owner {
        @Override
        public void reset(Session session, RadosException why) {
            Guard.run("asking for a newer OSD map", around::requestMap);
            lingers.sessionReset(session);
            if (session.isIdle() && !lingers.uses(session) && !commands.uses(session)) {
                sessions.drop(session);
            }
            if (why.errno() == Errno.EACCES || why.errno() == Errno.EAGAIN) {
                around.monitors().renewTickets();
            }
        }

        @Override
        public void replied(Session session, OsdOpReply reply) {
            operations.replied(session, reply);
        }

        @Override
        public void notified(WatchNotify message) {
            lingers.notified(message);
        }

        @Override
        public void mapped(Session session, OsdMapMessage message) {
            take(message, session::replace);
        }

        @Override
        public void ready(Session session) {
            commands.ready(session);
        }

        @Override
        public void heldBack() {
            operations.heldBack();
        }

        @Override
        public @Nullable PendingOp<?> late(PendingOp<?> op) {
            return operations.late(op);
        }

        @Override
        public void obstructing(List<PendingOp<?>> writes) {
            operations.obstructing(writes);
        }

        @Override
        public void starved(PendingOp<?> op, RadosException why) {
            operations.starved(op, why);
        }

        @Override
        public void refused(PendingOp<?> op, RadosException why) {
            operations.refused(op, why);
        }

        @Override
        public void unsendable(PendingOp<?> op, Throwable broken) {
            operations.unsendable(op, broken);
        }

        @Override
        public void unreadable(PendingOp<?> op, Throwable broken) {
            operations.unreadable(op, broken);
        }

        @Override
        public void replied(Session session, CommandReply reply) {
            commands.replied(session, reply);
        }
    }
}
