package io.jrados.rados;

import io.jrados.auth.ClientAuth;
import io.jrados.auth.CryptoKey;
import io.jrados.conf.CephConf;
import io.jrados.conf.ConnectionMode;
import io.jrados.conf.Deadlines;
import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.conf.MonitorEndpoint;
import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
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
import io.jrados.msgr.NettyCheck;
import io.jrados.msgr.NettyLoop;
import io.jrados.msgr.NettyLoops;
import io.jrados.osd.Monitors;
import io.jrados.osd.Objecter;
import io.jrados.osd.OsdConnector;
import io.jrados.osd.SerialExecutor;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PoolInfo;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts together: one messenger, one monitor client and one Objecter, the latter two on one loop. */
final class RadosClient implements Rados {
    private static final Logger LOG = LoggerFactory.getLogger(RadosClient.class);
    private static final Duration SLOW = Duration.ofSeconds(5);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final OperationHook hook;
    private final Observation observation;
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
    private final ClientParts parts = new ClientParts();
    private final SpentTime spentTime = parts.get(SpentTime.class, SpentTime::new);
    private final AtomicReference<@Nullable CompletableFuture<Void>> closing = new AtomicReference<>();
    private final Configured.Live live;
    private volatile @Nullable Objecter objecter;
    private volatile MonClient.@Nullable Cluster cluster;

    private RadosClient(RadosBuilder builder, ClientAuth auth, List<MonitorEndpoint> bootstrap) {
        this.settings = builder;
        this.live = new Configured.Live(builder.conf, builder.deadlines);
        CephConf conf = builder.conf;
        this.auth = auth;
        this.hook = builder.hook;
        this.observation = new Observation(builder.observer, builder.environment);
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

    // ---- connecting

    static CompletableFuture<Rados> connect(RadosBuilder builder) {
        RadosClient client;
        Optional<String> problem = NettyCheck.problem();
        if (problem.isPresent()) {
            return CompletableFuture.failedFuture(
                    RadosException.of(Errno.EOPNOTSUPP, "connecting with " + problem.get()));
        }
        try {
            client = new RadosClient(builder, Configured.auth(builder), builder.conf.monitorEndpoints());
        } catch (RadosException failed) {
            return CompletableFuture.failedFuture(failed);
        }
        Handed<Rados> connected = new Handed<>();
        // who gives up holds no client that it could close
        connected.whenComplete((given, failure) -> {
            if (failure != null) {
                client.closeAsync();
            }
        });
        if (!client.loops.join(client)) {
            connected.completeExceptionally(
                    new ClosedException("connecting " + client + " with threads that are closed"));
            return connected;
        }
        long start = builder.environment.nanoTime();
        Duration deadline = client.deadlines().connect();
        client.monitors
                .start(deadline)
                .thenCompose(
                        cluster -> client.follow(cluster, deadline.minusNanos(builder.environment.nanoTime() - start)))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        client.tellSlowStart(Duration.ofNanos(builder.environment.nanoTime() - start));
                        connected.complete(client);
                    } else {
                        client.closeAsync()
                                .whenComplete((closed, also) -> connected.completeExceptionally(Wait.cause(failure)));
                    }
                });
        return connected;
    }

    private void tellSlowStart(Duration took) {
        if (took.compareTo(SLOW) >= 0) {
            LOG.info("connecting {} took {} ms", this, took.toMillis());
        }
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
        if (closing.get() != null) {
            return CompletableFuture.failedFuture(closed("connecting"));
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

    // ---- what pools need

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

    Observation observation() {
        return observation;
    }

    @Override
    public RadosObserver observer() {
        return observation.forLayers();
    }

    SpentTime spentTime() {
        return spentTime;
    }

    OperationHook hook() {
        return hook;
    }

    OsdMap map() {
        return objecter().map().orElseThrow(() -> new IllegalStateException("the client is not connected"));
    }

    @Override
    public String address() {
        return messenger.ownAddress().withType(EntityAddr.NONE).toString();
    }

    private MonClient.Cluster cluster() {
        MonClient.Cluster known = cluster;
        if (known == null) {
            throw new IllegalStateException("the client is not connected");
        }
        return known;
    }

    // ---- the cluster

    @Override
    public ClusterAdmin admin() {
        return new ClusterAdmin(this);
    }

    @Override
    public UUID fsid() {
        return cluster().fsid();
    }

    @Override
    public long instanceId() {
        return cluster().globalId();
    }

    @Override
    public CephConf conf() {
        return live.conf();
    }

    @Override
    public void setOption(String option, String value) throws RadosException {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        checkOpen("setting option " + option);
        live.set(option, value);
    }

    @Override
    public Environment environment() {
        return settings.environment;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public long osdMapEpoch() {
        return map().epoch();
    }

    @Override
    public List<String> pools() {
        OsdMap map = map();
        List<String> names = new ArrayList<>();
        map.pools().keySet().forEach(id -> map.poolName(id).ifPresent(names::add));
        return names;
    }

    @Override
    public CompletableFuture<Pool> poolAsync(String name) {
        if (name == null) {
            return missing("name");
        }
        return pool(map -> map.pool(name), "opening pool " + name);
    }

    @Override
    public CompletableFuture<Pool> poolAsync(long id) {
        return pool(map -> map.pool(id), "opening pool " + id);
    }

    private CompletableFuture<Pool> pool(Function<OsdMap, Optional<PoolInfo>> find, String doing) {
        if (closing.get() != null) {
            return CompletableFuture.failedFuture(closed(doing));
        }
        Optional<Pool> known = view(find);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        return waitForLatestOsdMapAsync().thenCompose(latest -> view(find)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.failedFuture(RadosException.of(Errno.ENOENT, doing))));
    }

    private Optional<Pool> view(Function<OsdMap, Optional<PoolInfo>> find) {
        OsdMap map = map();
        return find.apply(map)
                .map(pool -> new PoolView(
                        this,
                        pool.id(),
                        map.poolName(pool.id()).orElse(Long.toString(pool.id())),
                        pool.isErasure(),
                        pool.tiers().tierOf() >= 0));
    }

    @Override
    public CompletableFuture<Void> waitForLatestOsdMapAsync() {
        return monitors().newest("osdmap", deadlines().command()).thenCompose(newest -> objecter()
                .waitForEpoch(newest, deadlines().command()));
    }

    @Override
    public void setEpochBarrier(long epoch) {
        if (epoch < 0 || epoch > 0xffffffffL) {
            throw new IllegalArgumentException("epoch: " + epoch + " is none of a map");
        }
        objecter().setEpochBarrier(epoch);
    }

    @Override
    public CompletableFuture<CommandResult> monCommandAsync(String command, byte[] input) {
        if (command == null) {
            return missing("command");
        }
        if (input == null) {
            return missing("input");
        }
        return monitors()
                .command(command, input, deadlines().command())
                .thenApply(ack -> new CommandResult(ack.status(), ack.output()));
    }

    @Override
    public CompletableFuture<List<DaemonConnection>> connectionsAsync() {
        if (closing.get() != null) {
            return CompletableFuture.failedFuture(closed("looking at the connections"));
        }
        CompletableFuture<List<DaemonConnection>> found = new CompletableFuture<>();
        loop.execute(() -> {
            List<DaemonConnection> open = new ArrayList<>();
            monitors.forSession((name, connection) -> add(open, "mon." + name, connection));
            objecter().forEachConnection((osd, connection) -> add(open, "osd." + osd, connection));
            found.complete(open);
        });
        return found;
    }

    private static void add(List<DaemonConnection> open, String daemon, Connection connection) {
        for (ConnectionMode mode : ConnectionMode.values()) {
            if (mode.number() == connection.mode()) {
                open.add(new DaemonConnection(daemon, connection.peer().toSocketAddress(), mode));
            }
        }
    }

    @Override
    public CompletableFuture<Explanation> explainAsync() {
        if (closing.get() != null) {
            return CompletableFuture.failedFuture(closed("explaining what is waited for"));
        }
        CompletableFuture<Explanation> explained = new CompletableFuture<>();
        loop.execute(() -> {
            Explanation.Builder all = new Explanation.Builder();
            try {
                // images first: their lines are few, and say more
                parts.explain(all);
                monitors.explain(all);
                manager.explain(all);
                objecter().explain(all);
                explained.complete(all.build());
            } catch (RuntimeException | Error broken) {
                explained.completeExceptionally(broken);
            }
        });
        return explained;
    }

    @Override
    public OptionalInt requireMinCompatClient() {
        int release = map().requireMinCompatClient();
        return release == 0 ? OptionalInt.empty() : OptionalInt.of(release);
    }

    @Override
    public <T extends ClientPart> T part(Class<T> kind, Supplier<T> make) {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(make, "make");
        return parts.get(kind, make);
    }

    @Override
    public void complete(Runnable completion) {
        Objects.requireNonNull(completion, "completion");
        try {
            settings.executor.execute(completion);
        } catch (RuntimeException | Error refused) {
            LOG.warn("the executor for completions throws; completing without it", refused);
            completion.run();
        }
    }

    // ---- the end

    private static <T> CompletableFuture<T> missing(String argument) {
        return CompletableFuture.failedFuture(new NullPointerException(argument));
    }

    private static ClosedException closed(String doing) {
        return new ClosedException(doing + ", on a client that was shut down");
    }

    /** @throws ClosedException if this client is closed, or being closed */
    void checkOpen(String doing) throws ClosedException {
        if (closing.get() != null) {
            throw closed(doing);
        }
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return endAsync().copy();
    }

    /** The same future for all who call. */
    private CompletableFuture<Void> endAsync() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (!closing.compareAndSet(null, done)) {
            return Objects.requireNonNull(closing.get());
        }
        parts.clientCloses();
        // on the loop nobody is in the middle of making what is closed here
        loop.execute(() -> closeParts().whenComplete((closed, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure);
            }
        }));
        return done;
    }

    private CompletableFuture<Void> closeParts() {
        Objecter open = objecter;
        CompletableFuture<Void> osds = open == null ? CompletableFuture.completedFuture(null) : open.close();
        return osds.thenCompose(closed -> manager.close())
                .thenCompose(closed -> monitors.close())
                .thenCompose(closed -> {
                    auth.close();
                    callbacks.close();
                    loops.leave(this);
                    return ownsLoops ? loops.closeAsync() : CompletableFuture.completedFuture(null);
                });
    }

    @Override
    public void close() {
        Wait.forEnd(closeAsync(), CLOSE_WITHIN, () -> LOG.warn("closing {} takes longer than {}", this, CLOSE_WITHIN));
    }

    @Override
    public String toString() {
        MonClient.Cluster known = cluster;
        return "Rados[" + auth.entity() + (known == null ? "" : ", client." + known.globalId()) + "]";
    }
}
