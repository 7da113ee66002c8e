package io.jrados.mon;

import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.message.GetPoolStats;
import io.jrados.message.GetPoolStatsReply;
import io.jrados.message.MessageType;
import io.jrados.message.MonCommand;
import io.jrados.message.MonCommandAck;
import io.jrados.message.MonGetVersion;
import io.jrados.message.MonGetVersionReply;
import io.jrados.message.PoolOp;
import io.jrados.message.PoolOpReply;
import io.jrados.message.StatFs;
import io.jrados.message.StatFsReply;
import io.jrados.msgr.Connection;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests to the monitors, whichever of them answers. Any thread may ask; a question that a lost session leaves
 * unanswered is asked again on the next, so a command may be run twice.
 */
public final class MonRequests {
    private static final Pattern PREFIX = Pattern.compile("\"prefix\"\\s*:\\s*\"([^\"]{1,80})\"");

    /** The session with a monitor. Called on the loop. */
    interface Session {
        /** Once it and the cluster's id are known. */
        Optional<Connection> open();

        UUID fsid();

        boolean isClosed();

        /** Returns what is being waited for, for errors. */
        String state();
    }

    private final Loop loop;
    private final Session session;
    private final Requests pending;

    MonRequests(Loop loop, Environment environment, Session session) {
        this.loop = loop;
        this.session = session;
        this.pending = new Requests(loop, environment, Stage.MONITORS);
    }

    /** Returns what a command does, for errors: "running command 'osd stat'". */
    public static String doing(String json) {
        Matcher prefix = PREFIX.matcher(json);
        return "running command '" + (prefix.find() ? prefix.group(1) : "?") + "'";
    }

    /** The failure of a command, with what the daemon says of it. */
    static RadosException failure(int result, String status, String doing) {
        return RadosException.of(result, status.isEmpty() ? doing : doing + " [" + status + "]");
    }

    /**
     * Runs a command.
     *
     * @param json {@code {"prefix": "osd stat"}}
     */
    public CompletableFuture<MonCommandAck> command(String json, byte[] input, Duration deadline) {
        return ask(
                tid -> new MonCommand(tid, session.fsid(), json, input).encode(),
                MonCommandAck.class,
                (ack, text) -> ack.result() < 0
                        ? CompletableFuture.failedFuture(failure(ack.result(), ack.status(), text))
                        : CompletableFuture.completedFuture(ack),
                doing(json),
                deadline);
    }

    /** The newest version of a map that the monitors have. */
    public CompletableFuture<Long> newest(String what, Duration deadline) {
        return ask(
                tid -> new MonGetVersion(tid, what).encode(),
                MonGetVersionReply.class,
                (reply, text) -> CompletableFuture.completedFuture(reply.newest()),
                "asking for the newest " + what,
                deadline);
    }

    /**
     * Changes a pool or its snapshots; the change shows at the epoch that the reply tells.
     *
     * @param seenEpoch of the OSD map that we have
     */
    public CompletableFuture<PoolOpReply> poolOp(
            long pool, PoolOp.Kind kind, long snapId, String name, long seenEpoch, String doing, Duration deadline) {
        return ask(
                tid -> new PoolOp(tid, session.fsid(), seenEpoch, pool, kind, snapId, name).encode(),
                PoolOpReply.class,
                (reply, text) -> reply.result() < 0
                        ? CompletableFuture.failedFuture(RadosException.of(reply.result(), text))
                        : CompletableFuture.completedFuture(reply),
                doing,
                deadline);
    }

    /** Asks how much room the cluster has, or one pool of it. */
    public CompletableFuture<StatFsReply> room(Optional<Long> pool, Duration deadline) {
        return ask(
                tid -> new StatFs(tid, session.fsid(), pool).encode(),
                StatFsReply.class,
                (reply, text) -> CompletableFuture.completedFuture(reply),
                "asking how much room there is",
                deadline);
    }

    /** Asks for the statistics of pools. */
    public CompletableFuture<GetPoolStatsReply> poolStats(List<String> pools, Duration deadline) {
        return ask(
                tid -> new GetPoolStats(tid, 0, session.fsid(), pools).encode(),
                GetPoolStatsReply.class,
                (reply, text) -> CompletableFuture.completedFuture(reply),
                "asking what is in the pools " + String.join(", ", pools),
                deadline);
    }

    private <A, T> CompletableFuture<T> ask(
            LongFunction<Payload> message,
            Class<A> answer,
            BiFunction<A, String, CompletableFuture<T>> result,
            String doing,
            Duration deadline) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Runnable asking = () -> {
            if (session.isClosed()) {
                future.completeExceptionally(shutDown(doing));
                return;
            }
            long tid = pending.add(message, answer, result, doing, deadline, session::state, future);
            session.open().ifPresent(open -> send(open, tid));
        };
        loop.execute(asking);
        return future;
    }

    static RadosException shutDown(String doing) {
        return new ClosedException(doing + ", on a client that was shut down");
    }

    private void send(Connection to, long tid) {
        Payload message = pending.sending(tid);
        if (message != null) {
            to.send(message);
        }
    }

    /** A new session: asks again what is not answered, in order. */
    void askAgain(Connection open) {
        pending.tids().forEach(tid -> send(open, tid));
    }

    /** Takes a message that answers one of these questions; false for any other, which stays the caller's. */
    boolean answered(MessageType type, Payload payload) {
        switch (type) {
            case MON_COMMAND_ACK -> {
                MonCommandAck ack = MonCommandAck.decode(payload);
                pending.answered(ack.tid(), ack);
            }
            case MON_GET_VERSION_REPLY -> {
                MonGetVersionReply reply = MonGetVersionReply.decode(payload);
                pending.answered(reply.handle(), reply);
            }
            case POOLOP_REPLY -> {
                PoolOpReply reply = PoolOpReply.decode(payload);
                pending.answered(reply.tid(), reply);
            }
            case STATFS_REPLY -> {
                StatFsReply reply = StatFsReply.decode(payload);
                pending.answered(reply.tid(), reply);
            }
            case GETPOOLSTATS_REPLY -> {
                GetPoolStatsReply reply = GetPoolStatsReply.decode(payload);
                pending.answered(reply.tid(), reply);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    void explain(Explanation.Builder all) {
        pending.explain(all, session::state);
    }

    void failAll() {
        pending.fail(MonRequests::shutDown);
    }
}
