package io.jrados.crush;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Rules of release 20's own kind, as its crushtool places by them; {@link CrushtoolTest} asks the tool itself where
 * there is one.
 */
class MultiStepRetryTest {
    private static final int IN = 0x10000;
    private static final String RELEASE = "20.2.4";

    private final CrushMap map = Decoder.whole(Golden.file(RELEASE, "crush/msr").bytes(), CrushMap::decode);

    private static int[] weights() {
        int[] weights = new int[36];
        Arrays.fill(weights, IN);
        for (int out : new int[] {0, 7, 8, 21, 22, 23}) {
            weights[out] = 0;
        }
        weights[13] = (int) (0.3 * IN);
        weights[20] = (int) (0.7 * IN);
        return weights;
    }

    @Test
    @Covers("D45")
    void placesAsTheNativeToolDoes() {
        Mapper mapper = new Mapper(map);
        List<String> ours = new ArrayList<>();
        List<String> theirs = Golden.text(RELEASE, "crush/msr.txt")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        int[] replicas = {8, 3, 8};
        for (int rule = 0; rule < replicas.length; rule++) {
            for (int x = 0; x < 60; x++) {
                int[] result = new int[replicas[rule]];
                int count = mapper.place(rule, x, result, weights(), -1);
                String devices = Arrays.toString(Arrays.copyOf(result, count)).replace(" ", "");
                ours.add(rule + " " + x + " " + devices);
            }
        }
        assertThat(ours).isEqualTo(theirs);
        assertThat(theirs).anyMatch(line -> line.contains(Integer.toString(CrushMap.NONE)));
    }
}
