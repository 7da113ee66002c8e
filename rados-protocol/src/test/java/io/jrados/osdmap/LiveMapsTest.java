package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The places of objects as a running cluster tells them. */
@CephTest
class LiveMapsTest {
    private static final Logger LOG = LoggerFactory.getLogger(LiveMapsTest.class);
    private static final int OBJECTS = 10_000;

    /** Letters of one to three bytes, and what shells and file systems have their own ideas of. */
    private static final String LETTERS = "abcXYZ019-_.:/%~+@äß€日本";

    /** Asks a monitor by librados: for each line of pool, namespace and object, where that is. */
    private static final String ASK =
            """
            import json, rados, sys
            cluster = rados.Rados(conffile='')
            cluster.connect()
            for line in sys.stdin.buffer.read().decode().splitlines():
                pool, namespace, name = line.split('\t')
                command = {'prefix': 'osd map', 'pool': pool, 'object': name, 'format': 'json'}
                if namespace:
                    command['nspace'] = namespace
                code, answer, error = cluster.mon_command(json.dumps(command), b'')
                assert code == 0, error
                found = json.loads(answer)
                osds = lambda kind: f'{kind} ({found[kind]}, p{found[kind + "_primary"]})'.replace(' ', '')
                print(found['epoch'], found['raw_pgid'], found['pgid'], osds('up'), osds('acting'))
            """;

    private final Random random = new Random(7);

    private String name() {
        StringBuilder name = new StringBuilder();
        for (int left = 1 + random.nextInt(40); left > 0; left--) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return name.toString();
    }

    private static OsdMap map(CephCluster cluster, long epoch) {
        try {
            byte[] bytes = cluster.exec(
                            Duration.ofSeconds(60),
                            new byte[0],
                            "ceph",
                            "osd",
                            "getmap",
                            Long.toString(epoch),
                            "-o",
                            "-")
                    .succeeded()
                    .output();
            OsdMap map = OsdMap.decode(Unpooled.wrappedBuffer(bytes));
            assertThat(map.epoch()).isEqualTo(epoch);
            return map;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    @Covers({"D24", "D25", "D26", "D27", "D28", "D33", "D37", "K22"})
    void placesObjectsAsTheMonitorDoes(CephCluster cluster) throws IOException {
        // groups of which some are twice the others, and some placed together
        String odd = "jrados-odd-" + random.nextInt(1 << 16);
        cluster.run("ceph", "osd", "pool", "create", odd, "13", "11");
        try {
            placesObjects(cluster, List.of(cluster.pool(LiveMapsTest.class), odd));
        } finally {
            cluster.run("ceph", "osd", "pool", "delete", odd, odd, "--yes-i-really-really-mean-it");
        }
    }

    private void placesObjects(CephCluster cluster, List<String> pools) throws IOException {
        List<String[]> objects = new ArrayList<>();
        StringBuilder questions = new StringBuilder();
        for (int i = 0; i < OBJECTS; i++) {
            String[] object = {random.nextBoolean() ? "" : name(), name()};
            objects.add(object);
            questions
                    .append(pools.get(i % pools.size()))
                    .append('\t')
                    .append(String.join("\t", object))
                    .append('\n');
        }
        byte[] input = questions.toString().getBytes(StandardCharsets.UTF_8);
        List<String> answers = cluster.exec(Duration.ofMinutes(2), input, "/usr/bin/python3", "-c", ASK)
                .succeeded()
                .text()
                .lines()
                .toList();
        assertThat(answers).hasSize(OBJECTS);
        Map<Long, OsdMap> maps = new HashMap<>();
        for (int i = 0; i < OBJECTS; i++) {
            String[] words = answers.get(i).split(" ");
            OsdMap map = maps.computeIfAbsent(Long.parseLong(words[0]), epoch -> map(cluster, epoch));
            PoolInfo info = map.pool(pools.get(i % pools.size())).orElseThrow();
            String namespace = objects.get(i)[0];
            String object = objects.get(i)[1];
            PgId raw = info.rawPgOf(object, "", namespace);
            assertThat(raw).hasToString(words[1]);
            assertThat(info.rawPgOf("another", object, namespace)).isEqualTo(raw);
            assertThat(info.pgOf(raw)).hasToString(words[2]);
            assertThat(map.placement(raw).toString().replace(" ", "")).isEqualTo(words[3] + words[4]);
        }
        LOG.info("{} objects placed as the monitor does, under {} maps", OBJECTS, maps.size());
    }
}
