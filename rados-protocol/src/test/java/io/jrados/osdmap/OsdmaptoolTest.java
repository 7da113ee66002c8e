package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crush.NativeTool;
import io.jrados.crush.Tally;
import io.jrados.testkit.Covers;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random maps and every group in them, placed by us and by osdmaptool. {@code -Djrados.osdmap.maps=1000}
 * makes more of them, {@code -Djrados.osdmap.groups=1500} with more groups (300 and more ask that each kind of override
 * made a difference 1,000 times), {@code -Djrados.osdmap.seed=N} others, and
 * {@code -Djrados.osdmaptool="... osdmaptool"} asks another release, whose own things
 * {@code -Djrados.osdmap.release=20} puts in.
 */
@Covers({"D02", "D08", "D10", "D12", "D19", "D26", "D27", "D28", "D29", "D30", "D31", "D33"})
class OsdmaptoolTest {
    private static final Logger LOG = LoggerFactory.getLogger(OsdmaptoolTest.class);

    private final NativeTool osdmaptool = new NativeTool("osdmaptool");
    private int compared;

    private final int maps = Integer.getInteger("jrados.osdmap.maps", 15);
    private final Tally tally = new Tally(maps);

    @TempDir
    Path folder;

    @Test
    void placesEveryGroupAsOsdmaptoolDoes() throws IOException {
        long seed = Long.getLong("jrados.osdmap.seed", 1);
        for (int i = 0; i < maps; i++) {
            compareOne(seed + i);
        }
        LOG.info("{} groups of {} maps compared with osdmaptool; differences: {}", compared, maps, tally);
        assertThat(compared).isGreaterThan(maps * 20);
        assertThat(tally.unproven())
                .as("things that made too little difference")
                .isEmpty();
    }

    private void compareOne(long seed) throws IOException {
        OsdMap map = OsdMap.decode(Unpooled.wrappedBuffer(RandomMap.write(seed, folder)));
        Map<String, OsdMap> variants = new WithoutOverride(map).variants();
        List<String> theirs = osdmaptool
                .run(folder.resolve("map"), "--test-map-pgs-dump-all")
                .lines()
                .filter(line -> line.contains(" raw ("))
                .toList();
        assertThat(groups(map).map(pg -> placed(map, pg)).toList())
                .as("groups of seed %d", seed)
                .isEqualTo(theirs);
        groups(map).forEach(pg -> count(map, variants, pg));
    }

    private static Stream<PgId> groups(OsdMap map) {
        return map.pools().values().stream()
                .sorted(Comparator.comparingLong(PoolInfo::id))
                .flatMap(pool -> IntStream.range(0, pool.pgNum()).mapToObj(group -> new PgId(pool.id(), group)));
    }

    private static String placed(OsdMap map, PgId pg) {
        int[] raw = map.rawPlacement(pg);
        Placement placement = map.placement(pg);
        return pg + " raw " + set(raw, Placer.first(raw)) + " up " + set(placement.up(), placement.upPrimary())
                + " acting " + set(placement.acting(), placement.actingPrimary());
    }

    private static String set(int[] osds, int primary) {
        return "(" + Arrays.toString(osds).replace(" ", "") + ", p" + primary + ")";
    }

    private void count(OsdMap map, Map<String, OsdMap> variants, PgId pg) {
        compared++;
        variants.forEach((thing, variant) -> {
            if (tally.wants(thing)) {
                tally.add(thing, !variant.placement(pg).equals(map.placement(pg)));
            }
        });
    }
}
