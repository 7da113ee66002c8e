package io.jrados.osdmap;

import io.jrados.crush.CrushHash;
import io.jrados.crush.CrushMap;
import io.jrados.crush.Mapper;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * From a group to its OSDs: OSDMap::_pg_to_up_acting_osds (src/osd/OSDMap.cc).
 *
 * <pre>
 * CRUSH ─► existing ─► upmap ─► upmap items ─► upmap primary ─► up ─► primary affinity ─► UP
 *                                        pg_temp, primary_temp, where there are any ─► ACTING
 * </pre>
 *
 * In a replicated pool an OSD that is lost makes the later ones move up; in an erasure coded one it leaves a hole,
 * because the position says which shard it holds.
 */
final class Placer {
    private static final int NONE = CrushMap.NONE;
    private static final int NOBODY = -1;

    private final OsdTable osds;
    private final Overrides overrides;
    private final CrushMap crush;

    /** A mapper that nobody uses now: placing threads seldom meet. */
    private final AtomicReference<@Nullable Mapper> spare = new AtomicReference<>();

    Placer(OsdTable osds, Overrides overrides, CrushMap crush) {
        this.osds = osds;
        this.overrides = overrides;
        this.crush = crush;
    }

    /** @param pg folded into the pool's groups */
    Placement place(PoolInfo pool, PgId pg) {
        int seed = pool.placementSeed(pg);
        int[] raw = upmapped(pg, existing(pool, fromCrush(pool, seed)));
        int[] up = alive(pool, raw);
        int upPrimary = first(up);
        if (osds.hasAffinities()) {
            int leader = leader(up, seed);
            if (leader >= 0) {
                upPrimary = up[leader];
                if (!pool.isErasure()) {
                    moveToFront(up, leader);
                }
            }
        }
        int[] temporary = overrides.pgTemp().get(pg);
        int[] serving = temporary == null ? new int[0] : alive(pool, temporary);
        int actingPrimary = temporaryPrimary(pg, serving);
        if (serving.length == 0) {
            serving = up;
            actingPrimary = actingPrimary == NOBODY ? upPrimary : actingPrimary;
        } else {
            serving = pool.erasure().inShardOrder(serving);
        }
        int shard = pool.isErasure() ? pool.erasure().leadingShard(serving, actingPrimary) : -1;
        return new Placement(up, upPrimary, serving, actingPrimary, shard);
    }

    /** Returns the OSDs that CRUSH gives, without the OSDs that are not there. */
    int[] raw(PoolInfo pool, PgId pg) {
        return existing(pool, fromCrush(pool, pool.placementSeed(pg)));
    }

    private int[] fromCrush(PoolInfo pool, int seed) {
        Mapper mapper = spare.getAndSet(null);
        if (mapper == null) {
            mapper = new Mapper(crush);
        }
        int[] result = new int[pool.size()];
        int count = mapper.place(pool.shape().crushRule(), seed, result, osds.weights(), pool.id());
        spare.set(mapper);
        return count == result.length ? result : Arrays.copyOf(result, count);
    }

    private int[] existing(PoolInfo pool, int[] from) {
        return filtered(pool, from, osds::exists);
    }

    private int[] alive(PoolInfo pool, int[] from) {
        return filtered(pool, from, osds::isUp);
    }

    private interface Filter {
        boolean keeps(int osd);
    }

    private static int[] filtered(PoolInfo pool, int[] from, Filter filter) {
        int[] kept = new int[from.length];
        int count = 0;
        for (int osd : from) {
            if (filter.keeps(osd)) {
                kept[count++] = osd;
            } else if (pool.isErasure()) {
                kept[count++] = NONE;
            }
        }
        return count == kept.length ? kept : Arrays.copyOf(kept, count);
    }

    private int[] upmapped(PgId pg, int[] raw) {
        int[] whole = overrides.upmap().get(pg);
        int[] mapped = raw;
        if (whole != null) {
            for (int osd : whole) {
                if (osds.isOut(osd)) {
                    // with an OSD that holds no data the whole entry is void, and what would come after it too
                    return raw;
                }
            }
            mapped = whole.clone();
        }
        int[] items = overrides.upmapItems().get(pg);
        if (items != null) {
            for (int i = 0; i < items.length; i += 2) {
                replace(mapped, items[i], items[i + 1]);
            }
        }
        Integer primary = overrides.upmapPrimaries().get(pg);
        if (primary != null && primary >= 0 && primary < osds.size() && !osds.isOut(primary)) {
            swapToFront(mapped, primary);
        }
        return mapped;
    }

    /** Puts {@code to} in the place of {@code from}, unless it is there already or holds no data. */
    private void replace(int[] mapped, int from, int to) {
        int at = -1;
        for (int i = 0; i < mapped.length; i++) {
            if (mapped[i] == to) {
                return;
            }
            if (mapped[i] == from && at < 0 && !osds.isOut(to)) {
                at = i;
            }
        }
        if (at >= 0) {
            mapped[at] = to;
        }
    }

    private static void swapToFront(int[] mapped, int primary) {
        for (int i = 1; i < mapped.length; i++) {
            if (mapped[i] == primary) {
                mapped[i] = mapped[0];
                mapped[0] = primary;
                return;
            }
        }
    }

    static int first(int[] from) {
        for (int osd : from) {
            if (osd != NONE) {
                return osd;
            }
        }
        return NOBODY;
    }

    /** The position of the OSD that leads, by affinities: some refuse, and then the first that refused leads. */
    private int leader(int[] up, int seed) {
        int refused = -1;
        boolean anyReduced = false;
        for (int osd : up) {
            anyReduced |= osd != NONE && osds.affinity(osd) != OsdTable.FULL_AFFINITY;
        }
        if (!anyReduced) {
            return -1;
        }
        for (int i = 0; i < up.length; i++) {
            if (up[i] != NONE) {
                if (!refuses(up[i], seed)) {
                    return i;
                }
                if (refused < 0) {
                    refused = i;
                }
            }
        }
        return refused;
    }

    private boolean refuses(int osd, int seed) {
        int affinity = osds.affinity(osd);
        return Integer.compareUnsigned(affinity, OsdTable.FULL_AFFINITY) < 0
                && CrushHash.hash(seed, osd) >>> 16 >= affinity;
    }

    private static void moveToFront(int[] up, int from) {
        int osd = up[from];
        System.arraycopy(up, 0, up, 1, from);
        up[0] = osd;
    }

    private int temporaryPrimary(PgId pg, int[] serving) {
        Integer primary = overrides.primaryTemp().get(pg);
        if (primary == null) {
            return first(serving);
        }
        return primary >= 0 && primary < osds.size() ? primary : NOBODY;
    }
}
