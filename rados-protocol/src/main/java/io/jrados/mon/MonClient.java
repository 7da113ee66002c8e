package io.jrados.mon;

import io.jrados.auth.ClientAuth;
import io.jrados.auth.MonitorLogin;
import io.jrados.conf.Environment;
import io.jrados.conf.Expiry;
import io.jrados.conf.Loop;
import io.jrados.conf.MonitorEndpoint;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.message.AuthReply;
import io.jrados.message.ConfigMessage;
import io.jrados.message.LogMessage;
import io.jrados.message.MessageType;
import io.jrados.message.MgrMap;
import io.jrados.message.MonMap;
import io.jrados.message.MonMapMessage;
import io.jrados.message.MonSubscribe;
import io.jrados.message.OsdMapMessage;
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
    /** A cluster that has no central configuration for us may say nothing. */
    private static final Duration CONFIG_PATIENCE = Duration.ofSeconds(2);

    /** The identity of a cluster, and of this client in it. */
    public record Cluster(UUID fsid, long globalId) {}

    private final Loop loop;
    private final Expiry expiry;
    private final ClientAuth auth;
    private final Optional<UUID> expected;
    private final MonEvents events;
    private final Hunt hunt;
    private final MonRequests requests;
    private final DirectRequests direct;
    private final TicketRenewal renewal;
    private final SignsOfLife signs;
    private final Subscriptions subscriptions = new Subscriptions();
    private final CompletableFuture<Cluster> started = new CompletableFuture<>();

    private List<Monitor> monitors;
    private @Nullable MonMap map;
    private boolean configured;
    private @Nullable Connection session;
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
            List<MonitorEndpoint> bootstrap,
            Optional<UUID> expected,
            MonEvents events) {
        this.loop = loop;
        this.expiry = new Expiry(loop, environment);
        this.auth = auth;
        this.expected = expected;
        this.events = events;
        this.monitors = bootstrap.stream().map(Monitor::at).toList();
        this.hunt = new Hunt(loop, environment, transport, auth, settings, new Hunting());
        this.direct = new DirectRequests(loop, environment, transport, auth, new Named());
        this.requests = new MonRequests(loop, environment, new OpenSession());
        this.signs = new SignsOfLife(loop, environment, settings, hunt::faster, this::lost);
        this.renewal = new TicketRenewal(loop, auth.tickets(), () -> map == null ? 0 : map.epoch());
    }

    /**
     * Finds a monitor. Completes with the monitors' map and our central configuration there; fails with EACCES as soon
     * as every monitor that answers has refused us, with EINVAL for another cluster than expected. Monitors that cannot
     * be reached are tried until the deadline. Then it fails with the errno of their answers if all of them answer
     * alike, such as ECONNREFUSED, and with ETIMEDOUT otherwise; the message says how the attempt with each ended.
     */
    public CompletableFuture<Cluster> start(Duration deadline) {
        loop.execute(() -> {
            Loop.Timer late = expiry.after(deadline, () -> giveUp(late(deadline)));
            started.whenComplete((cluster, failure) -> late.cancel());
            subscriptions.want(MONMAP, 0, false);
            subscriptions.want(CONFIG, 0, false);
            hunt.begin();
        });
        return started;
    }

    /** The failure at the deadline: the monitors' own errno if all of them answer alike, such as ECONNREFUSED. */
    private RadosException late(Duration deadline) {
        String doing = connecting() + ", for " + deadline.toMillis() + " ms: " + state();
        Optional<Errno> agreed = session == null ? hunt.agreed() : Optional.empty();
        return agreed.map(errno -> RadosException.of(errno, doing))
                .orElseGet(() -> new DeadlineException(doing, DeadlineException.Sent.UNKNOWN, null));
    }

    private String connecting() {
        return "connecting " + auth.entity() + " to the cluster";
    }

    private String state() {
        if (session == null) {
            return hunt.outcomes();
        }
        if (!started.isDone()) {
            return "a monitor let us in but does not tell " + (map == null ? "its map" : "our configuration");
        }
        return "mon." + name(session) + " has not answered: it may have no quorum";
    }

    private void giveUp(RadosException why) {
        if (started.completeExceptionally(why)) {
            stop();
        }
    }

    // ---- what can be asked

    /** Questions that any monitor may answer. */
    public MonRequests requests() {
        return requests;
    }

    /** Questions to one monitor that the caller names. */
    public DirectRequests direct() {
        return direct;
    }

    private UUID fsid() {
        MonMap known = map;
        if (known == null) {
            throw new IllegalStateException("the cluster's id is not known yet");
        }
        return known.fsid();
    }

    /** The newest of the monitors' maps, once there is one. Called on the loop. */
    public Optional<MonMap> map() {
        return Optional.ofNullable(map);
    }

    // ---- what is told without being asked again

    /** Wants to be told of something else from a version on. Called on the loop. */
    public void want(String what, long start) {
        if (subscriptions.want(what, start, false)) {
            subscribe();
        }
    }

    /** Ends a subscription. Called on the loop. */
    public void unwant(String what) {
        subscriptions.unwant(what);
    }

    /** A version of something that is wanted has arrived. Called on the loop. */
    public void got(String what, long version) {
        subscriptions.got(what, version);
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

    /** An OSD map came and could not be taken: the next wish for it is asked again. Called on the loop. */
    public void missedOsdMap() {
        subscriptions.unwant(OSDMAP);
    }

    /** The monitor that we are with sent what cannot be read: looks for another one. Called on the loop. */
    public void distrust(String why) {
        if (session != null) {
            lost(why);
        }
    }

    /** A service refused our ticket: looks now whether one is due. Called on the loop. */
    public void renewTickets() {
        renewal.schedule();
    }

    /** The monitor that we are with, if any, by its name. Called on the loop. */
    public void forSession(BiConsumer<String, Connection> visitor) {
        Connection open = session;
        if (open != null) {
            visitor.accept(name(open), open);
        }
    }

    private String name(Connection with) {
        return monitors.stream()
                .filter(each -> each.address().equals(with.peer()))
                .map(Monitor::name)
                .findFirst()
                .orElse("");
    }

    /** Adds whatever the monitors have not answered. Called on the loop. */
    public void explain(Explanation.Builder all) {
        requests.explain(all);
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

    private final class Named implements DirectRequests.Monitors {
        @Override
        public Optional<Monitor> named(String name) {
            return monitors.stream().filter(each -> each.name().equals(name)).findFirst();
        }

        @Override
        public UUID fsid() {
            return MonClient.this.fsid();
        }

        @Override
        public boolean isClosed() {
            return closed;
        }
    }

    private final class OpenSession implements MonRequests.Session {
        @Override
        public Optional<Connection> open() {
            return map == null ? Optional.empty() : Optional.ofNullable(session);
        }

        @Override
        public UUID fsid() {
            return MonClient.this.fsid();
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public String state() {
            return MonClient.this.state();
        }
    }

    private final class Hunting implements Hunt.Owner {
        @Override
        public List<Monitor> monitors() {
            return monitors;
        }

        @Override
        public void found(Monitor monitor, Connection connection, MonitorLogin with) {
            LOG.info("{} is with {} as client.{}", auth.entity(), monitor, connection.globalId());
            session = connection;
            subscriptions.forgetAsked();
            subscribe();
            if (map != null) {
                requests.askAgain(connection);
            } else {
                loop.schedule(CONFIG_PATIENCE, () -> {
                    configured = true;
                    checkStarted();
                });
            }
            signs.watch(connection);
            renewal.begin(connection, with);
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
                events.refused();
            }
        }
    }

    private void lost(String why) {
        Connection old = session;
        session = null;
        renewal.end();
        signs.stop();
        if (old != null) {
            old.close();
        }
        if (!closed) {
            LOG.info("looking for another monitor: {}", why);
            hunt.slower();
            hunt.begin();
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
            case MGR_MAP -> events.managed(MgrMap.decode(payload));
            case LOG -> events.logged(LogMessage.decode(payload));
            default -> {
                if (!requests.answered(type, payload)) {
                    payload.release();
                }
            }
        }
    }

    private void renewed(AuthReply reply) {
        try {
            renewal.answered(reply);
        } catch (RadosException failed) {
            LOG.warn("{}; the tickets that are there still serve for a while", failed.getMessage());
            lost(failed.getMessage());
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
        if (!first && newer.keys().epoch() > map.keys().epoch()) {
            LOG.info("the cluster has new rules for keys: all tickets are renewed");
            auth.tickets().invalidateAll();
            renewal.schedule();
        }
        map = newer;
        auth.allowedKeys(newer.keys().allowed());
        // of a monitor with addresses of both families the one that is known to work
        boolean ipv6 = session != null && session.peer().isIpv6();
        monitors = newer.monitors().stream()
                .map(each -> new Monitor(
                        each.name(), EntityAddr.msgr2Of(each.addresses(), ipv6), each.priority(), each.weight()))
                .toList();
        subscriptions.got(MONMAP, newer.epoch());
        Connection open = session;
        if (first && open != null) {
            requests.askAgain(open);
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
            started.completeExceptionally(MonRequests.shutDown(connecting()));
            stop();
            done.complete(null);
        });
        return done;
    }

    private void stop() {
        closed = true;
        hunt.stop();
        lost("shut down");
        requests.failAll();
    }
}
