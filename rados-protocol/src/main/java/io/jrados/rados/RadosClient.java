package io.jrados.rados;

import io.jrados.auth.ClientAuth;
import io.jrados.conf.CephConf;
import io.jrados.conf.ConnectionMode;
import io.jrados.conf.Deadlines;
import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.message.LogMessage;
import io.jrados.mon.MgrClient;
import io.jrados.mon.MonClient;
import io.jrados.mon.MonRequests;
import io.jrados.msgr.Connection;
import io.jrados.msgr.NettyCheck;
import io.jrados.osd.Objecter;
import io.jrados.osd.SerialExecutor;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PoolInfo;
import io.jrados.wire.EntityAddr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API of one client, over its parts. */
final class RadosClient implements Rados {
    private static final Logger LOG = LoggerFactory.getLogger(RadosClient.class);
    private static final Duration SLOW = Duration.ofSeconds(5);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final OperationHook hook;
    private final Executor completions;
    private final Environment environment;
    private final Observation observation;
    private final IoLoops loops;
    private final boolean ownsLoops;
    private final ClientCore core;
    private final LogFollower log;
    private final ClientParts parts = new ClientParts();
    private final SpentTime spentTime = parts.get(SpentTime.class, SpentTime::new);
    private final AtomicReference<@Nullable CompletableFuture<Void>> closing = new AtomicReference<>();

    private RadosClient(RadosBuilder builder) throws RadosException {
        this.hook = builder.hook;
        this.completions = builder.executor;
        this.environment = builder.environment;
        this.observation = new Observation(builder.observer, environment);
        ClientAuth auth = Configured.auth(builder.conf, environment);
        ClientCore.Settings settings =
                ClientCore.Settings.of(builder.conf, builder.deadlines, environment, completions, builder.translator);
        // threads are last: nothing above may fail with them running
        this.ownsLoops = builder.loops.isEmpty();
        this.loops = builder.loops.orElseGet(() -> IoLoops.start(builder.threads));
        this.core = new ClientCore(settings, auth, loops.loops(), observation, this::logged);
        this.log = new LogFollower(
                core.loop(), new SerialExecutor(core.callbacks()), LogFollower.Source.of(core.monClient()));
    }

    private void logged(LogMessage message) {
        log.logged(message);
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
            client = new RadosClient(builder);
        } catch (RadosException failed) {
            return CompletableFuture.failedFuture(failed);
        }
        Wait.Handed<Rados> connected = new Wait.Handed<>();
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
        client.core.start(deadline).whenComplete((done, failure) -> {
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

    // ---- what pools need

    Objecter objecter() {
        return core.objecter();
    }

    MonRequests monitors() {
        return core.monitors();
    }

    MonClient monClient() {
        return core.monClient();
    }

    MgrClient manager() {
        return core.manager();
    }

    LogFollower log() {
        return log;
    }

    Deadlines deadlines() {
        return core.deadlines();
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
        return core.ownAddress().withType(EntityAddr.NONE).toString();
    }

    private MonClient.Cluster cluster() {
        return core.cluster().orElseThrow(() -> new IllegalStateException("the client is not connected"));
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
        return core.conf();
    }

    @Override
    public void setOption(String option, String value) throws RadosException {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        checkOpen("setting option " + option);
        core.live().set(option, value);
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public Loop loop() {
        return core.loop();
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
        core.loop().execute(() -> {
            List<DaemonConnection> open = new ArrayList<>();
            core.monClient().forSession((name, connection) -> add(open, "mon." + name, connection));
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
        core.loop().execute(() -> {
            Explanation.Builder all = new Explanation.Builder();
            try {
                // images first: their lines are few, and say more
                parts.explain(all);
                core.monClient().explain(all);
                core.manager().explain(all);
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
            completions.execute(completion);
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
        core.ends();
        parts.clientCloses();
        // on the loop nobody is in the middle of making what is closed here
        core.loop().execute(() -> closeParts().whenComplete((closed, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure);
            }
        }));
        return done;
    }

    private CompletableFuture<Void> closeParts() {
        return core.close().thenCompose(closed -> {
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
        return "Rados[" + core.auth().entity()
                + core.cluster().map(known -> ", client." + known.globalId()).orElse("") + "]";
    }
}
