package io.jrados.rbd.ops;

import static io.jrados.rbd.ops.Images.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.format.TrashImageSpec.State;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.image.ImageIo;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.ops.FaultPoint.Kind;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each verb is interrupted at each of its RADOS operations, in up to four ways. Afterwards the image is as before or as
 * asked, or the same verb run again finishes, and nothing is left in the pool once everything was removed, by us or
 * natively.
 */
@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterruptedVerbsTest {
    private static final boolean EXHAUSTIVE = Boolean.getBoolean("jrados.exhaustive");
    private static final int ENDLESS = 200;

    /** Objects whose number counts, not their size. */
    private static final ImageOptions SMALL_OBJECTS = ImageOptions.LAYERING.withOrder(20);

    private Images images;

    /**
     * All with the system property jrados.exhaustive. Otherwise a crash before an operation is left to the crash after
     * the one before, and a refusal to the lost answer, of which more must be taken back.
     */
    static List<Kind> kinds() {
        return Boolean.getBoolean("jrados.exhaustive")
                ? List.of(Kind.values())
                : List.of(Kind.LOST, Kind.CRASHED_AFTER);
    }

    /** With the interrupts of the verb's own thread. */
    static List<Kind> kindsAndInterrupts() {
        List<Kind> kinds = new ArrayList<>(kinds());
        kinds.add(Kind.INTERRUPTED);
        return kinds.stream().distinct().toList();
    }

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = Images.alone(cluster, InterruptedVerbsTest.class);
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    /** One verb on a pool. */
    private interface Verb {
        void run(Pool pool) throws RadosException;
    }

    /** The action around each interruption. */
    private interface Around {
        void run(int k) throws IOException;
    }

    /** The action after each interruption. */
    private interface After {
        /** @param failed how the verb ended */
        void run(int k, Optional<RadosException> failed) throws IOException;
    }

    /**
     * Interrupts at operation 1, 2, ... until the verb comes through undisturbed. Usually at every second one: of two
     * kinds one has the odd operations and the next the even ones, so that between them none is left out.
     */
    private void interruptEverywhere(Kind kind, Around before, Verb verb, After after) throws IOException {
        int first = EXHAUSTIVE ? 1 : 1 + kindsAndInterrupts().indexOf(kind) % 2;
        for (int k = first; k < ENDLESS; k += EXHAUSTIVE ? 1 : 2) {
            before.run(k);
            FaultPoint point = FaultPoint.at(k, kind);
            Optional<RadosException> failed = Optional.empty();
            try {
                verb.run(new FaultyPool(images.pool, point));
            } catch (RadosException thrown) {
                failed = Optional.of(thrown);
            }
            boolean interrupted = Thread.interrupted();
            assertThat(interrupted
                            || failed.filter(it -> it.errno() == Errno.EINTR).isEmpty())
                    .as("the flag of a thread that was interrupted")
                    .isTrue();
            try {
                after.run(k, failed);
                images.assertNothingLeft();
            } catch (RadosException | RuntimeException | AssertionError wrong) {
                throw new AssertionError(kind + " at operation " + k + ", which ended with " + failed, wrong);
            }
            if (!point.isReached()) {
                assertThat(failed).as("nothing went wrong").isEmpty();
                assertThat(k).as("operations").isGreaterThan(2);
                return;
            }
        }
        throw new AssertionError("the verb has no end");
    }

    /** By us and natively in turn. */
    private void removeIfListed(int k, String name) throws IOException {
        if (images.list().contains(name)) {
            if (k % 2 == 0) {
                images.rbd("rm", "--no-progress", images.spec(name));
            } else {
                images.remove(name);
            }
        }
        assertThat(images.list()).doesNotContain(name);
    }

    @ParameterizedTest
    @MethodSource("kindsAndInterrupts")
    @Covers("H03")
    void create(Kind kind) throws IOException {
        ImageOptions options = ImageOptions.LAYERING
                .withStriping(65536, 3)
                .withFeatures(Features.LAYERING | Features.EXCLUSIVE_LOCK | Features.OBJECT_MAP);
        interruptEverywhere(
                kind, k -> {}, pool -> new CreateImage(pool, "new", 10 * MIB, options).run(), (k, failed) -> {
                    if (failed.isPresent() && !kind.isCrash()) {
                        assertThat(images.list()).isEmpty();
                    }
                    removeIfListed(k, "new");
                });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @Covers("H14")
    void remove(Kind kind) throws IOException {
        interruptEverywhere(
                kind,
                k -> {
                    images.create("old", 10 * MIB);
                    images.write("old", 3 * MIB, (int) (2 * MIB), k);
                },
                pool -> new RemoveImage(pool, "old", Progress.NONE, Images.OTHERS).run(),
                (k, failed) -> {
                    assertThat(failed.isPresent() || images.list().isEmpty()).isTrue();
                    removeIfListed(k, "old");
                });
    }

    @ParameterizedTest
    @MethodSource("kindsAndInterrupts")
    @Covers("H13")
    void rename(Kind kind) throws IOException {
        interruptEverywhere(
                kind,
                k -> images.create("before", 4 * MIB),
                pool -> new RenameImage(pool, "before", "after", Images.OTHERS).run(),
                (k, failed) -> {
                    if (failed.isPresent()) {
                        try {
                            new RenameImage(images.pool, "before", "after", Images.OTHERS).run();
                        } catch (NotFoundException done) {
                            assertThat(images.list()).containsExactly("after");
                        }
                    }
                    assertThat(images.list()).containsExactly("after");
                    removeIfListed(k, "after");
                });
    }

    @ParameterizedTest
    @MethodSource("kindsAndInterrupts")
    @Covers("H46")
    void createSnapshot(Kind kind) throws IOException {
        interruptEverywhere(
                kind,
                k -> images.create("image", 4 * MIB),
                pool -> new CreateSnapshot(Images.open(pool, "image"), "snap").run(),
                (k, failed) -> {
                    if (images.open("image").state().snapshot("snap").isEmpty()) {
                        assertThat(failed).isPresent();
                        images.snapshot("image", "snap");
                    }
                    images.rbd("snap", "rm", "--no-progress", images.spec("image") + "@snap");
                    removeIfListed(k, "image");
                });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @Covers({"H47", "K12"})
    void removeSnapshot(Kind kind) throws IOException {
        interruptEverywhere(
                kind,
                k -> {
                    images.create("image", 4 * MIB);
                    images.write("image", 0, 4096, 1);
                    images.snapshot("image", "snap");
                    if (EXHAUSTIVE) {
                        images.write("image", 0, 4096, 2); // seconds each, until the OSDs have trimmed it
                    }
                },
                pool -> new RemoveSnapshot(Images.open(pool, "image"), "snap", Images.OTHERS).run(),
                (k, failed) -> {
                    if (!images.open("image").state().snapshots().isEmpty() && k % 3 != 0) {
                        new RemoveSnapshot(images.open("image"), "snap", Images.OTHERS).run();
                        assertThat(images.open("image").state().snapshots()).isEmpty();
                    } else if (images.open("image").state().snapshot("snap").isPresent()) {
                        images.rbd("snap", "rm", "--no-progress", images.spec("image") + "@snap");
                    }
                    removeIfListed(k, "image");
                });
    }

    @ParameterizedTest
    @MethodSource("kindsAndInterrupts")
    @Covers("H52")
    void unprotectSnapshot(Kind kind) throws IOException {
        interruptEverywhere(
                kind,
                k -> {
                    images.create("image", 4 * MIB);
                    images.snapshot("image", "snap");
                    new ProtectSnapshot(images.open("image"), "snap").run();
                },
                pool -> new UnprotectSnapshot(Images.open(pool, "image"), "snap").run(),
                (k, failed) -> {
                    ImageContext image = images.open("image");
                    switch (image.state().snapshot("snap").orElseThrow().protection()) {
                        case PROTECTED, UNPROTECTING -> new UnprotectSnapshot(image, "snap").run();
                        case UNPROTECTED -> {}
                    }
                    new RemoveSnapshot(images.open("image"), "snap", Images.OTHERS).run();
                    removeIfListed(k, "image");
                });
    }

    @ParameterizedTest
    @MethodSource("kindsAndInterrupts")
    @Covers({"H55", "H56"})
    void cloneOfFormatOne(Kind kind) throws IOException {
        interruptClone(kind, 1);
    }

    @ParameterizedTest
    @MethodSource("kindsAndInterrupts")
    @Covers({"H55", "H57"})
    void cloneOfFormatTwo(Kind kind) throws IOException {
        interruptClone(kind, 2);
    }

    private void interruptClone(Kind kind, int format) throws IOException {
        interruptEverywhere(
                kind,
                k -> {
                    images.create("parent", 4 * MIB);
                    new ImageMetadata(images.pool, images.id("parent")).set("key", new byte[] {1});
                    images.snapshot("parent", "snap");
                    new ProtectSnapshot(images.open("parent"), "snap").run();
                },
                pool -> new CloneImage(
                                pool,
                                ImageSpec.of(pool.name(), "parent").at("snap"),
                                "child",
                                ImageOptions.LAYERING.withCloneFormat(format),
                                Images.OTHERS)
                        .run(),
                (k, failed) -> {
                    if (failed.isPresent() && !kind.isCrash()) {
                        assertThat(images.list()).containsExactly("parent");
                        assertThat(new ListChildren(images.open("parent")).run())
                                .isEmpty();
                    }
                    removeIfListed(k, "child");
                    new UnprotectSnapshot(images.open("parent"), "snap").run();
                    new RemoveSnapshot(images.open("parent"), "snap", Images.OTHERS).run();
                    removeIfListed(k, "parent");
                });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @Covers("H16")
    void flatten(Kind kind) throws IOException {
        byte[][] written = new byte[1][];
        interruptEverywhere(
                kind,
                k -> {
                    images.create("parent", 2 * MIB, SMALL_OBJECTS);
                    written[0] = images.write("parent", 0, (int) (2 * MIB), k);
                    images.snapshot("parent", "snap");
                    images.clone("parent", "snap", "child", 2);
                },
                pool -> new FlattenImage(Images.open(pool, "child"), Progress.NONE, Images.OTHERS).run(),
                (k, failed) -> {
                    assertThat(read("child")).isEqualTo(written[0]);
                    if (images.open("child").state().parent().isPresent()) {
                        new FlattenImage(images.open("child"), Progress.NONE, Images.OTHERS).run();
                    }
                    assertThat(new ListChildren(images.open("parent")).run()).isEmpty();
                    new RemoveSnapshot(images.open("parent"), "snap", Images.OTHERS).run();
                    removeIfListed(k, "parent");
                    assertThat(read("child")).isEqualTo(written[0]);
                    removeIfListed(k, "child");
                });
    }

    private byte[] read(String name) throws RadosException {
        ImageContext image = images.open(name);
        byte[] data = new byte[(int) image.state().sizeAt(SnapContext.HEAD)];
        Wait.on(new ImageIo(image).read(0, ByteBuffer.wrap(data)));
        return data;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @Covers("H15")
    void shrink(Kind kind) throws IOException {
        interruptEverywhere(
                kind,
                k -> {
                    images.create("image", 7 * MIB / 2, SMALL_OBJECTS);
                    images.write("image", 0, (int) (7 * MIB / 2), k);
                },
                pool -> new ResizeImage(Images.open(pool, "image"), 3 * MIB / 2, true, Progress.NONE).run(),
                (k, failed) -> {
                    assertThat(images.open("image").state().size()).isIn(7 * MIB / 2, 3 * MIB / 2);
                    new ResizeImage(images.open("image"), 3 * MIB / 2, true, Progress.NONE).run();
                    new ResizeImage(images.open("image"), 7 * MIB / 2, true, Progress.NONE).run();
                    byte[] all = read("image");
                    for (int at = (int) (3 * MIB / 2); at < all.length; at++) {
                        if (all[at] != 0) {
                            throw new AssertionError("an old byte at " + at);
                        }
                    }
                    removeIfListed(k, "image");
                });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @Covers("H103")
    void moveToTrash(Kind kind) throws IOException {
        interruptEverywhere(
                kind,
                k -> images.create("image", 4 * MIB),
                pool -> new MoveToTrash(pool, "image", Duration.ZERO).run(),
                (k, failed) -> {
                    String id = new Trash(images.pool)
                            .list(Source.USER).stream()
                                    .map(Trash.Entry::id)
                                    .findFirst()
                                    .orElse("");
                    if (failed.isPresent() && (id.isEmpty() || !isNormal(id))) {
                        new MoveToTrash(images.pool, "image", Duration.ZERO).run();
                    }
                    assertThat(images.list()).isEmpty();
                    List<Trash.Entry> entries = new Trash(images.pool).list(Source.USER);
                    assertThat(entries).hasSize(1);
                    images.rbd(
                            "trash",
                            "rm",
                            "--no-progress",
                            images.pool.name() + "/" + entries.get(0).id());
                });
    }

    private boolean isNormal(String id) throws RadosException {
        return new Trash(images.pool).find(id).orElseThrow().state() == State.NORMAL;
    }
}
