package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.rados.Pool;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every verb, with each set of features, each format of clones, done by this client and by librbd: after each, both see
 * the same, and what it is meant to do.
 */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryVerbTest {
    /** Bytes of an object. */
    private static final int PART = 1 << 16;

    private TestClient client;
    private NativeClient library;
    private String dataPool;
    private ImageActor ours;
    private NativeActor theirs;

    /** The side that does the verbs. */
    private enum Side {
        OURS,
        THEIRS
    }

    /** The features of an image, and how it lies in its pool. */
    private enum Kind {
        LAYERING,
        DEFAULT,
        STRIPED_IN_A_DATA_POOL
    }

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(EveryVerbTest.class), TestClient.Mode.CRC);
        dataPool = cluster.pool(EveryVerbTest.class, "data");
        library = new NativeClient(cluster, client.pool.name());
        ours = new OurActor(client);
        theirs = new NativeActor(library, client);
    }

    @AfterAll
    void disconnect() throws IOException {
        theirs.close();
        library.close();
        client.close();
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int format = 1; format <= 2; format++) {
                for (Side side : Side.values()) {
                    cases.add(Arguments.of(kind, format, side));
                }
            }
        }
        return cases.stream();
    }

    private ImageOptions options(Kind kind) {
        ImageOptions options = ImageOptions.DEFAULT.withOrder(16).withFeatures(kind == Kind.LAYERING ? 1 : 61);
        return kind == Kind.STRIPED_IN_A_DATA_POOL
                ? options.withStriping(PART / 4, 3).withDataPool(dataPool)
                : options;
    }

    /** Returns the view that both have. */
    private String view(String name) throws IOException {
        String view = theirs.view(name);
        assertThat(ours.view(name)).isEqualTo(view);
        return view;
    }

    private void checkMaps(String... specs) throws IOException {
        for (String spec : specs) {
            client.rbd("object-map", "check", "--no-progress", client.spec(spec));
            assertThat(client.rbd("info", client.spec(spec)).text()).doesNotContain("invalid");
        }
    }

    private void assertChildren(String... names) throws IOException {
        assertThat(ours.children("a", "t")).containsExactly(names);
        assertThat(theirs.children("a", "t")).containsExactly(names);
    }

    @ParameterizedTest(name = "{0}, clones of format {1}, {2}")
    @MethodSource("cases")
    @Covers({
        "H03", "H06", "H10", "H12", "H13", "H14", "H15", "H16", "H20", "H24", "H25", "H28", "H46", "H47", "H48", "H49",
        "H52", "H53", "H54", "H55", "H56", "H57", "H58", "H60", "H103", "H105", "H106", "K1", "K6", "K16", "K17"
    })
    void isSeenByBoth(Kind kind, int format, Side side) throws IOException {
        ImageOptions options = options(kind);
        ImageActor actor = side == Side.OURS ? ours : theirs;
        head(actor, options);
        snapshots(actor);
        keys(actor);
        clones(actor, options.withCloneFormat(format), kind == Kind.LAYERING);
        if (kind != Kind.LAYERING) {
            checkMaps("a");
        }
        features(actor, kind == Kind.LAYERING);
        names(actor);
        assertNothingLeft(client.pool);
        assertNothingLeft(client.rados.pool(dataPool));
    }

    /** Waits until the OSDs have trimmed what snapshots kept of an object. */
    private static void assertNothingLeft(Pool pool) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        List<String> left = left(pool);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            left = left(pool);
        }
        assertThat(left).isEmpty();
    }

    private static List<String> left(Pool pool) throws IOException {
        List<String> left = new ArrayList<>();
        for (String object : pool.objects()) {
            if (object.matches("rbd_(data|header|object_map|id).*")) {
                left.add(object);
            }
        }
        return left;
    }

    private void head(ImageActor actor, ImageOptions options) throws IOException {
        actor.create("a", 8 * PART, options);
        String empty = view("a");
        assertThat(empty).contains("size " + 8 * PART + " order 16 ", " flags 0 ", " parent - ", " limit -1 ");
        assertThat(ours.list()).containsExactly("a");
        assertThat(theirs.list()).containsExactly("a");
        actor.write("a", 0, 1, 2 * PART + 7);
        actor.write("a", 5 * PART - 100, 2, PART);
        assertThat(view("a")).isNotEqualTo(empty);
        actor.discard("a", 0, PART);
        actor.resize("a", 10 * PART + 5);
        assertThat(view("a")).contains("size " + (10 * PART + 5) + " ");
        actor.resize("a", 5 * PART);
        actor.resize("a", 8 * PART);
        assertThat(view("a")).contains("size " + 8 * PART + " ");
    }

    private void snapshots(ImageActor actor) throws IOException {
        actor.snapshot("a", "s");
        String before = view("a");
        assertThat(before).contains("\ns " + 8 * PART + " False ");
        actor.renameSnapshot("a", "s", "t");
        assertThat(view("a")).isEqualTo(before.replace("\ns ", "\nt "));
        actor.write("a", PART, 3, 3 * PART);
        actor.discard("a", 4 * PART, 2 * PART);
        actor.resize("a", 6 * PART);
        String changed = view("a");
        assertThat(tail(changed)).isEqualTo(tail(before).replace("s ", "t "));
        actor.limit("a", 2);
        assertThat(view("a")).contains(" limit 2 ");
        actor.snapshot("a", "u");
        assertThat(catchThrowable(() -> actor.snapshot("a", "too many"))).isNotNull();
        actor.limit("a", -1);
        actor.rollBack("a", "t");
        assertThat(view("a").lines().findFirst()).isEqualTo(before.lines().findFirst());
        actor.rollBack("a", "u");
        assertThat(view("a").lines().findFirst()).isEqualTo(changed.lines().findFirst());
        actor.removeSnapshot("a", "u");
        assertThat(view("a")).isEqualTo(changed);
    }

    private static String tail(String view) {
        return view.substring(view.indexOf('\n') + 1);
    }

    private void keys(ImageActor actor) throws IOException {
        String before = view("a");
        actor.setKey("a", "key", "a value");
        actor.setOption("a", "rbd_discard_granularity_bytes", "65536");
        assertThat(view("a")).contains(" keys {conf_rbd_discard_granularity_bytes=65536, key=a value} ");
        actor.removeKey("a", "key");
        actor.removeOption("a", "rbd_discard_granularity_bytes");
        assertThat(view("a")).isEqualTo(before);
    }

    private void clones(ImageActor actor, ImageOptions options, boolean plain) throws IOException {
        actor.protect("a", "t");
        assertThat(view("a")).contains("\nt " + 8 * PART + " True ");
        assertThat(catchThrowable(() -> actor.removeSnapshot("a", "t"))).isNotNull();
        actor.clone("a", "t", "b", options);
        assertThat(view("b")).contains("size " + 8 * PART + " ", " parent a@t overlap " + 8 * PART + " ");
        assertChildren("b");
        actor.write("b", 2 * PART - 9, 4, 18);
        actor.snapshot("b", "v");
        actor.write("b", 3 * PART - 9, 5, 18);
        actor.discard("b", 4 * PART, PART);
        String written = view("b");
        assertThat(written).contains("\nv " + 8 * PART + " False ");
        if (!plain) {
            checkMaps("b", "b@v");
        }
        if (options.cloneFormat().orElseThrow() == 1) {
            assertThat(catchThrowable(() -> actor.unprotect("a", "t"))).isNotNull();
            assertThat(view("a")).contains("\nt " + 8 * PART + " True ");
        }
        actor.removeSnapshot("b", "v");
        actor.resize("b", 6 * PART);
        actor.resize("b", 7 * PART);
        String shared = view("b");
        assertThat(shared).contains(" parent a@t overlap " + 6 * PART + " ");
        actor.flatten("b");
        String flat = view("b");
        assertThat(flat).contains(" parent - overlap 0 ");
        assertThat(flat.substring(flat.lastIndexOf(' ')))
                .as("its bytes")
                .isEqualTo(shared.substring(shared.lastIndexOf(' ')));
        assertChildren();
        if (!plain) {
            checkMaps("b");
        }
        actor.unprotect("a", "t");
        actor.removeSnapshot("a", "t");
        assertThat(view("a")).doesNotContain("\n");
        actor.remove("b");
        assertThat(theirs.list()).containsExactly("a");
    }

    private void features(ImageActor actor, boolean plain) throws IOException {
        String before = view("a");
        if (plain) {
            actor.features("a", Features.EXCLUSIVE_LOCK, true);
            assertThat(view("a")).contains(" features 5 ");
            actor.write("a", 0, 6, 100);
            actor.features("a", Features.EXCLUSIVE_LOCK, false);
            assertThat(view("a")).contains(" features 1 ");
            return;
        }
        actor.features("a", Features.FAST_DIFF | Features.OBJECT_MAP, false);
        actor.write("a", 0, 6, 100);
        String without = view("a");
        assertThat(without).isNotEqualTo(before);
        actor.features("a", Features.FAST_DIFF | Features.OBJECT_MAP, true);
        assertThat(view("a")).contains(" flags 3 ");
        actor.rebuild("a");
        assertThat(view("a")).contains(" flags 0 ");
        checkMaps("a");
    }

    private void names(ImageActor actor) throws IOException {
        String before = view("a");
        actor.rename("a", "c");
        assertThat(view("c")).isEqualTo(before);
        String id = actor.throwAway("c");
        assertThat(ours.list()).isEmpty();
        assertThat(theirs.list()).isEmpty();
        actor.restore(id, "d");
        assertThat(view("d")).isEqualTo(before);
        actor.remove("d");
        assertThat(ours.list()).isEmpty();
        assertThat(theirs.list()).isEmpty();
    }
}
