package io.jrados.osd;

import io.jrados.conf.Loop;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.message.Command;
import io.jrados.message.CommandReply;
import io.jrados.msgr.Connection;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PgId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Commands to OSDs, and to the primaries of placement groups, on the sessions that operations use
 * (Objecter::submit_command, src/osdc/Objecter.cc). A command whose OSD is down waits for a map in which it is not; one
 * that was sent is sent again after a reset, so it may be run twice. Confined to the Objecter's loop.
 */
final class OsdCommands {
    /** The destination of a command. */
    sealed interface Target {
        /** One OSD. */
        record Osd(int number) implements Target {
            @Override
            public String toString() {
                return "osd." + number;
            }
        }

        /** The primary of a group. */
        record Group(PgId pg) implements Target {
            @Override
            public String toString() {
                return "the primary of pg " + pg;
            }
        }
    }

    private static final class Pending {
        final long tid;
        final Target target;
        final String json;
        final byte[] input;
        final String doing;
        final long deadlineNanos;
        final CompletableFuture<CommandReply> future = new CompletableFuture<>();
        Loop.@Nullable Timer late;
        /** Sends it again after a pause. */
        Loop.@Nullable Timer again;

        int osd = -1;
        boolean sent;
        /** The time at which it was submitted, or given another OSD. */
        long sinceNanos;

        Pending(long tid, Target target, String json, byte[] input, String doing, long sinceNanos, long deadlineNanos) {
            this.tid = tid;
            this.target = target;
            this.json = json;
            this.input = input;
            this.doing = doing + " of " + target;
            this.sinceNanos = sinceNanos;
            this.deadlineNanos = deadlineNanos;
        }

        /** Forgets that it was to be sent again: it is sent now, or later. */
        void pause() {
            if (again != null) {
                again.cancel();
                again = null;
            }
        }
    }

    /** An OSD that is not primary yet, or no longer, gets it again after this, unless a map moves it before. */
    private static final Duration EAGAIN_PAUSE = Duration.ofMillis(100);

    private final Surroundings around;
    private final Sessions sessions;
    private final UUID fsid;
    private final NavigableMap<Long, Pending> byTid = new TreeMap<>();
    private long lastTid;

    OsdCommands(UUID fsid, Surroundings around, Sessions sessions) {
        this.fsid = fsid;
        this.around = around;
        this.sessions = sessions;
    }

    boolean isEmpty() {
        return byTid.isEmpty();
    }

    /** Whether a session has commands. */
    boolean uses(Session session) {
        return byTid.values().stream().anyMatch(pending -> pending.osd == session.osd());
    }

    /** @param doing without the OSD: "running command 'version'" */
    CompletableFuture<CommandReply> submit(Target target, String json, byte[] input, String doing, Duration deadline) {
        long now = around.now();
        Pending pending = new Pending(++lastTid, target, json, input, doing, now, now + deadline.toNanos());
        byTid.put(pending.tid, pending);
        pending.late = around.expiry().after(deadline, () -> expire(pending, deadline));
        OsdMap map = around.map();
        if (map != null) {
            place(pending, map);
        }
        around.wakeTick();
        return pending.future;
    }

    private void expire(Pending pending, Duration deadline) {
        if (byTid.remove(pending.tid) != null) {
            pending.future.completeExceptionally(new DeadlineException(
                    pending.doing + ", after " + deadline.toMillis() + " ms: "
                            + reason(pending).text(around.now()),
                    pending.sent ? DeadlineException.Sent.OUTCOME_UNKNOWN : DeadlineException.Sent.NEVER_SENT,
                    null));
        }
    }

    private void place(Pending pending, OsdMap map) {
        int osd = -1;
        if (pending.target instanceof Target.Osd one) {
            if (!map.osdExists(one.number())) {
                finish(pending, RadosException.of(Errno.ENOENT, pending.doing + ", which the OSD map does not have"));
                return;
            }
            osd = map.osdIsUp(one.number()) ? one.number() : -1;
        } else if (pending.target instanceof Target.Group group) {
            if (map.pool(group.pg().pool()).isEmpty()) {
                finish(pending, RadosException.of(Errno.ENOENT, pending.doing + ", whose pool does not exist"));
                return;
            }
            osd = map.placement(group.pg()).actingPrimary();
        }
        boolean moved = osd != pending.osd;
        pending.osd = osd;
        if (moved) {
            pending.sinceNanos = around.now();
        }
        if (osd < 0) {
            around.requestMap();
            return;
        }
        // a session that is made now sends it once it is ready
        Session session = sessions.to(osd);
        if (moved && session != null) {
            send(pending, session);
        }
    }

    private void send(Pending pending, Session session) {
        session.openConnection().ifPresent(open -> send(pending, open));
    }

    /** One that is late is not sent any more: its timer is about to end it. */
    private void send(Pending pending, Connection open) {
        if (around.now() - pending.deadlineNanos >= 0) {
            return;
        }
        pending.pause();
        pending.sent = true;
        open.send(new Command(pending.tid, false, fsid, pending.json, pending.input).encode());
    }

    /** A map is in force: some commands go elsewhere. */
    void follow(OsdMap map) {
        for (Pending pending : all()) {
            Guard.run(pending.doing, () -> place(pending, map));
        }
    }

    /** A session has a fresh connection. */
    void ready(Session session) {
        for (Pending pending : all()) {
            if (pending.osd == session.osd()) {
                Guard.run(pending.doing, () -> send(pending, session));
            }
        }
    }

    void replied(Session session, CommandReply reply) {
        Pending pending = byTid.get(reply.tid());
        if (pending == null || pending.osd != session.osd()) {
            return;
        }
        if (reply.result() == -Errno.EAGAIN.number()) {
            // it is primary no more, or not yet: the next map tells
            around.requestMap();
            pending.pause();
            pending.again = around.loop().schedule(EAGAIN_PAUSE, () -> sendAgain(pending));
        } else if (reply.result() < 0) {
            finish(
                    pending,
                    RadosException.of(
                            reply.result(),
                            reply.status().isEmpty() ? pending.doing : pending.doing + " [" + reply.status() + "]"));
        } else {
            forget(pending);
            pending.future.complete(reply);
        }
    }

    private void sendAgain(Pending pending) {
        Session session = pending.osd < 0 ? null : sessions.to(pending.osd);
        if (byTid.containsKey(pending.tid) && session != null) {
            send(pending, session);
        }
    }

    private void finish(Pending pending, RadosException why) {
        forget(pending);
        pending.future.completeExceptionally(why);
    }

    private void forget(Pending pending) {
        byTid.remove(pending.tid);
        pending.pause();
        if (pending.late != null) {
            pending.late.cancel();
        }
    }

    private List<Pending> all() {
        return new ArrayList<>(byTid.values());
    }

    void failAll(Function<String, RadosException> why) {
        for (Pending pending : all()) {
            Guard.run(pending.doing, () -> finish(pending, why.apply(pending.doing)));
        }
    }

    // ---- explanations

    private Reason reason(Pending pending) {
        Session session = pending.osd < 0 ? null : sessions.to(pending.osd);
        if (session != null) {
            return session.reason(pending.sinceNanos);
        }
        return pending.osd < 0
                ? new Reason(Stage.PLACEMENT, pending.sinceNanos, "no OSD that could answer it is up")
                : new Reason(Stage.CONNECTING, pending.sinceNanos, "osd." + pending.osd + " cannot be connected to");
    }

    void explain(Explanation.Builder all) {
        for (Pending pending : byTid.values()) {
            all.add(() -> reason(pending).waiting(pending.doing, around));
        }
    }
}
