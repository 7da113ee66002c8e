package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crush.NativeTool;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps of live clusters, printed by us and by osdmaptool. */
@Covers({"D03", "D11", "D13", "D16", "D21", "D32", "D33"})
class MapTextTest {
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
