package io.jrados.osd;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.message.CommandReply;
import io.jrados.message.MessageType;
import io.jrados.message.ObjectLocator;
import io.jrados.message.OsdBackoff;
import io.jrados.message.OsdFlags;
import io.jrados.message.OsdMapMessage;
import io.jrados.message.OsdOp;
import io.jrados.message.OsdOpReply;
import io.jrados.message.WatchNotify;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.osd.link.Backoffs;
import io.jrados.osd.link.Dial;
import io.jrados.osd.link.Liveness;
import io.jrados.osd.order.Behind;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations for one OSD at one address. Lossy: a lost connection is replaced by a fresh one, on which every
 * operation that was not answered is sent again in the order of their tids. Confined to the Objecter's loop.
 *
 * <pre>
 *   connecting ── ready ──► open ── lost, or silent for too long ──► connecting, if there is anything to send
 * </pre>
 */
final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** The receiver of the events of a session, on the same loop. */
    interface Owner {
        /** Its connection is gone. Operations stay; watches have to register anew. */
        void reset(Session session, RadosException why);

        void replied(Session session, OsdOpReply reply);

        void notified(WatchNotify message);

        void mapped(Session session, OsdMapMessage message);

        /** Tells that the session has a fresh connection, on which its operations were sent again. */
        void ready(Session session);

        void replied(Session session, CommandReply reply);

        /** An OSD asked to hold operations back, or does no longer. */
        void heldBack();

        /** An operation that is late was to be sent: what goes on in its place, if its outcome is in doubt. */
        @Nullable
        PendingOp<?> late(PendingOp<?> op);

        /** Writes in doubt, which a full pool keeps waiting, keep others waiting that need no room. */
        void obstructing(List<PendingOp<?>> writes);

        /** Memory was missing too often for the reply to a read. */
        void starved(PendingOp<?> op, RadosException why);

        /** The reply to an operation was longer than any may be, or cannot be expanded. */
        void refused(PendingOp<?> op, RadosException why);

        /** An operation could not be made a message. */
        void unsendable(PendingOp<?> op, Throwable broken);

        /** The reply to an operation came, and this JVM failed to take it. */
        void unreadable(PendingOp<?> op, Throwable broken);
    }

    private final int osd;
    private final EntityAddr address;
    private final Surroundings around;
    private final Owner owner;
    private final NavigableMap<Long, PendingOp<?>> ops = new TreeMap<>();
    private final Backoffs backoffs = new Backoffs();

    private final Behind<PendingOp<?>> behind = new Behind<>();
    private final Consumer<PendingOp<?>> sender = this::send;
    private final Liveness liveness = new Liveness();

    private final Dial dial;
    private final Starving starving;
    /** The one that may carry operations. */
    private @Nullable Connection connection;

    private boolean closed;
    private String trouble = "";
    /** Since when there is no connection, if there is none. */
    private long lostNanos;

    /** The number of times in a row that memory was missing, and what was said of it last. */
    private int starved;

    private String hunger = "";
    private long readyNanos;

    Session(int osd, EntityAddr address, Surroundings around, Owner owner) {
        this.osd = osd;
        this.address = address;
        this.around = around;
        this.owner = owner;
        this.lostNanos = around.now();
        this.dial = around.dial(address, new Relay(), name());
        this.starving = new Starving(this, around, owner);
    }

    int osd() {
        return osd;
    }

    EntityAddr address() {
        return address;
    }

    /** Its connection, once it may carry operations. */
    Optional<Connection> openConnection() {
        return Optional.ofNullable(connection);
    }

    boolean isIdle() {
        return ops.isEmpty();
    }

    /** Its operations, in the order of their tids. */
    List<PendingOp<?>> operations() {
        return new ArrayList<>(ops.values());
    }

    @Nullable
    PendingOp<?> operation(long tid) {
        return ops.get(tid);
    }

    void add(PendingOp<?> op) {
        op.session = this;
        if (op.linger != null && op.linger.registration == op) {
            op.linger.session = this;
        }
        ops.put(op.key, op);
        behind.add(op);
    }

    void remove(PendingOp<?> op) {
        ops.remove(op.key);
        behind.remove(op);
        op.session = null;
    }

    /** Puts an operation in the place of another with the same tid. */
    void replace(PendingOp<?> op, PendingOp<?> heir) {
        op.session = null;
        behind.replace(op, heir);
        add(heir);
        Guard.run("handing a write over to its heir", () -> letGo(op, heir));
    }

    /** An operation is not sent again as it was: those that must not overtake it are sent, by their tids. */
    void ended(PendingOp<?> over) {
        behind.ended(over, sender);
    }

    /** Has what waits for the socket let go of the caller's buffers: the heir has a copy of them. */
    private void letGo(PendingOp<?> op, PendingOp<?> heir) {
        Connection open = connection;
        if (open != null && open == op.via && op.buffersInUse()) {
            open.exchange(MessageType.OSD_OP.number(), op.tid, message(heir, op.attempts - 1, open.features()));
            heir.carriedBy(this, open);
        }
    }

    /** Whether it still has a connection. */
    boolean isOn(Connection one) {
        return connection == one;
    }

    void connect() {
        dial.start();
    }

    /**
     * Sends an operation if nothing holds it; otherwise it is sent when what holds it is over. Every operation passes
     * here on its way to a connection, each time that it is sent: one that is late is not, whatever brought it here.
     */
    void send(PendingOp<?> op) {
        Connection open = connection;
        long now = around.now();
        // whoever walks through a copy of the operations may meet one that has ended, or has an heir, since
        if (open == null || op.session != this || op.target.isPaused() || isHeld(op)) {
            return;
        }
        if (op.isLate(now)) {
            PendingOp<?> heir = owner.late(op);
            if (heir != null && heir.session == this) {
                send(heir);
            }
            return;
        }
        if (behind.mustWait(op)) {
            behind.hold(op);
            return;
        }
        int attempt = op.attempts;
        Payload message;
        try {
            message = message(op, attempt, open.features());
        } catch (RuntimeException | Error broken) {
            owner.unsendable(op, broken);
            return;
        }
        op.attempts++;
        op.sentNanos = now;
        op.carriedBy(this, open);
        open.send(message);
        if (attempt > 0) {
            around.events().resent(osd);
        }
        if (LOG.isTraceEnabled()) { // or its arguments become objects for each operation
            LOG.trace("[osd.{}|tid {}] sent, attempt {}", osd, op.tid, attempt);
        }
    }

    boolean holdsBack() {
        return !backoffs.isEmpty() || !starving.isEmpty();
    }

    /** Whether the OSD asked to hold it back, memory was missing for it or one before it, or it would overtake one. */
    boolean isHeld(PendingOp<?> op) {
        return !backoffs.isEmpty() && backoffs.holds(op.target.group(), op.target.place())
                || starving.holds(op)
                || behind.holds(op);
    }

    private Payload message(PendingOp<?> op, int attempt, long features) {
        Target target = op.target;
        int flags = target.flags() | OsdFlags.ONDISK | OsdFlags.KNOWN_REDIR | OsdFlags.SUPPORTSPOOLEIO;
        ObjectName object = target.object();
        return new OsdOp(
                        op.tid,
                        new OsdOp.Target(target.group(), target.hash(), around.epoch()),
                        new ObjectLocator(target.pool(), object.key(), object.namespace(), ObjectLocator.NO_HASH),
                        object.name(),
                        op.request.operation(),
                        OsdOp.Snaps.of(op.request.snapId(), op.snaps.sequence(), op.snaps.snaps()),
                        new OsdOp.Attempt(flags, attempt, op.modified, features))
                .encode();
    }

    private void sendAll() {
        for (PendingOp<?> op : operations()) {
            send(op);
        }
    }

    private void ready(Connection won) {
        connection = won;
        trouble = "";
        readyNanos = around.now();
        liveness.begin(readyNanos);
        around.events().connected(osd);
        sendAll();
        owner.ready(this);
    }

    private Connection connected() {
        Connection open = connection;
        if (open == null) {
            throw new IllegalStateException("osd." + osd + " is not connected");
        }
        return open;
    }

    private void lost(RadosException why) {
        Connection was = connection;
        if (was != null) {
            lostNanos = around.now();
        }
        connection = null;
        noLongerHeld();
        trouble = why.getMessage();
        LOG.debug("[osd.{}] lost {}: {}", osd, address, trouble);
        around.events().lost(osd, !ops.isEmpty(), why);
        owner.reset(this, why);
        refuse(was, why);
        if (was != null && why.errno() == Errno.ENOMEM) {
            starve(was, why);
        } else if (!closed) {
            dial.again(was != null);
        }
    }

    /** An answer that is longer than any may be would come again each time, and cost everybody the connection. */
    private void refuse(@Nullable Connection was, RadosException why) {
        PendingOp<?> op = was == null || why.errno() != Errno.EBADMSG ? null : ops.get(was.endedBy());
        if (op != null && op.linger == null) {
            owner.refused(op, why);
        }
    }

    /** To connect and send again at once would bring the same lack of memory at once. */
    private void starve(Connection was, RadosException why) {
        LOG.warn("[osd.{}] {}", osd, why.getMessage());
        hunger = why.getMessage();
        starved++;
        starving.lost(was.unaffordable(), was.endedBy(), readyNanos, why);
        if (!closed) {
            dial.againAfter(starved);
        }
    }

    private void noLongerHeld() {
        if (!backoffs.isEmpty()) {
            backoffs.clear();
            owner.heldBack();
        }
    }

    /** Looks whether the OSD is still there. */
    void check() {
        Connection open = connection;
        if (open == null) {
            dial.check();
            return;
        }
        List<PendingOp<?>> obstacles = behind.obstacles();
        if (!obstacles.isEmpty()) {
            owner.obstructing(obstacles);
        }
        behind.look(sender);
        long now = around.now();
        if (open.awaitsMemory()) {
            liveness.deaf(now);
        }
        long unanswered = unanswered(now);
        switch (liveness.look(now, open.lastReceivedNanos(), unanswered)) {
            case GONE -> {
                long quiet = liveness.quiet(now, open.lastReceivedNanos(), unanswered);
                replace("nothing heard for " + Duration.ofNanos(quiet).toSeconds() + " s");
            }
            case ASK -> open.keepalive();
            case THERE -> {}
        }
    }

    /** Returns the nanoseconds that the oldest operation waits for its answer, 0 for none. */
    private long unanswered(long now) {
        long unanswered = 0;
        for (PendingOp<?> op : ops.values()) {
            if (op.attempts > 0 && !isHeld(op)) {
                unanswered = Math.max(unanswered, now - op.sentNanos);
            }
        }
        return unanswered;
    }

    /** Gives up the connection, so that whatever it still holds is let go, and makes another one. */
    void replace(String why) {
        Connection open = connection;
        if (open != null) {
            LOG.info("[osd.{}] replacing the connection to {}: {}", osd, address, why);
            open.close();
            lost(new RadosException(Errno.ECONNRESET, "waiting for osd." + osd + " (" + why + ")"));
        }
    }

    /** For good. What it carried is the owner's to place again. */
    void close() {
        closed = true;
        dial.stop();
        if (connection != null) {
            connection.close();
        }
        connection = null;
        noLongerHeld();
    }

    /** Returns the reason why an operation is not answered. */
    Reason reason(PendingOp<?> op) {
        if (starving.holds(op)) {
            return new Reason(
                    Stage.MEMORY,
                    since(op),
                    "it, or one before it for its object, is to be sent to " + name() + " again after a pause ("
                            + starving.reason() + ")");
        }
        if (behind.holds(op)) {
            return new Reason(
                    Stage.FULL,
                    since(op),
                    "it must not overtake what came before it for its object, and a full pool may keep a write there"
                            + " waiting");
        }
        return isHeld(op) && connection != null
                ? new Reason(Stage.BACKOFF, since(op), name() + " asked to hold back")
                : reason(since(op));
    }

    private static long since(PendingOp<?> op) {
        return op.attempts > 0 ? op.sentNanos : op.stageNanos;
    }

    /** Returns the reason why something that was sent then, or was to be sent, is not answered. */
    Reason reason(long sinceNanos) {
        Connection open = connection;
        if (!hunger.isEmpty()) {
            return new Reason(
                    Stage.MEMORY,
                    sinceNanos,
                    name() + " was lost " + starved + " times in a row and has not answered since (" + hunger + ")");
        }
        if (open == null) {
            long later = sinceNanos - lostNanos > 0 ? sinceNanos : lostNanos;
            return new Reason(
                    Stage.CONNECTING,
                    later,
                    name() + " is not connected" + (trouble.isEmpty() ? "" : " (" + trouble + ")"));
        }
        return open.awaitsMemory()
                ? new Reason(
                        Stage.MEMORY,
                        sinceNanos,
                        "what " + name() + " sends is not read before other replies have been taken")
                : new Reason(Stage.ANSWER, sinceNanos, name() + " has not answered");
    }

    private String name() {
        return "osd." + osd + " at " + address;
    }

    private void received(Payload payload) {
        liveness.heard(around.now());
        starved = 0;
        hunger = "";
        Optional<MessageType> type = MessageType.of(payload.type());
        if (type.isEmpty()) {
            LOG.debug("[osd.{}] message of unknown type {}", osd, payload.type());
            payload.release();
            return;
        }
        try {
            switch (type.get()) {
                case OSD_OP_REPLY -> owner.replied(this, OsdOpReply.decode(payload));
                case OSD_BACKOFF -> held(OsdBackoff.decode(payload));
                case WATCH_NOTIFY -> owner.notified(WatchNotify.decode(payload));
                case COMMAND_REPLY -> owner.replied(this, CommandReply.decode(payload));
                case OSD_MAP -> owner.mapped(this, OsdMapMessage.decode(payload));
                default -> payload.release();
            }
        } catch (MalformedException malformed) {
            replace("it sent a malformed " + type.get() + ": " + malformed.getMessage());
        } catch (RuntimeException | Error broken) {
            unread(type.get(), payload.tid(), broken);
        }
    }

    /**
     * The next message may be a backoff that an OSD relies on: one that is lost is made good by a fresh connection
     * only.
     */
    private void unread(MessageType type, long tid, Throwable broken) {
        Guard.log("reading a " + type + " of osd." + osd, broken);
        PendingOp<?> op = type == MessageType.OSD_OP_REPLY ? ops.get(tid) : null;
        if (op != null) {
            owner.unreadable(op, broken);
        } else if (type != MessageType.OSD_OP_REPLY) {
            replace("a " + type + " could not be read: " + broken);
        }
    }

    private void held(OsdBackoff message) {
        switch (message.kind()) {
            case BLOCK -> {
                if (!backoffs.block(new Backoffs.Backoff(message.pg(), message.id(), message.begin(), message.end()))) {
                    replace("too many backoffs");
                    return;
                }
                owner.heldBack();
                around.events().heldBack(osd, true);
                connected().send(message.acknowledgement(message.epoch()).encode());
            }
            case UNBLOCK -> {
                if (backoffs.unblock(message.id()) != null) {
                    owner.heldBack();
                    around.events().heldBack(osd, false);
                    for (PendingOp<?> op : operations()) {
                        Target target = op.target;
                        if (target.group().equals(message.pg()) && message.covers(target.place())) {
                            send(op);
                        }
                    }
                }
            }
            case ACK_BLOCK -> LOG.debug("[osd.{}] a backoff acknowledged to a client", osd);
        }
    }

    /** Brings the connections' events to the Objecter's loop, and forgets those of connections that were replaced. */
    private final class Relay implements ConnectionListener {
        @Override
        public void onConnected(Connection from) {
            around.inbox().add(() -> dial.connected(from));
        }

        @Override
        public void onReady(Connection from) {
            around.inbox().add(() -> {
                if (dial.won(from)) {
                    ready(from);
                }
            });
        }

        @Override
        public void onMessage(Connection from, Payload message) {
            around.inbox().add(() -> {
                from.takenUp(message);
                if (from == connection) {
                    received(message);
                } else {
                    message.release();
                }
            });
        }

        @Override
        public void onClosed(Connection from, RadosException why) {
            around.inbox().add(() -> {
                if (from == connection || dial.failed(from)) {
                    lost(why);
                }
            });
        }
    }
}
