package io.jrados.rados;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.json.JsonValue;
import io.jrados.message.PoolOp;
import io.jrados.message.PoolStat;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PoolInfo;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Makes, removes and describes pools. What changes a pool completes once this client's map shows the change. ENOENT for
 * a pool that does not exist; EPERM or EACCES without the capabilities.
 */
public final class PoolAdmin {
    private final RadosClient client;

    PoolAdmin(RadosClient client) {
        this.client = client;
    }

    /** Names of all pools by their ids, from the map in force. */
    public Map<Long, String> list() {
        OsdMap map = client.map();
        Map<Long, String> names = new TreeMap<>();
        map.pools().keySet().forEach(id -> map.poolName(id).ifPresent(name -> names.put(id, name)));
        return names;
    }

    // ---- making and removing

    /** Makes a pool as the cluster does by default; completes with its id, EEXIST if it exists. */
    public CompletableFuture<Long> createAsync(String name) {
        if (name == null) {
            return Wait.missing("name");
        }
        if (client.map().pool(name).isPresent()) {
            return CompletableFuture.failedFuture(RadosException.of(Errno.EEXIST, "creating pool " + name));
        }
        return change(0, PoolOp.Kind.CREATE, name, "creating pool " + name)
                .thenCompose(done -> find(name, "creating pool " + name))
                .thenApply(PoolInfo::id);
    }

    /** As {@link #createAsync(String)}. */
    public long create(String name) throws RadosException {
        return Wait.on(createAsync(name));
    }

    /** Makes a pool; completes with its id, EEXIST if it exists. */
    public CompletableFuture<Long> createAsync(String name, PoolOptions options) {
        if (name == null) {
            return Wait.missing("name");
        }
        if (options == null) {
            return Wait.missing("options");
        }
        if (client.map().pool(name).isPresent()) {
            return CompletableFuture.failedFuture(RadosException.of(Errno.EEXIST, "creating pool " + name));
        }
        return command(options.command(name))
                .thenCompose(done -> find(name, "creating pool " + name))
                .thenApply(PoolInfo::id);
    }

    /** As {@link #createAsync(String, PoolOptions)}. */
    public long create(String name, PoolOptions options) throws RadosException {
        return Wait.on(createAsync(name, options));
    }

    /** Removes a pool with everything in it; EPERM unless the monitors' mon_allow_pool_delete is on. */
    public CompletableFuture<Void> deleteAsync(String name) {
        if (name == null) {
            return Wait.missing("name");
        }
        String doing = "deleting pool " + name;
        // with the name of a pool the monitors say that it is done, and do nothing (OSDMonitor::preprocess_pool_op)
        return find(name, doing).thenCompose(pool -> change(pool.id(), PoolOp.Kind.DELETE, "", doing));
    }

    /** As {@link #deleteAsync}. */
    public void delete(String name) throws RadosException {
        Wait.on(deleteAsync(name));
    }

    /** Gives a pool another name; EEXIST if another pool has it. */
    public CompletableFuture<Void> renameAsync(String from, String to) {
        if (from == null) {
            return Wait.missing("from");
        }
        if (to == null) {
            return Wait.missing("to");
        }
        return command(Command.of("osd pool rename").with("srcpool", from).with("destpool", to));
    }

    /** As {@link #renameAsync}. */
    public void rename(String from, String to) throws RadosException {
        Wait.on(renameAsync(from, to));
    }

    // ---- what they hold, and may hold

    /** Asks for the statistics of pools, by name; those that do not exist are missing. */
    public CompletableFuture<Map<String, PoolStats>> statsAsync(List<String> names) {
        if (names == null) {
            return Wait.missing("names");
        }
        return client.monitors()
                .poolStats(List.copyOf(names), client.deadlines().command())
                .thenApply(reply -> {
                    Map<String, PoolStats> stats = new LinkedHashMap<>();
                    reply.pools().forEach((name, stat) -> stats.put(name, summed(stat, reply.perPool())));
                    return stats;
                });
    }

    /** As {@link #statsAsync}. */
    public Map<String, PoolStats> stats(List<String> names) throws RadosException {
        return Wait.on(statsAsync(names));
    }

    /**
     * The room that a pool's data take and may still take, as {@code ceph df} has it (PGMap::dump_pool_stats_full and
     * PGMap::dump_cluster_stats in src/mon/PGMap.cc). Each in bytes.
     */
    public interface Usage {
        /** The room of all stores, with all copies. */
        long cluster();

        /** The pool's data, each object counted once. */
        long stored();

        /** The room that the stores take for the pool, with all copies. */
        long used();

        /** The room for more in the pool, each object counted once: {@code max_avail}. */
        long available();
    }

    private record Used(long cluster, long stored, long used, long available) implements Usage {
        private static Optional<Usage> read(JsonValue answer, String pool) {
            long cluster = answer.get("stats").get("total_bytes").number();
            return answer.get("pools").elements().stream()
                    .filter(each -> each.get("name").text().equals(pool))
                    .findAny()
                    .map(each -> each.get("stats"))
                    .map(stats -> new Used(
                            cluster,
                            stats.get("stored").number(),
                            stats.get("bytes_used").number(),
                            stats.get("max_avail").number()));
        }
    }

    /** Asks how much of the cluster a pool takes, and how much more it may; EAGAIN until a manager has told of it. */
    public CompletableFuture<Usage> usageAsync(String pool) {
        if (pool == null) {
            return Wait.missing("pool");
        }
        String doing = "asking for the usage of pool " + pool;
        return find(pool, doing)
                .thenCompose(known -> client.admin().commands().monAsync(Command.of("df")))
                .thenCompose(result -> Answers.one(result, answer -> Used.read(answer, pool), doing))
                .thenApply(usage -> usage.orElseThrow(() -> new CompletionException(
                        RadosException.of(Errno.EAGAIN, doing + ", of which no manager has told yet"))));
    }

    /** As {@link #usageAsync}. */
    public Usage usage(String pool) throws RadosException {
        return Wait.on(usageAsync(pool));
    }

    private record Summed(
            long bytes,
            OptionalLong allocatedBytes,
            long objects,
            long clones,
            long copies,
            long missingOnPrimary,
            long degraded,
            long unfound,
            long reads,
            long readKib,
            long writes,
            long writeKib)
            implements PoolStats {}

    /** @param perPool whether the OSDs' stores count by pool */
    private static PoolStats summed(PoolStat stat, boolean perPool) {
        PoolStat.Objects sum = stat.objects();
        return new Summed(
                sum.bytes(),
                perPool ? OptionalLong.of(stat.store().allocated()) : OptionalLong.empty(),
                sum.count(),
                sum.clones(),
                sum.copies(),
                sum.missingOnPrimary(),
                sum.degraded(),
                sum.unfound(),
                sum.reads(),
                sum.readKib(),
                sum.writes(),
                sum.writeKib());
    }

    /** Limits what a pool may hold. */
    public CompletableFuture<Void> setQuotaAsync(String pool, PoolQuota quota) {
        if (pool == null) {
            return Wait.missing("pool");
        }
        if (quota == null) {
            return Wait.missing("quota");
        }
        Command command = Command.of("osd pool set-quota").with("pool", pool);
        return client.admin()
                .commands()
                .monAsync(command.with("field", "max_bytes")
                        .with("val", Long.toString(quota.maxBytes().orElse(0))))
                .thenCompose(bytes -> command(command.with("field", "max_objects")
                        .with("val", Long.toString(quota.maxObjects().orElse(0)))));
    }

    /** As {@link #setQuotaAsync}. */
    public void setQuota(String pool, PoolQuota quota) throws RadosException {
        Wait.on(setQuotaAsync(pool, quota));
    }

    /** Asks for the quota of a pool. */
    public CompletableFuture<PoolQuota> quotaAsync(String pool) {
        if (pool == null) {
            return Wait.missing("pool");
        }
        return find(pool, "reading the quota of pool " + pool)
                .thenApply(info ->
                        PoolQuota.of(info.limits().maxBytes(), info.limits().maxObjects()));
    }

    /** As {@link #quotaAsync}. */
    public PoolQuota quota(String pool) throws RadosException {
        return Wait.on(quotaAsync(pool));
    }

    // ---- what they are for

    /**
     * Marks a pool as an application's: {@code rbd}, {@code rgw}, {@code cephfs}.
     *
     * @param force although it is another's already, which is EPERM otherwise
     */
    public CompletableFuture<Void> enableApplicationAsync(String pool, String application, boolean force) {
        if (pool == null) {
            return Wait.missing("pool");
        }
        if (application == null) {
            return Wait.missing("application");
        }
        Command command =
                Command.of("osd pool application enable").with("pool", pool).with("app", application);
        return command(force ? command.with("yes_i_really_mean_it", true) : command);
    }

    /** As {@link #enableApplicationAsync}. */
    public void enableApplication(String pool, String application, boolean force) throws RadosException {
        Wait.on(enableApplicationAsync(pool, application, force));
    }

    /** Applications that a pool is marked for, each with its metadata. */
    public CompletableFuture<Map<String, Map<String, String>>> applicationsAsync(String pool) {
        if (pool == null) {
            return Wait.missing("pool");
        }
        return find(pool, "listing the applications of pool " + pool).thenApply(PoolInfo::applications);
    }

    /** As {@link #applicationsAsync}. */
    public Map<String, Map<String, String>> applications(String pool) throws RadosException {
        return Wait.on(applicationsAsync(pool));
    }

    /** Sets one value of an application's metadata; ENOENT if the pool is not marked for it. */
    public CompletableFuture<Void> setApplicationMetadataAsync(
            String pool, String application, String key, String value) {
        if (pool == null) {
            return Wait.missing("pool");
        }
        if (application == null) {
            return Wait.missing("application");
        }
        if (key == null) {
            return Wait.missing("key");
        }
        if (value == null) {
            return Wait.missing("value");
        }
        return command(metadata("set", pool, application, key).with("value", value));
    }

    /** As {@link #setApplicationMetadataAsync}. */
    public void setApplicationMetadata(String pool, String application, String key, String value)
            throws RadosException {
        Wait.on(setApplicationMetadataAsync(pool, application, key, value));
    }

    /** Removes one value of an application's metadata. */
    public CompletableFuture<Void> removeApplicationMetadataAsync(String pool, String application, String key) {
        if (pool == null) {
            return Wait.missing("pool");
        }
        if (application == null) {
            return Wait.missing("application");
        }
        if (key == null) {
            return Wait.missing("key");
        }
        return command(metadata("rm", pool, application, key));
    }

    /** As {@link #removeApplicationMetadataAsync}. */
    public void removeApplicationMetadata(String pool, String application, String key) throws RadosException {
        Wait.on(removeApplicationMetadataAsync(pool, application, key));
    }

    private static Command metadata(String verb, String pool, String application, String key) {
        return Command.of("osd pool application " + verb)
                .with("pool", pool)
                .with("app", application)
                .with("key", key);
    }

    // ---- parts of all of these

    /** A pool of the map in force, or of the newest one. */
    private CompletableFuture<PoolInfo> find(String name, String doing) {
        Optional<PoolInfo> known = client.map().pool(name);
        Function<Void, CompletableFuture<PoolInfo>> again = latest -> client.map()
                .pool(name)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.failedFuture(RadosException.of(Errno.ENOENT, doing)));
        return known.map(CompletableFuture::completedFuture)
                .orElseGet(() -> client.waitForLatestOsdMapAsync().thenCompose(again));
    }

    private CompletableFuture<Void> change(long pool, PoolOp.Kind kind, String name, String doing) {
        Duration deadline = client.deadlines().command();
        return client.monitors()
                .poolOp(pool, kind, 0, name, client.map().epoch(), doing, deadline)
                .thenCompose(reply -> client.objecter().waitForEpoch(reply.epoch(), deadline));
    }

    private CompletableFuture<Void> command(Command command) {
        return client.admin().commands().monAsync(command).thenCompose(done -> client.waitForLatestOsdMapAsync());
    }
}
