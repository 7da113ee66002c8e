package io.jrados.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files of a live cluster, shown by us and by Ceph's tools. */
@CephTest
class DebugCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String jrados(int exit, String... words) {
        PrintStream stdout = System.out;
        PrintStream stderr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(System.out);
            assertThat(Jrados.run(words)).as(String.join(" ", words)).isEqualTo(exit);
            return out.toString(StandardCharsets.UTF_8);
        } finally {
            System.setOut(stdout);
            System.setErr(stderr);
        }
    }

    private static Path map(CephCluster cluster) throws IOException {
        Path file = cluster.scratch().resolve("map");
        cluster.run("ceph", "osd", "getmap", "-o", file.toString());
        return file;
    }

    private static void assertSame(CephCluster cluster, Path map, String... question) throws IOException {
        List<String> ours = new ArrayList<>(List.of("osdmap", map.toString()));
        List<String> theirs = new ArrayList<>(List.of("osdmaptool", map.toString()));
        ours.addAll(List.of(question));
        theirs.addAll(List.of(question));
        String expected = cluster.run(theirs.toArray(String[]::new)).replaceAll(" read_balance_score [0-9.]+", "");
        // Without the last line's end, which the test kit takes off.
        assertThat(jrados(0, ours.toArray(String[]::new)).stripTrailing()).isEqualTo(expected);
    }

    @Test
    void mapsAreWhatOsdmaptoolPrints(CephCluster cluster) throws IOException {
        cluster.pool(DebugCommandsTest.class);
        Path map = map(cluster);
        assertSame(cluster, map, "--print");
        assertSame(cluster, map, "--test-map-pgs-dump-all");
        JsonNode pools =
                JSON.readTree(jrados(0, "decode", "osdmap", map.toString())).at("/map/pools/byId");
        String pool = pools.fieldNames().next();
        assertSame(cluster, map, "--test-map-object", "foo", "--pool", pool);
        assertSame(cluster, map, "--test-map-pgs-dump-all", "--pool", pool);
        assertThat(jrados(1, "osdmap", map.toString(), "--object", "foo", "--pool", "4711"))
                .contains("no pool 4711");
    }

    @Test
    void structsAreJson(CephCluster cluster) throws IOException {
        JsonNode map = JSON.readTree(jrados(0, "decode", "osdmap", map(cluster).toString()));
        JsonNode told = JSON.readTree(cluster.run("ceph", "osd", "dump", "-f", "json"));
        assertThat(map.at("/map/identity/fsid")).isEqualTo(told.get("fsid"));
        assertThat(map.at("/map/osds/weights").size())
                .isEqualTo(told.get("max_osd").asInt());

        Path monitors = cluster.scratch().resolve("monmap");
        cluster.run("ceph", "mon", "getmap", "-o", monitors.toString());
        JsonNode monMap = JSON.readTree(jrados(0, "decode", "monmap", monitors.toString()));
        assertThat(monMap.get("fsid")).isEqualTo(told.get("fsid"));
        assertThat(monMap.at("/monitors/0/name").asText()).isEqualTo("a");

        assertThat(jrados(0, "decode")).contains("crushmap\n", "rbd_trash_spec\n", "message:osd_map\n");
        assertThat(jrados(1, "decode", "nonsense", monitors.toString())).contains("no struct is called nonsense");
        assertThat(jrados(1, "decode", "crushmap", monitors.toString())).contains("CRUSH magic");
    }

    @Test
    void framesAreText(CephCluster cluster) throws IOException {
        String banner = "63657068207632 0a 1000 0100000000000000 0000000000000000".replace(" ", "");
        String keepalive =
                "1301080000000800000000000000000000000000000000000000 0000 ec5ee03b 00000000 edfdd500 f97a84b5"
                        .replace(" ", "");
        Path file = Files.write(
                cluster.scratch().resolve("frames"), HexFormat.of().parseHex(banner + keepalive + "00".repeat(40)));
        assertThat(jrados(0, "frames", file.toString()).lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("BANNER  supported 1, required 0"),
                        line -> assertThat(line).contains("KEEPALIVE2_ACK  1970-01-01T00:00:00.014024173Z"),
                        line -> assertThat(line).contains("UNREADABLE"),
                        line -> assertThat(line).contains("40 bytes are left: encrypted (secure mode), or damaged"));
    }
}
