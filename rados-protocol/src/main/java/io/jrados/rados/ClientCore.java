package io.jrados.rados;

import io.jrados.auth.ClientAuth;
import io.jrados.auth.CryptoKey;
import io.jrados.conf.CephConf;
import io.jrados.conf.Deadlines;
import io.jrados.conf.Environment;
import io.jrados.conf.MonitorEndpoint;
import io.jrados.error.ClosedException;
import io.jrados.error.RadosException;
import io.jrados.message.LogMessage;
import io.jrados.message.MgrMap;
import io.jrados.message.OsdMapMessage;
import io.jrados.mon.MgrClient;
import io.jrados.mon.MgrTransport;
import io.jrados.mon.MonClient;
import io.jrados.mon.MonEvents;
import io.jrados.mon.MonRequests;
import io.jrados.mon.MonSettings;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.msgr.Messenger;
import io.jrados.msgr.NettyLoop;
import io.jrados.msgr.NettyLoops;
import io.jrados.osd.Monitors;
import io.jrados.osd.Objecter;
import io.jrados.osd.ObjecterEvents;
import io.jrados.osd.OsdConnector;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one client below its API, and who of them tells whom of what: one messenger, one monitor client, one
 * manager client and one Objecter, all but the first on one loop.
 */
final class ClientCore {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCore.class);

    private final Settings settings;
    private final NettyLoops loops;
    private final NettyLoop loop;
    private final ClientAuth auth;
    private final Messenger messenger;
    private final MonClient monitors;
    private final MgrClient manager;
    private final Callbacks callbacks;
    private final ObjecterEvents events;
    private final Consumer<LogMessage> logged;
    private final Configured.Live live;
    private volatile boolean ending;
    private volatile @Nullable Objecter objecter;
    private volatile MonClient.@Nullable Cluster cluster;

    /**
     * The choices of a client, which are made before any thread runs.
     *
     * @param completions runs what depends on futures of operations
     */
    record Settings(
            CephConf conf,
            Deadlines deadlines,
            Environment environment,
            Executor completions,
            Messenger messenger,
            MonSettings monitors,
            List<MonitorEndpoint> bootstrap) {
        static Settings of(
                CephConf conf,
                Deadlines deadlines,
                Environment environment,
                Executor completions,
                UnaryOperator<InetSocketAddress> translator)
                throws RadosException {
            Messenger messenger = new Messenger(
                    environment,
                    translator,
                    conf.duration("ms_connection_ready_timeout"),
                    conf.bool("ms_crc_data"),
                    Configured.compression(conf),
                    conf.bytes("ms_dispatch_throttle_bytes"));
            return new Settings(
                    conf,
                    deadlines,
                    environment,
                    completions,
                    messenger,
                    Configured.monitors(conf),
                    conf.monitorEndpoints());
        }
    }

    /** @param logged is told of the cluster's log, on the loop */
    ClientCore(
            Settings settings, ClientAuth auth, NettyLoops loops, ObjecterEvents events, Consumer<LogMessage> logged) {
        this.settings = settings;
        this.auth = auth;
        this.loops = loops;
        this.events = events;
        this.logged = logged;
        this.live = new Configured.Live(settings.conf, settings.deadlines);
        this.messenger = settings.messenger;
        this.loop = loops.next();
        this.callbacks = new Callbacks(loop);
        this.monitors = new MonClient(
                loop,
                settings.environment,
                auth,
                (address, login, listener) -> messenger.connect(address, EntityName.MON, login, listener, loop),
                settings.monitors,
                settings.bootstrap,
                settings.conf.fsid(),
                new FromMonitors());
        this.manager = new MgrClient(loop, settings.environment, new ToManager());
    }

    /** Logs in and fetches the first map, all within a deadline. */
    CompletableFuture<Void> start(Duration deadline) {
        long start = settings.environment.nanoTime();
        return monitors.start(deadline)
                .thenCompose(found -> follow(found, deadline.minusNanos(settings.environment.nanoTime() - start)));
    }

    /** An OSD that stopped is out of the map only after the grace: whoever waits less fails when one merely died. */
    private void warnOfShortDeadline() {
        Duration grace = conf().duration("osd_heartbeat_grace");
        if (deadlines().operation().compareTo(grace) < 0) {
            LOG.warn(
                    "operations have a deadline of {}, less than the cluster's heartbeat grace of {}: the loss of one OSD"
                            + " makes them fail, and leaves writes in doubt",
                    deadlines().operation(),
                    grace);
        }
    }

    /** Begins when our identity is known: begins to follow the OSD map. Called on the loop. */
    private CompletableFuture<Void> follow(MonClient.Cluster found, Duration left) {
        if (ending) {
            return CompletableFuture.failedFuture(new ClosedException("connecting, on a client that was shut down"));
        }
        cluster = found;
        warnOfShortDeadline();
        manager.start(found.fsid());
        Objecter made = new Objecter(
                found.fsid(),
                loop,
                settings.environment,
                new ToOsds(),
                new ToMonitors(),
                Configured.limits(conf()),
                Configured.location(conf()),
                events,
                settings.completions,
                callbacks);
        objecter = made;
        return made.waitForEpoch(1, left);
    }

    private final class FromMonitors implements MonEvents {
        @Override
        public void configured(Map<String, String> options) {
            live.central(options);
        }

        @Override
        public void mapped(OsdMapMessage message) {
            Objecter follower = objecter;
            if (follower != null) {
                follower.mapped(message);
            }
        }

        @Override
        public void refused() {
            callbacks.execute(() -> {
                try {
                    auth.replaceKey(CryptoKey.fromBase64(conf().key()));
                } catch (RadosException missing) {
                    LOG.warn("keeping the key that {} was started with: {}", auth.entity(), missing.getMessage());
                }
            });
        }

        @Override
        public void managed(MgrMap map) {
            monitors.got("mgrmap", map.epoch());
            manager.mapped(map);
        }

        @Override
        public void logged(LogMessage message) {
            logged.accept(message);
        }
    }

    private final class ToMonitors implements Monitors {
        @Override
        public void wantOsdMap(long start, boolean once) {
            monitors.wantOsdMap(start, once);
        }

        @Override
        public void gotOsdMap(long epoch) {
            monitors.gotOsdMap(epoch);
        }

        @Override
        public void missedOsdMap() {
            monitors.missedOsdMap();
        }

        @Override
        public void distrust(String why) {
            monitors.distrust(why);
        }

        @Override
        public CompletableFuture<Long> newestOsdMap(Duration deadline) {
            return monitors.requests().newest("osdmap", deadline);
        }

        @Override
        public void renewTickets() {
            monitors.renewTickets();
        }
    }

    private final class ToOsds implements OsdConnector {
        @Override
        public Connection connect(EntityAddr address, ConnectionListener listener) {
            return messenger.connect(address, EntityName.OSD, auth.toService(EntityName.OSD), listener, loops.next());
        }

        @Override
        public EntityAddr ownAddress() {
            return messenger.ownAddress();
        }
    }

    private final class ToManager implements MgrTransport {
        @Override
        public Connection connect(EntityAddr address, ConnectionListener listener) {
            return messenger.connect(address, EntityName.MGR, auth.toService(EntityName.MGR), listener, loop);
        }

        @Override
        public void wantMap() {
            monitors.want("mgrmap", 0);
        }

        @Override
        public void renewTicket() {
            monitors.renewTickets();
        }

        @Override
        public boolean hasTicket() {
            return auth.tickets().known(EntityName.MGR);
        }
    }

    // ---- the parts

    Objecter objecter() {
        Objecter known = objecter;
        if (known == null) {
            throw new IllegalStateException("the client is not connected");
        }
        return known;
    }

    MonRequests monitors() {
        return monitors.requests();
    }

    MonClient monClient() {
        return monitors;
    }

    MgrClient manager() {
        return manager;
    }

    Executor callbacks() {
        return callbacks;
    }

    Deadlines deadlines() {
        return live.deadlines();
    }

    Configured.Live live() {
        return live;
    }

    CephConf conf() {
        return live.conf();
    }

    ClientAuth auth() {
        return auth;
    }

    NettyLoop loop() {
        return loop;
    }

    EntityAddr ownAddress() {
        return messenger.ownAddress();
    }

    Optional<MonClient.Cluster> cluster() {
        return Optional.ofNullable(cluster);
    }

    // ---- the end

    /** Begins nothing any more. */
    void ends() {
        ending = true;
    }

    /** Called on the loop, where nobody is in the middle of making what is closed here. */
    CompletableFuture<Void> close() {
        Objecter open = objecter;
        CompletableFuture<Void> osds = open == null ? CompletableFuture.completedFuture(null) : open.close();
        return osds.thenCompose(closed -> manager.close())
                .thenCompose(closed -> monitors.close())
                .thenRun(() -> {
                    auth.close();
                    callbacks.close();
                });
    }
}
