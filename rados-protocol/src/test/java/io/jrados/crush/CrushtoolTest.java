package io.jrados.crush;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random maps, placed by us and by crushtool, with an account of what mattered: {@link Tally}. {@code
 * -Djrados.crush.maps=300 -Djrados.crush.inputs=500} is the whole proof, which asks of everything that it made a
 * difference 1,000 times; {@code -Djrados.crush.seed=N} makes others, {@code -Djrados.crushtool="... crushtool"} asks
 * another release, and {@code -Djrados.crush.msr=true} adds the rules that Squid brought.
 */
@Covers({"D38", "D39", "D40", "D41", "D42", "D43", "D44", "D46", "D47", "D48", "D49", "D50", "D51", "D52"})
class CrushtoolTest {
    private static final Logger LOG = LoggerFactory.getLogger(CrushtoolTest.class);
    private static final int INPUTS = Integer.getInteger("jrados.crush.inputs", 200);
    private static final Pattern MAPPING = Pattern.compile("CRUSH rule (\\d+) x (\\d+) \\[([-0-9,]*)\\]");

    private final NativeTool crushtool = new NativeTool("crushtool");
    private long compared;

    private final int maps = Integer.getInteger("jrados.crush.maps", 15);
    private final Tally tally = new Tally(maps);

    @TempDir
    Path folder;

    @Test
    void placesAsCrushtoolDoes() throws IOException {
        long seed = Long.getLong("jrados.crush.seed", 1);
        for (int i = 0; i < maps; i++) {
            compareOne(seed + i);
        }
        LOG.info("{} placements on {} maps compared with crushtool; differences: {}", compared, maps, tally);
        assertThat(compared).isGreaterThan(maps * 100L);
        assertThat(tally.unproven())
                .as("things that made too little difference")
                .isEmpty();
    }

    private void compareOne(long seed) throws IOException {
        RandomCrush made = new RandomCrush(seed);
        Random random = RandomCrush.random(~seed);
        boolean withArgs = random.nextBoolean();
        byte[] bytes = compile(made.text() + (withArgs ? made.chooseArgs(0) : ""));
        CrushMap map = Decoder.whole(bytes, CrushMap::decode);
        int[] weights = new int[map.maxDevices()];
        List<Object> arguments = new ArrayList<>(
                List.of("-i", folder.resolve("map"), "--test", "--show-mappings", "--max-x", INPUTS - 1, "--min-x", 0));
        for (int i = 0; i < weights.length; i++) {
            int quarters = random.nextInt(3) > 0 ? 4 : random.nextInt(4);
            weights[i] = quarters * 0x4000;
            arguments.addAll(List.of("--weight", i, quarters / 4.0));
        }
        int size = 1 + random.nextInt(7);
        arguments.addAll(List.of("--num-rep", size));
        Matcher mapping = MAPPING.matcher(crushtool.run(arguments.toArray()));
        Mapper mapper = new Mapper(map);
        Differences differences = new Differences(map, tally, weights);
        int[] result = new int[size];
        while (mapping.find()) {
            int rule = Integer.parseInt(mapping.group(1));
            int x = Integer.parseInt(mapping.group(2));
            int count = mapper.place(rule, x, result, weights, 0);
            int[] expected = numbers(mapping.group(3));
            if (!Arrays.equals(result, 0, count, expected, 0, expected.length)) {
                assertThat(Arrays.copyOf(result, count))
                        .as("seed %d rule %d x %d size %d", seed, rule, x, size)
                        .containsExactly(expected);
            }
            differences.count(rule, x, result, count);
            compared++;
        }
    }

    /** Places again without one thing after the other, to see which of them mattered. */
    private static final class Differences {
        private final Tally tally;
        private final int[] weights;
        private final Without without;
        private final Mapper whole;
        private final int[] allIn;
        private final Map<Integer, Map<String, Mapper>> byRule = new HashMap<>();

        Differences(CrushMap map, Tally tally, int[] weights) {
            this.tally = tally;
            this.weights = weights;
            without = new Without(map, 0);
            whole = new Mapper(map);
            allIn = new int[weights.length];
            Arrays.fill(allIn, 0x10000);
        }

        void count(int rule, int x, int[] result, int count) {
            Map<String, Mapper> mappers = byRule.computeIfAbsent(rule, this::mappers);
            mappers.forEach((thing, mapper) -> count(thing, mapper, weights, rule, x, result, count));
            count("weights", whole, allIn, rule, x, result, count);
        }

        private Map<String, Mapper> mappers(int rule) {
            Map<String, Mapper> mappers = new LinkedHashMap<>();
            without.variants(rule).forEach((thing, map) -> mappers.put(thing, new Mapper(map)));
            return mappers;
        }

        private void count(String thing, Mapper mapper, int[] in, int rule, int x, int[] result, int count) {
            if (tally.wants(thing)) {
                int[] other = new int[result.length];
                int found = mapper.place(rule, x, other, in, 0);
                tally.add(thing, !Arrays.equals(result, 0, count, other, 0, found));
            }
        }
    }

    private byte[] compile(String text) throws IOException {
        Files.writeString(folder.resolve("text"), text);
        crushtool.run("--enable-unsafe-tunables", "-c", folder.resolve("text"), "-o", folder.resolve("map"));
        return Files.readAllBytes(folder.resolve("map"));
    }

    private static int[] numbers(String list) {
        return list.isEmpty()
                ? new int[0]
                : Arrays.stream(list.split(",")).mapToInt(Integer::parseInt).toArray();
    }
}
