package io.jrados.rados;

import io.jrados.auth.ClientAuth;
import io.jrados.auth.CryptoKey;
import io.jrados.conf.CephConf;
import io.jrados.conf.Deadlines;
import io.jrados.conf.MonitorEndpoint;
import io.jrados.error.RadosException;
import io.jrados.message.LogMessage;
import io.jrados.message.MgrMap;
import io.jrados.message.OsdMapMessage;
import io.jrados.mon.MgrClient;
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
import io.jrados.osd.OsdConnector;
import io.jrados.osd.SerialExecutor;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one client below its API, and who of them tells whom of what: one messenger, one monitor client, one
 * manager client and one Objecter, all but the first on one loop.
 */
final class ClientCore {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCore.class);

    private final IoLoops loops;
    private final boolean ownsLoops;
    private final NettyLoop loop;
    private final ClientAuth auth;
    private final Messenger messenger;
    private final MonClient monitors;
    private final MgrClient manager;
    private final LogFollower log;
    private final Callbacks callbacks;
    private final RadosBuilder settings;
    private final Observation observation;
    private final Configured.Live live;
    private volatile boolean ending;
    private volatile @Nullable Objecter objecter;
    private volatile MonClient.@Nullable Cluster cluster;

    ClientCore(RadosBuilder builder, ClientAuth auth, List<MonitorEndpoint> bootstrap, Observation observation) {
        this.settings = builder;
        this.observation = observation;
        this.live = new Configured.Live(builder.conf, builder.deadlines);
        CephConf conf = builder.conf;
        this.auth = auth;
        this.messenger = new Messenger(
                builder.environment,
                builder.translator,
                conf.duration("ms_connection_ready_timeout"),
                conf.bool("ms_crc_data"),
                Configured.compression(conf),
                conf.bytes("ms_dispatch_throttle_bytes"));
        MonSettings monitorSettings = Configured.monitors(conf);
        // threads are last: nothing above may fail with them running
        this.ownsLoops = builder.loops.isEmpty();
        this.loops = builder.loops.orElseGet(() -> IoLoops.start(builder.threads));
        this.loop = loops.loops().next();
        this.callbacks = new Callbacks(loop);
        this.monitors = new MonClient(
                loop,
                builder.environment,
                auth,
                (address, login, listener) -> messenger.connect(address, EntityName.MON, login, listener, loop),
                monitorSettings,
                bootstrap,
                conf.fsid(),
                new FromMonitors());
        this.manager = new MgrClient(loop, builder.environment, new ManagerLink(messenger, loop, auth, monitors));
        this.log = new LogFollower(loop, new SerialExecutor(callbacks), monitors);
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
            return CompletableFuture.failedFuture(RadosClient.closed("connecting"));
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
                observation,
                settings.executor,
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
            log.logged(message);
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
            NettyLoops all = loops.loops();
            return messenger.connect(address, EntityName.OSD, auth.toService(EntityName.OSD), listener, all.next());
        }

        @Override
        public EntityAddr ownAddress() {
            return messenger.ownAddress();
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

    LogFollower log() {
        return log;
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

    IoLoops loops() {
        return loops;
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
    CompletableFuture<Void> close(RadosClient owner) {
        Objecter open = objecter;
        CompletableFuture<Void> osds = open == null ? CompletableFuture.completedFuture(null) : open.close();
        return osds.thenCompose(closed -> manager.close())
                .thenCompose(closed -> monitors.close())
                .thenCompose(closed -> {
                    auth.close();
                    callbacks.close();
                    loops.leave(owner);
                    return ownsLoops ? loops.closeAsync() : CompletableFuture.completedFuture(null);
                });
    }
}
