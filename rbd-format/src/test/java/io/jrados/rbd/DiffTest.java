package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of an image and of its clone: what we tell of every pair of states is what Ceph's own library tells
 * (from release 18 on exactly), and no byte that differs is left out. {@code -Djrados.diff.seed=N} makes others.
 */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiffTest {
    private static final int ORDER = 16;
    private static final int SIZE = (20 << ORDER) + 4096;
    private static final long SEED = Long.getLong("jrados.diff.seed", 1);
    private static final String HEAD = "";

    private TestClient client;
    private NativeJudge theirs;
    private boolean isCurrent;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(DiffTest.class), TestClient.Mode.CRC);
        theirs = new NativeJudge(cluster, client.pool.name(), "pass");
        isCurrent = Integer.parseInt(theirs.ask(asked -> asked.run("rbd.RBD().version()[1]"))) >= 18;
    }

    @AfterAll
    void disconnect() throws IOException {
        theirs.close();
        client.close();
    }

    static Stream<Arguments> histories() {
        ImageOptions striped = ImageOptions.DEFAULT.withStriping(16384, 3);
        return Stream.of(
                Arguments.of("layering", ImageOptions.LAYERING, false),
                Arguments.of("layering, resized", ImageOptions.LAYERING, true),
                Arguments.of("default features", ImageOptions.DEFAULT, false),
                Arguments.of("default features, resized", ImageOptions.DEFAULT, true),
                Arguments.of("striped", striped, false),
                Arguments.of("striped, resized", striped, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("histories")
    @Covers({"H59", "K6", "K14"})
    void tellsWhatCephsLibraryTells(String kind, ImageOptions options, boolean resized) throws IOException {
        Random random = new Random(SEED * 31 + kind.hashCode());
        String name = "history of " + kind;
        client.rbd.create(name, SIZE, options.withOrder(ORDER));
        Map<String, byte[]> states = new LinkedHashMap<>();
        try (Image image = client.rbd.open(name)) {
            live(image, random, resized, states);
            compare(name, states, resized, random);
            image.protectSnapshot("s2");
        }
        String child = "clone of " + kind;
        client.rbd.clone(client.snapshot(name, "s2"), child, options.withOrder(ORDER));
        Map<String, byte[]> statesOfChild = new LinkedHashMap<>();
        try (Image image = client.rbd.open(child)) {
            live(image, random, resized, statesOfChild);
        }
        compare(child, statesOfChild, resized, random);
    }

    /** Four snapshots, and what is done between. */
    private static void live(Image image, Random random, boolean resized, Map<String, byte[]> states)
            throws IOException {
        for (int snapshot = 0; snapshot < 5; snapshot++) {
            for (int i = 0; i < 7; i++) {
                change(image, random, resized);
            }
            if (snapshot == 3) {
                image.rollBack("s1", Progress.NONE);
                change(image, random, resized);
            }
            if (snapshot < 4) {
                image.createSnapshot("s" + snapshot);
                states.put("s" + snapshot, TestClient.read(image));
            }
        }
        states.put(HEAD, TestClient.read(image));
    }

    private static void change(Image image, Random random, boolean resized) throws IOException {
        int size = (int) image.size();
        int offset = random.nextInt(size);
        int length = 1 + random.nextInt(Math.min(size - offset, 3 << ORDER));
        switch (random.nextInt(resized ? 9 : 8)) {
            case 0, 1 -> image.discard(offset, length);
            case 2 -> {
                int first = offset >> ORDER << ORDER;
                image.discard(first, Math.min(size - first, 2 << ORDER));
            }
            case 3 -> image.writeZeroes(offset, length, false);
            case 8 -> image.resize((8 << ORDER) + random.nextInt(16 << ORDER), Progress.NONE);
            default -> {
                byte[] data = new byte[Math.min(length, 1 << random.nextInt(17))];
                random.nextBytes(data);
                image.write(offset, ByteBuffer.wrap(data));
            }
        }
    }

    private void compare(String name, Map<String, byte[]> states, boolean resized, Random random) throws IOException {
        List<String> names = new ArrayList<>(states.keySet());
        for (int end = 0; end < names.size(); end++) {
            for (int from = -1; from < end; from++) {
                byte[] before = from < 0 ? new byte[0] : states.get(names.get(from));
                compare(
                        name,
                        from < 0 ? HEAD : names.get(from),
                        before,
                        names.get(end),
                        states.get(names.get(end)),
                        resized,
                        random);
            }
        }
    }

    private void compare(
            String name, String from, byte[] before, String end, byte[] now, boolean resized, Random random)
            throws IOException {
        int offset = random.nextBoolean() ? 0 : random.nextInt(now.length);
        int length = offset == 0 ? now.length : 1 + random.nextInt(now.length - offset);
        DiffOptions asked = DiffOptions.ALL.within(offset, length);
        asked = from.isEmpty() ? asked : asked.since(from);
        try (Image image = end.isEmpty() ? client.rbd.openReadOnly(name) : client.rbd.openSnapshot(name, end)) {
            for (DiffOptions options : List.of(
                    asked,
                    asked.withoutParent(),
                    asked.byObject(),
                    asked.withoutParent().byObject())) {
                String what = name + " from '" + from + "' to '" + end + "', " + options;
                byte[] ours = told(what, image.diff(options), now.length);
                if (options.includeParent()) {
                    completeness(what, ours, before, now, offset, offset + length);
                }
                // Ceph's library of release 16 aborts when maps of other sizes are compared.
                if (isCurrent
                        ? !(resized && options.wholeObjects())
                        : !options.wholeObjects() && !options.includeParent()) {
                    agree(what, ours, told(what, natively(name, end, options), now.length));
                }
            }
        }
    }

    /**
     * Release 16 also tells of what was written and cut off again (src/librados/snap_set_diff.cc), and is not asked
     * about more.
     */
    private void agree(String what, byte[] ours, byte[] natively) {
        if (isCurrent) {
            assertThat(runs(ours)).as(what).isEqualTo(runs(natively));
            return;
        }
        for (int at = 0; at < ours.length; at++) {
            if (ours[at] != 0 && ours[at] != natively[at]) {
                throw new AssertionError(what + ": byte " + at + "; ours " + runs(ours) + ", theirs " + runs(natively));
            }
        }
    }

    private List<DiffExtent> natively(String name, String end, DiffOptions options) throws IOException {
        String snapshot = end.isEmpty() ? "None" : "'" + end + "'";
        String from = options.fromSnapshot().map(it -> "'" + it + "'").orElse("None");
        String told = theirs.ask(asked -> {
            asked.run("image = rbd.Image(ioctx, '" + name + "', snapshot=" + snapshot + ", read_only=True)");
            asked.run("told = []");
            asked.run("image.diff_iterate(" + options.offset() + ", " + options.length() + ", " + from
                    + ", lambda o, l, e: told.append([o, l, int(e)]), " + python(options.includeParent()) + ", "
                    + python(options.wholeObjects()) + ")");
            String all = asked.run("told");
            asked.run("image.close()");
            return all;
        });
        List<DiffExtent> extents = new ArrayList<>();
        new ObjectMapper()
                .readTree(told)
                .forEach(it -> extents.add(new DiffExtent(
                        it.get(0).asLong(), it.get(1).asLong(), it.get(2).asInt() == 1)));
        return extents;
    }

    private static String python(boolean value) {
        return value ? "True" : "False";
    }

    /** For each byte whether it is told of as data (2), as zero (1), or not at all. */
    private static byte[] told(String what, List<DiffExtent> extents, int size) {
        byte[] told = new byte[size];
        long next = 0;
        for (DiffExtent extent : extents) {
            assertThat(extent.offset()).as(what).isGreaterThanOrEqualTo(next);
            assertThat(extent.length()).as(what).isPositive();
            next = extent.offset() + extent.length();
            assertThat(next).as(what).isLessThanOrEqualTo(size);
            for (long at = extent.offset(); at < next; at++) {
                told[(int) at] = (byte) (extent.exists() ? 2 : 1);
            }
        }
        return told;
    }

    /** Returns the extents that are told of, neighbors joined. */
    private static List<String> runs(byte[] told) {
        List<String> runs = new ArrayList<>();
        int begin = 0;
        for (int at = 1; at <= told.length; at++) {
            if (at == told.length || told[at] != told[begin]) {
                if (told[begin] != 0) {
                    runs.add(begin + "~" + (at - begin) + (told[begin] == 2 ? " data" : " zero"));
                }
                begin = at;
            }
        }
        return runs;
    }

    private static void completeness(String what, byte[] told, byte[] before, byte[] now, int from, int end) {
        for (int at = from; at < end; at++) {
            int then = at < before.length ? before[at] : 0;
            if (now[at] != then && (told[at] == 0 || (told[at] == 1 && now[at] != 0))) {
                throw new AssertionError(
                        what + ": byte " + at + " was " + then + ", is " + now[at] + ", and is told of as " + told[at]);
            }
        }
    }

    @Test
    @Covers("H59")
    void refusesWhatMakesNoSense() throws IOException {
        client.rbd.create("refused", SIZE, ImageOptions.DEFAULT.withOrder(ORDER));
        try (Image image = client.rbd.open("refused")) {
            assertThat(image.diff(DiffOptions.ALL)).isEmpty();
            image.write(0, ByteBuffer.allocate(4096));
            image.createSnapshot("one");
            image.createSnapshot("two");
            assertThat(errno(image, DiffOptions.ALL.since("none"))).isEqualTo(Errno.ENOENT);
            assertThat(errno(image, DiffOptions.ALL.since(12345))).isEqualTo(Errno.ENOENT);
            assertThat(errno(image, DiffOptions.ALL.within(SIZE + 1, 1))).isEqualTo(Errno.EINVAL);
            assertThat(image.diff(DiffOptions.ALL.within(SIZE, 1))).isEmpty();
            assertThat(image.diff(DiffOptions.ALL.since("two").byObject())).isEmpty();
            assertThat(image.diff(DiffOptions.ALL)).containsExactly(new DiffExtent(0, 4096, true));
            assertThat(image.diff(DiffOptions.ALL.byObject())).containsExactly(new DiffExtent(0, 1 << ORDER, true));
        }
        try (Image image = client.rbd.openSnapshot("refused", "one")) {
            assertThat(errno(image, DiffOptions.ALL.since("two"))).isEqualTo(Errno.EINVAL);
            assertThat(image.diff(DiffOptions.ALL.since("one"))).isEmpty();
        }
    }

    private static Errno errno(Image image, DiffOptions options) {
        return catchThrowableOfType(RadosException.class, () -> image.diff(options))
                .errno();
    }
}
