package io.jrados.rbd.io;

import io.jrados.conf.CephConf;
import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.rados.ClientPart;
import io.jrados.rados.ClusterAdmin;
import io.jrados.rados.CommandResult;
import io.jrados.rados.DaemonConnection;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.wait.ManualLoop;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A cluster in memory; every pool and namespace that is asked for exists. */
public final class MemoryRados implements Rados {
    private final Map<String, MemoryPool> pools = new ConcurrentHashMap<>();

    private final Map<Class<?>, ClientPart> parts = new ConcurrentHashMap<>();

    /** Nobody tells the header of accesses. */
    private final CephConf conf = quiet();

    /** Timers run when the test says. */
    public final ManualLoop loop = new ManualLoop();

    /** The clock of the timers. */
    private final Environment environment = new Environment() {
        private final Environment real = Environment.system();

        @Override
        public long nanoTime() {
            return loop.time.nanoTime();
        }

        @Override
        public long wallClockMillis() {
            return real.wallClockMillis();
        }

        @Override
        public RandomGenerator random() {
            return real.random();
        }
    };

    private static CephConf quiet() {
        try {
            return CephConf.builder()
                    .build()
                    .withOverrides(
                            Map.of("rbd_atime_update_interval", "0", "rbd_mtime_update_interval", "0"), "the test");
        } catch (RadosException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public MemoryPool pool(long id, String namespace) {
        return pools.computeIfAbsent(id + "/" + namespace, key -> new MemoryPool(this, id, namespace));
    }

    @Override
    public CompletableFuture<Pool> poolAsync(long id) {
        return CompletableFuture.completedFuture(pool(id, ""));
    }

    @Override
    public CompletableFuture<Pool> poolAsync(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Explanation> explainAsync() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public UUID fsid() {
        return new UUID(0, 0);
    }

    @Override
    public long instanceId() {
        return 1;
    }

    @Override
    public String address() {
        return "-";
    }

    @Override
    public void setEpochBarrier(long epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CephConf conf() {
        return conf;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public long osdMapEpoch() {
        return 1;
    }

    @Override
    public List<String> pools() {
        return List.of();
    }

    @Override
    public CompletableFuture<Void> waitForLatestOsdMapAsync() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<CommandResult> monCommandAsync(String command, byte[] input) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ClusterAdmin admin() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<List<DaemonConnection>> connectionsAsync() {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public void setOption(String option, String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OptionalInt requireMinCompatClient() {
        return OptionalInt.of(14);
    }

    @Override
    public <T extends ClientPart> T part(Class<T> kind, Supplier<T> make) {
        return kind.cast(parts.computeIfAbsent(kind, missing -> make.get()));
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
