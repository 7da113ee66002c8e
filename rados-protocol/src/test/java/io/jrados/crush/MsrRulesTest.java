package io.jrados.crush;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Multi-step retry rules, which the tools of Pacific do not know: what crushtool of Tentacle placed by them
 * (tools/golden-crush.py). {@link CrushtoolTest} asks such a tool itself, where there is one.
 */
@Covers({"D45", "D46"})
class MsrRulesTest {
    private static final String RELEASE = "20.2.4";
    private static final Pattern MAPPING = Pattern.compile("CRUSH rule (\\d+) x (\\d+) \\[([-0-9,]*)\\]");
    private static final int MAPS = 6;
    private static final int PLACEMENTS = 320;

    private static CrushMap map(int number) {
        return Decoder.whole(Golden.file(RELEASE, "crush/msr-" + number).bytes(), CrushMap::decode);
    }

    private static int[] numbers(String list, String separator) {
        return list.isEmpty()
                ? new int[0]
                : Arrays.stream(list.split(separator))
                        .mapToInt(Integer::parseInt)
                        .toArray();
    }

    private interface Placed {
        void at(int rule, int x, int[] devices, int[] weights);
    }

    private static void each(int number, Placed placed) {
        String text = Golden.text(RELEASE, "crush/msr-" + number + ".txt");
        int[] weights = numbers(text.lines().findFirst().orElseThrow().substring("weights ".length()), " ");
        Matcher mapping = MAPPING.matcher(text);
        int count = 0;
        for (; mapping.find(); count++) {
            int rule = Integer.parseInt(mapping.group(1));
            placed.at(rule, Integer.parseInt(mapping.group(2)), numbers(mapping.group(3), ","), weights);
        }
        assertThat(count).isEqualTo(PLACEMENTS);
    }

    /** As many positions as the tool of map {@code number} was asked for. */
    private static int size(int number) {
        return 4 + number % 4;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void placeAsCrushtoolOfTentacleDoes(int number) {
        Mapper mapper = new Mapper(map(number));
        int[] result = new int[size(number)];
        each(number, (rule, x, devices, weights) -> {
            int count = mapper.place(rule, x, result, weights, 0);
            assertThat(Arrays.copyOf(result, count))
                    .as("map %d rule %d x %d", number, rule, x)
                    .containsExactly(devices);
        });
    }

    /** The files could show nothing if no rule in them needed its steps, or no map its numbers of tries. */
    @Test
    void eachStepAndTunableOfTheirsMatters() {
        Tally tally = new Tally(MAPS);
        for (int number = 1; number <= MAPS; number++) {
            Without without = new Without(map(number), 0);
            Map<Integer, Map<String, CrushMap>> variants = new HashMap<>();
            int[] result = new int[size(number)];
            each(number, (rule, x, devices, weights) -> variants.computeIfAbsent(rule, without::variants)
                    .forEach((thing, map) -> {
                        int count = new Mapper(map).place(rule, x, result, weights, 0);
                        tally.add(thing, !Arrays.equals(result, 0, count, devices, 0, devices.length));
                    }));
        }
        assertThat(tally.toString())
                .contains("step 14 of type 4", "step 15 of type 4", "step 16 of type 4")
                .contains("step 14 of type 5", "step 15 of type 5", "step 16 of type 5")
                .contains("msr_descents", "msr_collision_tries");
        assertThat(tally.unproven()).allMatch(thing -> thing.startsWith("choose"));
    }
}
