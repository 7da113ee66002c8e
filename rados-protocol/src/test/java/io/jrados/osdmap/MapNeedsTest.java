package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crush.CrushBytes;
import io.jrados.crush.CrushMap;
import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each thing that a map may use, by itself, and the release that brought it. */
class MapNeedsTest {
    private static final int ARGONAUT = 1;
    private static final int DUMPLING = 4;
    private static final int FIREFLY = 6;
    private static final int HAMMER = 8;
    private static final int JEWEL = 10;
    private static final int UNIFORM = 1;
    private static final int MSR_FIRSTN = 4;
    private static final int SET_CHOOSELEAF_VARY_R = 12;
    private static final int SET_CHOOSELEAF_STABLE = 13;
    private static final int EMIT = 4;
    private static final PgId PG = new PgId(1, 3);
    private static final int[] OSDS = {0, 1};
    private static final Overrides NONE = new Overrides(Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

    private final OsdMap real =
            OsdMap.decode(Unpooled.wrappedBuffer(Golden.file("osdmap/last").bytes()));

    /** A CRUSH map that says nothing that Argonaut did not. */
    private static CrushBytes old() {
        return bare().rule(EMIT, 0, 0);
    }

    private static CrushBytes bare() {
        return new CrushBytes().bucket(0, out -> {
            CrushBytes.header(out, UNIFORM, -1, 1, UNIFORM, 0, 0, 1);
            out.u32(0x10000);
        });
    }

    private static CrushBytes straw2() {
        return new CrushBytes().bucket(-1, 1, 0, 1).rule(EMIT, 0, 0);
    }

    private static CrushBytes tuned(int descendOnce, int varyR, int stable) {
        return old().tail(out -> out.u32(2).u32(5).u32(19))
                .tail(out -> out.u32(descendOnce))
                .tail(out -> out.u8(varyR))
                .tail(out -> out.u8(1))
                .tail(out -> out.u32(54))
                .tail(out -> out.u8(stable));
    }

    /** With choose_args, written by the argument. */
    private static CrushBytes chooseArgs(Consumer<Encoder> args) {
        return straw2().tail(out -> out.u32(2).u32(5).u32(19))
                .tail(out -> out.u32(0))
                .tail(out -> out.u8(0))
                .tail(out -> out.u8(1))
                .tail(out -> out.u32(54))
                .tail(out -> out.u8(0))
                .tail(out -> out.u32(0).u32(0).u32(0))
                .tail(args);
    }

    private static void weightSets(Encoder out, long pool, int sets) {
        out.u64(pool).u32(1).u32(0).u32(sets);
        for (int i = 0; i < sets; i++) {
            out.u32(2).u32(0x10000).u32(0x8000);
        }
        out.u32(0);
    }

    private static PoolInfo pool(PoolInfo from, long flags, PoolTiers tiers) {
        PoolShape shape = from.shape();
        PoolShape first = new PoolShape(
                shape.type(),
                shape.size(),
                shape.minSize(),
                0,
                shape.objectHash(),
                shape.pgNum(),
                shape.pgpNum(),
                shape.pgNumPending());
        return new PoolInfo(
                from.id(),
                flags,
                first,
                from.snaps(),
                tiers,
                from.limits(),
                from.service(),
                from.applications(),
                from.detail());
    }

    private static final PoolTiers UNTIERED = new PoolTiers(List.of(), -1, 0, -1, -1);

    private OsdMap with(CrushBytes crush, Overrides overrides, OsdTable osds, UnaryOperator<PoolInfo> pool) {
        Map<Long, PoolInfo> pools = new LinkedHashMap<>();
        real.pools().forEach((id, found) -> pools.put(id, pool.apply(found)));
        Pools table = real.poolTable();
        return new OsdMap(
                real.identity(),
                new Pools(pools, table.names(), table.profiles()),
                osds,
                overrides,
                Decoder.whole(crush.bytes(), CrushMap::decode),
                real.removedSnaps(),
                real.blocklist(),
                real.policy());
    }

    private OsdTable osds() {
        return real.osdTable().withAffinities(new int[0]);
    }

    private int oldest(CrushBytes crush) {
        return with(crush, NONE, osds(), pool -> pool(pool, 0, UNTIERED)).oldestClient();
    }

    private int oldest(Overrides overrides) {
        return with(old(), overrides, osds(), pool -> pool(pool, 0, UNTIERED)).oldestClient();
    }

    @Test
    void whatCrushUses() {
        assertThat(oldest(old())).isEqualTo(ARGONAUT);
        assertThat(oldest(tuned(1, 0, 0))).isEqualTo(DUMPLING);
        assertThat(oldest(tuned(0, 1, 0))).isEqualTo(FIREFLY);
        assertThat(oldest(bare().rule(SET_CHOOSELEAF_VARY_R, 1, 0, EMIT, 0, 0))).isEqualTo(FIREFLY);
        assertThat(oldest(straw2())).isEqualTo(HAMMER);
        assertThat(oldest(tuned(0, 0, 1))).isEqualTo(JEWEL);
        assertThat(oldest(bare().rule(SET_CHOOSELEAF_STABLE, 1, 0, EMIT, 0, 0))).isEqualTo(JEWEL);
        CrushBytes msr = bare().rule(out -> out.u32(1)
                .u32(1)
                .u8(0)
                .u8(MSR_FIRSTN)
                .u8(1)
                .u8(100)
                .u32(EMIT)
                .u32(0)
                .u32(0));
        assertThat(oldest(msr)).isEqualTo(Release.SQUID);
        CrushBytes descents =
                chooseArgs(out -> out.u32(0)).tail(out -> out.u32(60).u32(100));
        assertThat(oldest(descents)).isEqualTo(Release.SQUID);
        CrushBytes collisions =
                chooseArgs(out -> out.u32(0)).tail(out -> out.u32(100).u32(60));
        assertThat(oldest(collisions)).isEqualTo(Release.SQUID);
    }

    @Test
    void weightSetsOtherThanOneForAllPools() {
        assertThat(oldest(chooseArgs(out -> out.u32(0)))).isEqualTo(HAMMER);
        assertThat(oldest(chooseArgs(out -> weightSets(out.u32(1), -1, 1)))).isEqualTo(HAMMER);
        assertThat(oldest(chooseArgs(out -> weightSets(out.u32(1), -1, 2)))).isEqualTo(Release.LUMINOUS);
        assertThat(oldest(chooseArgs(out -> weightSets(out.u32(1), 1, 1)))).isEqualTo(Release.LUMINOUS);
        assertThat(oldest(chooseArgs(out -> {
                    weightSets(out.u32(2), -1, 1);
                    weightSets(out, 1, 1);
                })))
                .isEqualTo(Release.LUMINOUS);
        CrushBytes ids = chooseArgs(
                out -> out.u32(1).u64(-1).u32(1).u32(0).u32(0).u32(2).u32(5).u32(6));
        assertThat(oldest(ids)).isEqualTo(Release.LUMINOUS);
    }

    @Test
    void whatOverridesPlacements() {
        assertThat(oldest(new Overrides(Map.of(PG, OSDS), Map.of(PG, 1), Map.of(), Map.of(), Map.of())))
                .isEqualTo(ARGONAUT);
        assertThat(oldest(new Overrides(Map.of(), Map.of(), Map.of(PG, OSDS), Map.of(), Map.of())))
                .isEqualTo(Release.LUMINOUS);
        assertThat(oldest(new Overrides(Map.of(), Map.of(), Map.of(), Map.of(PG, OSDS), Map.of())))
                .isEqualTo(Release.LUMINOUS);
        assertThat(oldest(new Overrides(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(PG, 1))))
                .isEqualTo(Release.REEF);
    }

    @Test
    void whatPoolsAndOsdsUse() {
        int hashed = with(old(), NONE, osds(), pool -> pool(pool, PoolFlags.HASHPSPOOL, UNTIERED))
                .oldestClient();
        assertThat(hashed).isEqualTo(DUMPLING);
        PoolTiers cached = new PoolTiers(List.of(9L), -1, 0, 9, 9);
        assertThat(with(old(), NONE, osds(), pool -> pool(pool, 0, cached)).oldestClient())
                .isEqualTo(FIREFLY);
        PoolTiers cache = new PoolTiers(List.of(), 9, 1, -1, -1);
        assertThat(with(old(), NONE, osds(), pool -> pool(pool, 0, cache)).oldestClient())
                .isEqualTo(FIREFLY);
        OsdTable.Draft reduced = osds().draft();
        reduced.affinity(0, 0x8000);
        assertThat(with(old(), NONE, reduced.done(), pool -> pool(pool, 0, UNTIERED))
                        .oldestClient())
                .isEqualTo(FIREFLY);
    }
}
