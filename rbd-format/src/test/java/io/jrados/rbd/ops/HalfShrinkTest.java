package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.rbd.ops.FaultPoint.Kind;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A shrink of a clone that ended after it removed objects and before the header got the new size. The next write to
 * such an object copies it up once more, while snapshots have an object of their own already: their object maps must
 * not say that nothing changed in it, or a backup by differences of maps misses it.
 */
@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HalfShrinkTest {
    private static final int OBJECT = 1 << 16;
    private static final int SIZE = 4 * OBJECT;
    private static final int ENDLESS = 60;
    private static final ImageOptions OPTIONS = ImageOptions.DEFAULT.withOrder(16);

    private Images images;
    private Rbd rbd;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, HalfShrinkTest.class);
        rbd = Rbd.on(images.pool);
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    private static ByteBuffer bytes(int length, char with) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) with);
        return ByteBuffer.wrap(bytes);
    }

    @Test
    @Covers({"H15", "H48", "K9"})
    void aCopyUpLeavesTheMapsOfSnapshotsThatHaveTheObjectAlone() throws Exception {
        rbd.create("parent", SIZE, OPTIONS);
        try (Image parent = rbd.open("parent")) {
            parent.write(0, bytes(SIZE, 'P'));
            parent.createSnapshot("p", SnapshotQuiesce.SKIP);
            parent.protectSnapshot("p");
        }
        for (int k = 1; k < ENDLESS; k++) {
            if (shrinkUntil(k)) {
                assertThat(k).as("writes of a shrink").isGreaterThan(6);
                return;
            }
        }
        throw new AssertionError("the shrink has no end");
    }

    /** Whether the shrink has ended well, since it has fewer writes than this. */
    private boolean shrinkUntil(int k) throws IOException {
        String name = "child" + k;
        rbd.clone(ImageSpec.of(images.pool.name(), "parent").at("p"), name, OPTIONS);
        FaultPoint point = FaultPoint.ofWrites(Kind.CRASHED_AFTER);
        Image image = Rbd.on(new FaultyPool(images.pool, point)).open(name);
        image.write(0, bytes(SIZE, 'a'));
        image.createSnapshot("s1", SnapshotQuiesce.SKIP);
        image.write(0, bytes(SIZE, 'b'));
        image.createSnapshot("s2", SnapshotQuiesce.SKIP);
        point.failAfter(k);
        Throwable failed = catchThrowable(() -> image.resize(OBJECT, Progress.NONE));
        point.end();
        image.close();
        if (failed != null) {
            assertThat(failed).isInstanceOf(RadosException.class);
            try (Image again = rbd.open(name)) {
                again.write(again.size() - 512, bytes(512, 'c'));
            }
        }
        for (String snapshot : new String[] {"@s1", "@s2"}) {
            assertThat(images.rbd("object-map", "check", "--no-progress", images.spec(name) + snapshot)
                            .errors())
                    .as("after write %d of the shrink, at %s", k, snapshot)
                    .doesNotContain("object map error");
        }
        return failed == null;
    }
}
