package io.jrados.cli.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crush.NativeTool;
import io.jrados.osdmap.MapDetail;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.RandomMap;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Maps of live clusters and random ones, printed by us and by osdmaptool. {@code -Djrados.osdmap.maps=1000} makes more
 * of the latter, {@code -Djrados.osdmap.seed=N} others; {@link RandomMap} has more such properties.
 */
@Covers({"D03", "D11", "D13", "D16", "D21", "D32", "D33"})
class MapTextTest {
    /** The score that tools from Reef on compute, and that no map holds. */
    private static final Pattern SCORE = Pattern.compile(" read_balance_score (?:[0-9.]+|inf|-?nan)$");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"16.2.15,osdmap/first", "16.2.15,osdmap/middle", "16.2.15,osdmap/last", "20.2.4,osdmap/optimized"})
    void isWhatOsdmaptoolPrints(String release, String name) throws IOException {
        byte[] bytes = Golden.file(release, name).bytes();
        Path file = Files.write(folder.resolve("map"), bytes);
        NativeTool osdmaptool = new NativeTool("osdmaptool");
        List<String> groups = new ArrayList<>();
        GroupsText.print(OsdMap.decode(Unpooled.wrappedBuffer(bytes)), OptionalLong.empty(), groups::add);
        if (release.startsWith("16")) {
            List<String> map = new ArrayList<>();
            MapText.print(MapDetail.decode(Unpooled.wrappedBuffer(bytes)), map::add);
            assertThat(map).isEqualTo(lines(osdmaptool.run(file, "--print")));
            assertThat(groups).isEqualTo(lines(osdmaptool.run(file, "--test-map-pgs-dump-all")));
        } else {
            assertThat(printed(bytes)).isEqualTo(Golden.text(release, name + ".txt"));
        }
    }

    @Test
    void randomMapsAreWhatOsdmaptoolPrints() throws IOException {
        long first = Long.getLong("jrados.osdmap.seed", 1);
        for (long seed = first; seed < first + Integer.getInteger("jrados.osdmap.maps", 15); seed++) {
            byte[] bytes = RandomMap.write(seed, folder);
            List<String> groups = new ArrayList<>();
            GroupsText.print(OsdMap.decode(Unpooled.wrappedBuffer(bytes)), OptionalLong.empty(), groups::add);
            assertThat(groups).as("groups of seed %d", seed).isEqualTo(asked("--test-map-pgs-dump-all"));
            compareMap(seed, bytes);
        }
    }

    private void compareMap(long seed, byte[] bytes) throws IOException {
        List<String> ours = new ArrayList<>();
        MapText.print(MapDetail.decode(Unpooled.wrappedBuffer(bytes)), ours::add);
        List<String> theirs = asked("--print").stream()
                .filter(line -> !line.startsWith(" ERROR: ")) // why it has no such score
                .map(line -> SCORE.matcher(line).replaceFirst(""))
                .toList();
        // the order of fenced clients is that of the tool's hash table
        assertThat(ours).as("map of seed %d", seed).hasSameElementsAs(theirs).hasSameSizeAs(theirs);
        int fenced =
                (int) ours.stream().filter(line -> line.startsWith("blocklist")).count();
        assertThat(ours.subList(0, ours.size() - fenced)).isEqualTo(theirs.subList(0, ours.size() - fenced));
    }

    private List<String> asked(String question) throws IOException {
        return lines(new NativeTool("osdmaptool").run(folder.resolve("map"), question));
    }

    private static String printed(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        MapText.print(MapDetail.decode(Unpooled.wrappedBuffer(bytes)), line -> text.append(line)
                .append('\n'));
        GroupsText.print(OsdMap.decode(Unpooled.wrappedBuffer(bytes)), OptionalLong.empty(), line -> text.append(line)
                .append('\n'));
        return text.toString();
    }

    private static List<String> lines(String output) {
        return output.lines().filter(line -> !line.startsWith("osdmaptool: ")).toList();
    }

    @Test
    void numbersAreThoseOfCpp() {
        assertThat(Words.number(0.40744953)).isEqualTo("0.40745");
        assertThat(Words.number(1234567)).isEqualTo("1.23457e+06");
        assertThat(Words.number(100000)).isEqualTo("100000");
        assertThat(Words.number(0.00001234)).isEqualTo("1.234e-05");
        assertThat(Words.number(0)).isEqualTo("0");
    }
}
