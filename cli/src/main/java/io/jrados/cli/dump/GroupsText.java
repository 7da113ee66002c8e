package io.jrados.cli.dump;

import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PgId;
import io.jrados.osdmap.Placement;
import io.jrados.osdmap.PoolInfo;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The placement of a map's groups as text, as {@code osdmaptool --test-map-pgs-dump-all} writes it
 * (src/tools/osdmaptool.cc): every group, then how evenly they lie.
 */
final class GroupsText {
    private final OsdMap map;
    private final Consumer<String> line;
    private final int[] held;
    private final int[] first;
    private final int[] led;

    /** Groups by the size of their acting sets. */
    private final int[] sizes = new int[256];

    private GroupsText(OsdMap map, Consumer<String> line) {
        this.map = map;
        this.line = line;
        held = new int[map.maxOsd()];
        first = new int[map.maxOsd()];
        led = new int[map.maxOsd()];
    }

    /**
     * Hands over one line after the other, without their ends.
     *
     * @param only the pool, all when empty
     */
    static void print(OsdMap map, OptionalLong only, Consumer<String> line) {
        GroupsText text = new GroupsText(map, line);
        List<PoolInfo> pools = map.pools().values().stream()
                .filter(pool -> only.isEmpty() || only.getAsLong() == pool.id())
                .sorted(Comparator.comparingLong(PoolInfo::id))
                .toList();
        pools.forEach(text::pool);
        text.evenness();
    }

    private void pool(PoolInfo pool) {
        line.accept("pool " + pool.id() + " pg_num " + pool.pgNum());
        for (int seed = 0; seed < pool.pgNum(); seed++) {
            PgId pg = new PgId(pool.id(), seed);
            int[] raw = map.rawPlacement(pg);
            Placement placement = map.placement(pg);
            line.accept(pg + " raw " + set(raw, leader(raw)) + " up " + set(placement.up(), placement.upPrimary())
                    + " acting " + set(placement.acting(), placement.actingPrimary()));
            count(placement);
        }
    }

    /** The first OSD there is, -1 if there is none. */
    private static int leader(int[] raw) {
        return IntStream.of(raw)
                .filter(osd -> osd != Placement.NONE)
                .findFirst()
                .orElse(-1);
    }

    private static String set(int[] osds, int primary) {
        return "(" + Words.osds(osds) + ", p" + primary + ")";
    }

    private void count(Placement placement) {
        sizes[placement.actingSize()]++;
        for (int i = 0; i < placement.actingSize(); i++) {
            if (placement.acting(i) != Placement.NONE) {
                held[placement.acting(i)]++;
            }
        }
        if (placement.actingSize() > 0 && placement.acting(0) != Placement.NONE) {
            first[placement.acting(0)]++;
        }
        if (placement.actingPrimary() >= 0) {
            led[placement.actingPrimary()]++;
        }
    }

    private void evenness() {
        line.accept("#osd\tcount\tfirst\tprimary\tc wt\twt");
        int[] in = IntStream.range(0, map.maxOsd())
                .filter(osd -> map.osdExists(osd)
                        && map.osdWeight(osd) != 0
                        && map.crush().weightOf(osd) > 0)
                .toArray();
        long total = 0;
        for (int osd : in) {
            line.accept("osd." + osd + "\t" + held[osd] + "\t" + first[osd] + "\t" + led[osd] + "\t"
                    + Words.weight(map.crush().weightOf(osd)) + "\t" + Words.weight(map.osdWeight(osd)));
            total += held[osd];
        }
        long average = in.length == 0 ? 0 : total / in.length;
        double squares = 0;
        for (int osd : in) {
            squares += (double) (average - held[osd]) * (average - held[osd]);
        }
        double deviation = Math.sqrt(squares / in.length);
        double expected = Math.sqrt((double) total / in.length * (1.0 - 1.0 / in.length));
        line.accept(" in " + in.length);
        line.accept(" avg " + average + " stddev " + Words.number(deviation) + " (" + Words.number(deviation / average)
                + "x) (expected " + Words.number(expected) + " " + Words.number(expected / average) + "x))");
        extremes(in);
        for (int size = 0; size < sizes.length; size++) {
            if (sizes[size] > 0) {
                line.accept("size " + size + "\t" + sizes[size]);
            }
        }
    }

    private void extremes(int[] in) {
        Comparator<Integer> byGroups = Comparator.comparingInt(osd -> held[osd]);
        // of several alike the first one
        IntStream.of(in)
                .filter(osd -> held[osd] > 0)
                .boxed()
                .min(byGroups)
                .ifPresent(osd -> line.accept(" min osd." + osd + " " + held[osd]));
        IntStream.of(in)
                .filter(osd -> held[osd] > 0)
                .boxed()
                .max(byGroups.thenComparing(Comparator.reverseOrder()))
                .ifPresent(osd -> line.accept(" max osd." + osd + " " + held[osd]));
    }
}
