package io.jrados.mon;

import io.jrados.auth.ClientAuth;
import io.jrados.auth.MonitorLogin;
import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.message.Auth;
import io.jrados.message.AuthReply;
import io.jrados.message.ConfigMessage;
import io.jrados.message.MessageType;
import io.jrados.message.MonCommand;
import io.jrados.message.MonCommandAck;
import io.jrados.message.MonGetVersion;
import io.jrados.message.MonGetVersionReply;
import io.jrados.message.MonMap;
import io.jrados.message.MonMapMessage;
import io.jrados.message.MonSubscribe;
import io.jrados.message.OsdMapMessage;
import io.jrados.message.PoolOp;
import io.jrados.message.PoolOpReply;
import io.jrados.msgr.Connection;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stays with one monitor, whichever answers, and keeps who we are when it moves to another (src/mon/MonClient.cc).
 * Confined to one loop; public methods may be called from any thread.
 *
 * <pre>
 *   hunting ── logged in ──► session ── lost, or silent for too long ──► hunting
 *                              │ subscriptions, unanswered requests and due tickets are asked for on each new session
 * </pre>
 */
public final class MonClient {
    private static final Logger LOG = LoggerFactory.getLogger(MonClient.class);

    private static final String MONMAP = "monmap";
    private static final String CONFIG = "config";
    private static final String OSDMAP = "osdmap";
    private static final Pattern PREFIX = Pattern.compile("\"prefix\"\\s*:\\s*\"([^\"]{1,80})\"");
    /** A cluster that has no central configuration for us may say nothing. */
    private static final Duration CONFIG_PATIENCE = Duration.ofSeconds(2);

    private static final Duration RENEWAL_PAUSE = Duration.ofSeconds(1);

    /** What a cluster is known by. */
    public record Cluster(UUID fsid, long globalId) {}

    private final Loop loop;
    private final Environment environment;
    private final ClientAuth auth;
    private final MonSettings settings;
    private final Optional<UUID> expected;
    private final MonEvents events;
    private final Hunt hunt;
    private final Requests requests;
    private final Subscriptions subscriptions = new Subscriptions();
    private final CompletableFuture<Cluster> started = new CompletableFuture<>();

    private List<Monitor> monitors;
    private @Nullable MonMap map;
    private boolean configured;
    private @Nullable Connection session;
    private @Nullable MonitorLogin login;
    private Loop.@Nullable Timer keepalive;
    private Loop.@Nullable Timer renewal;
    private boolean closed;

    /**
     * @param bootstrap where monitors are, from the configuration
     * @param expected the cluster that it must be
     */
    public MonClient(
            Loop loop,
            Environment environment,
            ClientAuth auth,
            MonTransport transport,
            MonSettings settings,
            List<EntityAddr> bootstrap,
            Optional<UUID> expected,
            MonEvents events) {
        this.loop = loop;
        this.environment = environment;
        this.auth = auth;
        this.settings = settings;
        this.expected = expected;
        this.events = events;
        this.monitors = bootstrap.stream().map(Monitor::at).toList();
        this.hunt = new Hunt(loop, transport, auth, settings, environment.random(), new Hunting());
        this.requests = new Requests(loop);
    }

    /**
     * Finds a monitor. Completes with the monitors' map and our central configuration there; fails with EACCES as soon as
     * every monitor that answers has refused us, with EINVAL for another cluster than expected.
     */
    public CompletableFuture<Cluster> start(Duration deadline) {
        loop.execute(() -> {
            Loop.Timer late = loop.schedule(
                    deadline,
                    () -> giveUp(new DeadlineException(
                            connecting() + ", after " + deadline.toMillis() + " ms: " + state(),
                            DeadlineException.Sent.UNKNOWN,
                            null)));
            started.whenComplete((cluster, failure) -> late.cancel());
            subscriptions.want(MONMAP, 0, false);
            subscriptions.want(CONFIG, 0, false);
            hunt.begin();
        });
        return started;
    }

    private String connecting() {
        return "connecting " + auth.entity() + " to the cluster";
    }

    private String state() {
        if (session == null) {
            return hunt.outcomes();
        }
        return "a monitor let us in but does not tell " + (map == null ? "its map" : "our configuration");
    }

    private void giveUp(RadosException why) {
        if (started.completeExceptionally(why)) {
            stop();
        }
    }

    // ---- requests

    /**
     * Runs a command.
     *
     * @param json {@code {"prefix": "osd stat"}}
     */
    public CompletableFuture<MonCommandAck> command(String json, byte[] input, Duration deadline) {
        Matcher prefix = PREFIX.matcher(json);
        String doing = "running command '" + (prefix.find() ? prefix.group(1) : "?") + "'";
        return request(
                tid -> new MonCommand(tid, fsid(), json, input).encode(),
                MonCommandAck.class,
                (ack, text) -> ack.result() < 0
                        ? CompletableFuture.failedFuture(RadosException.of(
                                ack.result(), ack.status().isEmpty() ? text : text + " [" + ack.status() + "]"))
                        : CompletableFuture.completedFuture(ack),
                doing,
                deadline);
    }

    /** The newest version of a map that the monitors have. */
    public CompletableFuture<Long> newest(String what, Duration deadline) {
        return request(
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
        return request(
                tid -> new PoolOp(tid, fsid(), seenEpoch, pool, kind, snapId, name).encode(),
                PoolOpReply.class,
                (reply, text) -> reply.result() < 0
                        ? CompletableFuture.failedFuture(RadosException.of(reply.result(), text))
                        : CompletableFuture.completedFuture(reply),
                doing,
                deadline);
    }

    private UUID fsid() {
        MonMap known = map;
        if (known == null) {
            throw new IllegalStateException("the cluster's id is not known yet");
        }
        return known.fsid();
    }

    private <A, T> CompletableFuture<T> request(
            LongFunction<Payload> message,
            Class<A> answer,
            BiFunction<A, String, CompletableFuture<T>> result,
            String doing,
            Duration deadline) {
        CompletableFuture<T> future = new CompletableFuture<>();
        loop.execute(() -> {
            if (closed) {
                future.completeExceptionally(shutDown(doing));
                return;
            }
            long tid = requests.add(message, answer, result, doing, deadline, this::state, future);
            if (session != null && map != null) {
                send(session, tid);
            }
        });
        return future;
    }

    private static RadosException shutDown(String doing) {
        return RadosException.of(Errno.EBLOCKLISTED, doing + ", on a client that was shut down");
    }

    private void send(Connection to, long tid) {
        Payload message = requests.sending(tid);
        if (message != null) {
            to.send(message);
        }
    }

    /** Asks for OSD maps from an epoch on, 0 for a full one. Called on the loop. */
    public void wantOsdMap(long start, boolean once) {
        if (subscriptions.want(OSDMAP, start, once)) {
            subscribe();
        }
    }

    /** An OSD map has arrived, by whatever way. Called on the loop. */
    public void gotOsdMap(long epoch) {
        subscriptions.got(OSDMAP, epoch);
    }

    /** A service refused our ticket: looks now whether one is due. Called on the loop. */
    public void renewTickets() {
        scheduleRenewal();
    }

    /** The monitor that we are with, if any, by its name. Called on the loop. */
    public void forSession(BiConsumer<String, Connection> visitor) {
        Connection open = session;
        if (open != null) {
            String name = monitors.stream()
                    .filter(each -> each.address().equals(open.peer()))
                    .map(Monitor::name)
                    .findFirst()
                    .orElse("");
            visitor.accept(name, open);
        }
    }

    private void subscribe() {
        if (session == null) {
            return;
        }
        Map<String, MonSubscribe.Item> items = new LinkedHashMap<>();
        subscriptions
                .renew()
                .forEach((what, want) -> items.put(what, new MonSubscribe.Item(want.start(), want.once())));
        if (!items.isEmpty()) {
            session.send(new MonSubscribe(items, "").encode());
        }
    }

    // ---- the session

    private final class Hunting implements Hunt.Owner {
        @Override
        public List<Monitor> monitors() {
            return monitors;
        }

        @Override
        public void found(Monitor monitor, Connection connection, MonitorLogin with) {
            LOG.info("{} is with {} as client.{}", auth.entity(), monitor, connection.globalId());
            session = connection;
            login = with;
            subscriptions.forgetAsked();
            subscribe();
            if (map != null) {
                requests.tids().forEach(tid -> send(connection, tid));
            } else {
                loop.schedule(CONFIG_PATIENCE, () -> {
                    configured = true;
                    checkStarted();
                });
            }
            scheduleKeepalive();
            scheduleRenewal();
        }

        @Override
        public void received(Connection from, Payload message) {
            if (from == session) {
                MonClient.this.received(message);
            } else {
                message.release();
            }
        }

        @Override
        public void closed(Connection connection, RadosException why) {
            if (connection == session) {
                lost(why.getMessage());
            }
        }

        @Override
        public void refused(RadosException why) {
            if (!started.isDone()) {
                giveUp(new RadosException(why.errno(), connecting() + ": " + hunt.outcomes(), why));
            } else {
                LOG.error("every monitor that answers refuses {}: {}", auth.entity(), why.getMessage());
            }
        }
    }

    private void lost(String why) {
        Connection old = session;
        session = null;
        login = null;
        cancel(keepalive);
        cancel(renewal);
        if (old != null) {
            old.close();
        }
        if (!closed) {
            LOG.info("looking for another monitor: {}", why);
            hunt.slower();
            hunt.begin();
        }
    }

    private static void cancel(Loop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void scheduleKeepalive() {
        cancel(keepalive);
        keepalive = loop.schedule(settings.pingInterval(), this::keepalive);
    }

    private void keepalive() {
        Connection open = session;
        if (open == null) {
            return;
        }
        long silent = environment.nanoTime() - open.lastKeepaliveAckNanos();
        if (silent > settings.pingTimeout().toNanos()) {
            lost("no sign of life for " + Duration.ofNanos(silent).toSeconds() + " s");
            return;
        }
        open.keepalive();
        hunt.faster();
        scheduleKeepalive();
    }

    // ---- tickets

    private void scheduleRenewal() {
        cancel(renewal);
        auth.tickets().untilRenewal().ifPresent(wait -> renewal = loop.schedule(wait, this::renew));
    }

    private void renew() {
        Connection open = session;
        MonitorLogin with = login;
        if (open == null || with == null) {
            return;
        }
        try {
            Optional<byte[]> due = with.renewal();
            if (due.isPresent()) {
                open.send(new Auth(with.method(), due.get(), map == null ? 0 : map.epoch()).encode());
            }
            cancel(renewal);
            Duration wait = auth.tickets().untilRenewal().orElse(RENEWAL_PAUSE);
            renewal = loop.schedule(wait.compareTo(RENEWAL_PAUSE) < 0 ? RENEWAL_PAUSE : wait, this::renew);
        } catch (RadosException failed) {
            lost(failed.getMessage());
        }
    }

    private void renewed(AuthReply reply) {
        if (login == null) {
            return;
        }
        try {
            login.onRenewal(reply.result(), reply.reply());
            scheduleRenewal();
        } catch (RadosException failed) {
            LOG.warn("{}; the tickets that are there still serve for a while", failed.getMessage());
            lost(failed.getMessage());
        }
    }

    // ---- messages

    private void received(Payload payload) {
        Optional<MessageType> type = MessageType.of(payload.type());
        if (type.isEmpty()) {
            LOG.debug("message of unknown type {} from a monitor", payload.type());
            payload.release();
            return;
        }
        try {
            dispatch(type.get(), payload);
        } catch (MalformedException malformed) {
            lost("it sent a malformed " + type.get() + ": " + malformed.getMessage());
        }
    }

    private void dispatch(MessageType type, Payload payload) {
        switch (type) {
            case MON_MAP -> mapped(MonMapMessage.decode(payload).map());
            case CONFIG -> configured(ConfigMessage.decode(payload));
            case OSD_MAP -> events.mapped(OsdMapMessage.decode(payload));
            case AUTH_REPLY -> renewed(AuthReply.decode(payload));
            case MON_COMMAND_ACK -> {
                MonCommandAck ack = MonCommandAck.decode(payload);
                requests.answered(ack.tid(), ack);
            }
            case MON_GET_VERSION_REPLY -> {
                MonGetVersionReply reply = MonGetVersionReply.decode(payload);
                requests.answered(reply.handle(), reply);
            }
            case POOLOP_REPLY -> {
                PoolOpReply reply = PoolOpReply.decode(payload);
                requests.answered(reply.tid(), reply);
            }
            default -> payload.release();
        }
    }

    private void mapped(MonMap newer) {
        UUID known = map == null ? expected.orElse(newer.fsid()) : map.fsid();
        if (!known.equals(newer.fsid())) {
            RadosException wrong = new RadosException(
                    Errno.EINVAL,
                    connecting() + " " + known + ", whose monitors belong to cluster " + newer.fsid()
                            + ": the configuration's fsid or mon_host is wrong");
            if (map == null) {
                giveUp(wrong);
            } else {
                lost(wrong.getMessage());
            }
            return;
        }
        boolean first = map == null;
        map = newer;
        monitors = newer.monitors().stream()
                .map(each ->
                        new Monitor(each.name(), EntityAddr.msgr2Of(each.addresses()), each.priority(), each.weight()))
                .toList();
        subscriptions.got(MONMAP, newer.epoch());
        Connection open = session;
        if (first && open != null) {
            requests.tids().forEach(tid -> send(open, tid));
        }
        checkStarted();
    }

    private void configured(ConfigMessage message) {
        configured = true;
        events.configured(message.options());
        checkStarted();
    }

    private void checkStarted() {
        if (map != null && configured && !started.isDone()) {
            started.complete(new Cluster(map.fsid(), auth.tickets().globalId()));
        }
    }

    // ---- the end

    /** Fails what is not answered, and closes everything. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            started.completeExceptionally(shutDown(connecting()));
            stop();
            done.complete(null);
        });
        return done;
    }

    private void stop() {
        closed = true;
        hunt.stop();
        lost("shut down");
        requests.fail(MonClient::shutDown);
    }
}
