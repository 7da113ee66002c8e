package io.jrados.cli.dump;

import io.jrados.osdmap.MapDetail;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PoolDetail;
import io.jrados.osdmap.PoolEpochs;
import io.jrados.osdmap.PoolInfo;
import io.jrados.osdmap.PoolLimits;
import io.jrados.osdmap.PoolShape;
import io.jrados.osdmap.PoolTiers;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A pool in a line, as {@code osdmaptool --print} writes it (src/osd/osd_types.cc). */
final class PoolText {
    private static final List<String> HASHES = List.of("", "linux", "rjenkins");
    private static final List<String> MODES = List.of("off", "warn", "on");
    private static final List<String> CACHE_MODES =
            List.of("none", "writeback", "forward", "readonly", "readforward", "readproxy", "proxy");
    private static final List<String> HIT_SETS = List.of("none", "explicit_hash", "explicit_object", "bloom");

    private final PoolInfo pool;
    private final PoolDetail detail;
    private final StringBuilder out = new StringBuilder();

    private PoolText(PoolInfo pool) {
        this.pool = pool;
        detail = pool.detail();
    }

    static String of(PoolInfo pool) {
        PoolText text = new PoolText(pool);
        text.groups();
        text.limits();
        text.cache();
        text.rest();
        return text.out.toString();
    }

    private void groups() {
        PoolShape shape = pool.shape();
        out.append(pool.isErasure() ? "erasure profile " + pool.erasure().profile() : "replicated");
        add("size", shape.size());
        add("min_size", shape.minSize());
        add("crush_rule", shape.crushRule());
        out.append(" object_hash ").append(name(HASHES, shape.objectHash()));
        add("pg_num", shape.pgNum());
        add("pgp_num", shape.pgpNum());
        addUnless(detail.pgNumTarget() == shape.pgNum(), "pg_num_target", detail.pgNumTarget());
        addUnless(detail.pgpNumTarget() == shape.pgpNum(), "pgp_num_target", detail.pgpNumTarget());
        addUnless(shape.pgNumPending() == shape.pgNum(), "pg_num_pending", shape.pgNumPending());
        if (detail.autoscaleMode() < MODES.size()) {
            out.append(" autoscale_mode ").append(MODES.get(detail.autoscaleMode()));
        }
        PoolEpochs epochs = pool.epochs();
        add("last_change", epochs.lastChange());
        if (epochs.forceResend() != 0 || epochs.forceResendPreNautilus() != 0 || epochs.forceResendPreLuminous() != 0) {
            out.append(" lfor ").append(epochs.forceResend());
            out.append('/').append(epochs.forceResendPreNautilus());
            out.append('/').append(epochs.forceResendPreLuminous());
        }
    }

    private void limits() {
        addUnless(detail.owner() == 0, "owner", detail.owner());
        if (pool.flags() != 0) {
            out.append(" flags ").append(Words.poolFlags(pool.flags()));
        }
        PoolLimits limits = pool.limits();
        addUnless(limits.maxBytes() == 0, "max_bytes", limits.maxBytes());
        addUnless(limits.maxObjects() == 0, "max_objects", limits.maxObjects());
    }

    private void cache() {
        PoolTiers tiers = pool.tiers();
        if (!tiers.tiers().isEmpty()) {
            out.append(" tiers ")
                    .append(tiers.tiers().stream().sorted().map(String::valueOf).collect(Collectors.joining(",")));
        }
        addUnless(tiers.tierOf() < 0, "tier_of", tiers.tierOf());
        addUnless(tiers.readTier() < 0, "read_tier", tiers.readTier());
        addUnless(tiers.writeTier() < 0, "write_tier", tiers.writeTier());
        if (tiers.cacheMode() != 0) {
            out.append(" cache_mode ").append(name(CACHE_MODES, tiers.cacheMode()));
        }
        addUnless(detail.cache().maxBytes() == 0, "target_bytes", detail.cache().maxBytes());
        addUnless(
                detail.cache().maxObjects() == 0,
                "target_objects",
                detail.cache().maxObjects());
        if (detail.hitSets().type() != 0) {
            hitSets(detail.hitSets());
        }
        addUnless(detail.minReadRecency() == 0, "min_read_recency_for_promote", detail.minReadRecency());
        addUnless(detail.minWriteRecency() == 0, "min_write_recency_for_promote", detail.minWriteRecency());
    }

    private void hitSets(PoolDetail.HitSets sets) {
        out.append(" hit_set ").append(name(HIT_SETS, sets.type())).append('{');
        if (sets.falsePositives() != 0) {
            out.append("false_positive_probability: ").append(Words.number(sets.falsePositives() / 1e6));
            out.append(", target_size: ").append(sets.targetSize());
            out.append(", seed: ").append(sets.seed());
        }
        out.append("} ").append(sets.period()).append("s x").append(sets.count());
        add("decay_rate", sets.decayRate());
        add("search_last_n", sets.searchLast());
    }

    private void rest() {
        add("stripe_width", pool.limits().stripeWidth());
        addUnless(
                pool.limits().expectedObjects() == 0,
                "expected_num_objects",
                pool.limits().expectedObjects());
        addUnless(!pool.erasure().fastRead(), "fast_read", 1);
        detail.options().forEach((name, value) -> out.append(' ')
                .append(name)
                .append(' ')
                .append(value instanceof Double number ? Words.number(number) : value));
        if (!pool.applications().isEmpty()) {
            out.append(" application ")
                    .append(String.join(",", pool.applications().keySet()));
        }
    }

    private void add(String name, long value) {
        out.append(' ').append(name).append(' ').append(value);
    }

    private void addUnless(boolean silent, String name, long value) {
        if (!silent) {
            add(name, value);
        }
    }

    private static String name(List<String> names, int number) {
        return number >= 0 && number < names.size() ? names.get(number) : "unknown";
    }

    /** The lines about a pool: itself and its snapshots. */
    static void lines(MapDetail detail, PoolInfo pool, Consumer<String> line) {
        OsdMap map = detail.map();
        line.accept("pool " + pool.id() + " '" + map.poolName(pool.id()).orElse("<unknown>") + "' " + of(pool));
        pool.snaps()
                .byId()
                .values()
                .forEach(snap ->
                        line.accept("\tsnap " + snap.id() + " '" + snap.name() + "' " + Words.time(snap.stamp())));
        if (!pool.detail().removed().isEmpty()) {
            line.accept("\tremoved_snaps " + pool.detail().removed().asFirstsAndCounts());
        }
        if (!map.removedSnaps(pool.id()).isEmpty()) {
            line.accept("\tremoved_snaps_queue " + map.removedSnaps(pool.id()).asFirstsAndCounts());
        }
    }
}
