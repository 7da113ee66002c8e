package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crush.NativeTool;
import io.jrados.crush.RandomCrush;
import io.jrados.crush.Tally;
import io.jrados.testkit.Covers;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random maps and every group in them, placed and printed by us and by osdmaptool. {@code -Djrados.osdmap.maps=1000}
 * makes more of them, {@code -Djrados.osdmap.groups=1500} with more groups (300 and more ask that each kind of override
 * made a difference 1,000 times), {@code -Djrados.osdmap.seed=N} others, and
 * {@code -Djrados.osdmaptool="... osdmaptool"} asks another release, whose own things
 * {@code -Djrados.osdmap.release=20} puts in.
 */
@Covers({
    "D02", "D03", "D08", "D10", "D11", "D12", "D13", "D16", "D19", "D21", "D26", "D27", "D28", "D29", "D30", "D31",
    "D33"
})
class OsdmaptoolTest {
    private static final Logger LOG = LoggerFactory.getLogger(OsdmaptoolTest.class);
    /** The score that tools from Reef on compute, and that no map holds. */
    private static final Pattern SCORE = Pattern.compile(" read_balance_score (?:[0-9.]+|inf|-?nan)$");

    private final NativeTool osdmaptool = new NativeTool("osdmaptool");
    private final NativeTool crushtool = new NativeTool("crushtool");
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
        RandomCrush hierarchy = new RandomCrush(seed);
        Files.writeString(folder.resolve("text"), hierarchy.text() + hierarchy.chooseArgs(seed % 40));
        crushtool.run("--enable-unsafe-tunables", "-c", folder.resolve("text"), "-o", folder.resolve("crush"));
        byte[] crush = Files.readAllBytes(folder.resolve("crush"));
        byte[] bytes = new RandomMap(
                        seed, hierarchy, crush, Integer.getInteger("jrados.osdmap.release", Release.PACIFIC))
                .bytes();
        Files.write(folder.resolve("map"), bytes);
        // what is read is the tool's own encoding
        osdmaptool.run(folder.resolve("map"), "--import-crush", folder.resolve("crush"));
        OsdMap map = OsdMap.decode(Unpooled.wrappedBuffer(Files.readAllBytes(folder.resolve("map"))));
        Map<String, OsdMap> variants = new WithoutOverride(map).variants();
        List<String> ours = new ArrayList<>();
        GroupsText.print(map, OptionalLong.empty(), ours::add);
        assertThat(ours)
                .as("groups of seed %d", seed)
                .isEqualTo(osdmaptool(folder.resolve("map"), "--test-map-pgs-dump-all"));
        map.pools().values().forEach(pool -> IntStream.range(0, pool.pgNum())
                .forEach(group -> count(map, variants, new PgId(pool.id(), group))));
        compareText(seed, Files.readAllBytes(folder.resolve("map")));
    }

    private List<String> osdmaptool(Object... arguments) throws IOException {
        return osdmaptool
                .run(arguments)
                .lines()
                .filter(line -> !line.startsWith("osdmaptool: "))
                .toList();
    }

    private void compareText(long seed, byte[] map) throws IOException {
        List<String> ours = new ArrayList<>();
        MapText.print(MapDetail.decode(Unpooled.wrappedBuffer(map)), ours::add);
        List<String> theirs = osdmaptool(folder.resolve("map"), "--print").stream()
                .filter(line -> !line.startsWith(" ERROR: ")) // why it has no such score
                .map(line -> SCORE.matcher(line).replaceFirst(""))
                .toList();
        // the order of fenced clients is that of the tool's hash table
        assertThat(ours).as("map of seed %d", seed).hasSameElementsAs(theirs).hasSameSizeAs(theirs);
        int fenced =
                (int) ours.stream().filter(line -> line.startsWith("blocklist")).count();
        assertThat(ours.subList(0, ours.size() - fenced)).isEqualTo(theirs.subList(0, ours.size() - fenced));
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
