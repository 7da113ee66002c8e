package io.jrados.rbd.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.DeadlineException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.image.WriteAccess;
import io.jrados.rbd.wait.Gate;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Walks the arrows of {@link ObjectStates}: what is on disk before and after an object changes. Objects are of 64 KiB.
 */
@Covers({"K14", "H87"})
@Timeout(30)
public class ObjectMapTest {
    private static final int OBJECT = 1 << 16;

    private final MemoryRados rados = new MemoryRados();
    private final MemoryPool pool = rados.pool(2, "");
    private final MemoryImage header = new MemoryImage(pool, "c", 8 * OBJECT).mapped();
    private ImageContext image;

    public static final WriteAccess OWNED = new WriteAccess() {
        @Override
        public boolean isOwned() {
            return true;
        }

        @Override
        public CompletableFuture<Void> acquireAsync() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void headerRead(boolean locked) {}

        @Override
        public CompletableFuture<Boolean> tryAcquireAsync() {
            return CompletableFuture.completedFuture(true);
        }
    };

    @BeforeEach
    void opens() throws RadosException {
        store("rbd_object_map.c", "00000000");
        open();
    }

    private void open() throws RadosException {
        image = Wait.on(ImageContext.openAsync(pool, "c", "image", SnapContext.HEAD, false));
        image.access(OWNED);
        image.refresh();
    }

    private void store(String name, String states) {
        BitVector map = new BitVector(states.length(), ObjectState.NONEXISTENT);
        for (int i = 0; i < states.length(); i++) {
            map.set(i, ObjectState.values()[states.charAt(i) - '0']);
        }
        pool.put(name, Encoder.bytesOf(map::encode));
    }

    private String stored(String name) throws RadosException {
        return MemoryObjectMap.read(pool.objects.get(name)).toString().replaceFirst(".*:", "");
    }

    private String stored() throws RadosException {
        return stored("rbd_object_map.c");
    }

    private String inMemory() {
        StringBuilder states = new StringBuilder();
        for (int object = 0; object < image.objectMap().orElseThrow().size(); object++) {
            states.append(image.objectMap().get().state(object).ordinal());
        }
        return states.toString();
    }

    private CompletableFuture<Void> write(long object) {
        return image.objects().write(object, 5, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    private CompletableFuture<Void> discard(long object) {
        return image.objects().discard(object, 0, OBJECT);
    }

    private boolean exists(long object) {
        MemoryObject data = pool.objects.get(image.dataObject(object));
        return data != null && data.head != null;
    }

    private List<String> kinds() {
        List<String> kinds = new ArrayList<>();
        for (String line : pool.log) {
            kinds.add(line.startsWith("rbd_object_map") ? "map" : line.startsWith("rbd_data") ? "data" : "header");
        }
        return kinds;
    }

    @Test
    void theMapIsDurableBeforeTheFirstWriteAndFreeAfter() throws RadosException {
        pool.log.clear();
        pool.holdReplies();
        CompletableFuture<Void> first = write(3);
        assertThat(kinds()).containsExactly("map");
        assertThat(stored()).isEqualTo("00010000");
        pool.reply();
        assertThat(kinds()).containsExactly("map", "data");
        pool.replyToAll();
        Wait.on(first);
        pool.log.clear();
        Wait.on(write(3));
        assertThat(pool.log).singleElement().asString().contains("rbd_data").doesNotContain("alloc");
    }

    @Test
    void writesToOneObjectKeepTheirOrderBehindItsUpdate() throws RadosException {
        pool.log.clear();
        pool.holdReplies();
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            writes.add(image.objects().write(0, i, ByteBuffer.wrap(new byte[] {9, (byte) i})));
        }
        assertThat(kinds()).containsExactly("map");
        pool.replyToAll();
        for (CompletableFuture<Void> write : writes) {
            Wait.on(write);
        }
        assertThat(pool.logOf(image.dataObject(0)))
                .extracting(line -> line.replaceFirst(".*write (\\d+~\\d+).*", "$1"))
                .containsExactly("0~2", "1~2", "2~2", "3~2", "4~2");
        assertThat(pool.objects.get(image.dataObject(0)).head).containsExactly(9, 9, 9, 9, 9, 4);
    }

    @Test
    void neighboursThatWaitedGoTogether() throws RadosException {
        pool.log.clear();
        pool.holdReplies();
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int object = 0; object < 6; object++) {
            writes.add(write(object));
        }
        assertThat(stored()).isEqualTo("10000000");
        pool.replyToAll();
        for (CompletableFuture<Void> write : writes) {
            Wait.on(write);
        }
        assertThat(kinds().stream().filter("map"::equals)).hasSize(2);
        assertThat(stored()).isEqualTo("11111100").isEqualTo(inMemory());
    }

    @Test
    void objectsThatAreNoNeighboursDoNotWaitForEachOther() throws RadosException {
        pool.log.clear();
        pool.holdReplies();
        List<CompletableFuture<Void>> writes = List.of(write(0), write(2), write(5));
        assertThat(stored()).isEqualTo("10100100");
        pool.replyToAll();
        for (CompletableFuture<Void> write : writes) {
            Wait.on(write);
        }
        assertThat(exists(0) && exists(2) && exists(5)).isTrue();
    }

    @Test
    void aDeletionIsPendingWhileItLasts() throws RadosException {
        Wait.on(write(1));
        pool.holdReplies();
        CompletableFuture<Void> discard = discard(1);
        assertThat(stored()).isEqualTo("02000000");
        assertThat(exists(1)).isTrue();
        pool.reply();
        assertThat(exists(1)).isFalse();
        assertThat(stored()).isEqualTo("02000000");
        pool.replyToAll();
        Wait.on(discard);
        assertThat(stored()).isEqualTo("00000000").isEqualTo(inMemory());
    }

    @Test
    void aWriteBehindADeletionMakesTheObjectAgain() throws RadosException {
        Wait.on(write(1));
        pool.holdReplies();
        CompletableFuture<Void> discard = discard(1);
        CompletableFuture<Void> write = write(1);
        pool.replyToAll();
        Wait.on(discard);
        Wait.on(write);
        assertThat(exists(1)).isTrue();
        assertThat(stored()).isEqualTo("01000000").isEqualTo(inMemory());
    }

    @Test
    void aDeletionBehindAFirstWriteDeletesIt() throws RadosException {
        pool.holdReplies();
        CompletableFuture<Void> write = write(1);
        CompletableFuture<Void> discard = discard(1);
        pool.replyToAll();
        Wait.on(write);
        Wait.on(discard);
        assertThat(exists(1)).isFalse();
        assertThat(stored()).isEqualTo("00000000").isEqualTo(inMemory());
    }

    @Test
    void whatIsAbsentIsNeitherReadNorDiscarded() throws RadosException {
        pool.log.clear();
        byte[] bytes = {7, 7};
        Wait.on(image.objects().read(4, 0, ByteBuffer.wrap(bytes)));
        Wait.on(discard(4));
        Wait.on(image.objects().discard(4, 100, 200));
        assertThat(pool.log).isEmpty();
        assertThat(bytes).containsExactly(0, 0);
    }

    @Test
    @Covers("H88")
    void aMapThatCannotBeChangedBecomesInvalidAndTheWriteGoesOn() throws RadosException {
        pool.failOn(line -> line.startsWith("rbd_object_map"));
        Wait.on(write(1));
        assertThat(exists(1)).isTrue();
        assertThat(header.flags).containsEntry(SnapContext.HEAD, 3L);
        assertThat(image.objectMap().orElseThrow().isInvalid()).isTrue();
        // Nobody believes it any more.
        pool.log.clear();
        Wait.on(image.objects().read(6, 0, ByteBuffer.wrap(new byte[1])));
        assertThat(kinds()).containsExactly("data");
    }

    @Test
    @Covers("H88")
    void aWriteFailsIfTheMapCannotBeMarkedAsInvalidEither() {
        pool.failOn(line -> line.startsWith("rbd_object_map") || line.startsWith("rbd_header"));
        pool.log.clear();
        CompletableFuture<Void> one = write(1);
        CompletableFuture<Void> other = write(1);
        assertThatThrownBy(() -> Wait.on(one)).hasMessageContaining("ENOSPC");
        assertThatThrownBy(() -> Wait.on(other)).hasMessageContaining("ENOSPC");
        assertThat(kinds()).doesNotContain("data");
        pool.failOn(line -> false);
    }

    /** The deletion passes a full pool, and the map's note of it does not: found by the weather. */
    @Test
    @Covers("K19")
    void aDeletionThatWasDoneNeverFailsAsNeverSent() throws RadosException {
        Wait.on(write(1));
        pool.holdReplies();
        CompletableFuture<Void> deletion = discard(1);
        pool.reply();
        pool.failLate();
        pool.failOn(line -> line.startsWith("rbd_object_map") || line.startsWith("rbd_header"));
        pool.replyToAll();
        assertThatThrownBy(() -> Wait.on(deletion))
                .isInstanceOfSatisfying(DeadlineException.class, late -> assertThat(late.sent())
                        .isNotEqualTo(DeadlineException.Sent.NEVER_SENT))
                .hasMessageContaining("after the change");
        assertThat(exists(1)).isFalse();
        pool.failOn(line -> false);
    }

    /** The first is pending here too; of the second the update failed here and came to the disk late. */
    @Test
    void whatWasNotDeletedCountsAsThereAgain() throws RadosException {
        Wait.on(write(1));
        Wait.on(write(2));
        pool.failOn(line -> line.startsWith(image.dataObject(1)));
        CompletableFuture<Void> first = discard(1);
        assertThatThrownBy(() -> Wait.on(first)).hasMessageContaining("ENOSPC");
        pool.failOn(line -> line.startsWith("rbd_object_map") || line.startsWith("rbd_header"));
        CompletableFuture<Void> second = discard(2);
        assertThatThrownBy(() -> Wait.on(second)).hasMessageContaining("ENOSPC");
        pool.failOn(line -> false);
        assertThat(stored()).isEqualTo("02100000").isEqualTo(inMemory());
        store("late", "02200000");
        pool.objects.get("rbd_object_map.c").head = pool.objects.get("late").head;
        image.objectMap().orElseThrow().keepUndeleted();
        assertThat(stored()).isEqualTo("01100000").isEqualTo(inMemory());
        pool.log.clear();
        Wait.on(write(2));
        image.objectMap().orElseThrow().keepUndeleted();
        assertThat(kinds()).as("of 2 the state is certain now").containsExactly("map", "data");
    }

    @Test
    void aSnapshotGetsACopyAndWhatIsWrittenLaterIsSeen() throws RadosException {
        Wait.on(write(1));
        Wait.on(write(2));
        long snapId = header.snapshot("s");
        image.objectMap().orElseThrow().addSnapshot(snapId);
        image.refresh();
        assertThat(stored("rbd_object_map.c." + String.format("%016x", snapId))).isEqualTo("01100000");
        assertThat(stored()).isEqualTo("03300000").isEqualTo(inMemory());
        Wait.on(write(2));
        assertThat(stored()).isEqualTo("03100000").isEqualTo(inMemory());
    }

    @Test
    @Covers({"G100", "G102"})
    void aMapThatIsTooShortOrDamagedIsReplacedAndInvalid() throws RadosException {
        store("rbd_object_map.c", "1000");
        open();
        assertThat(image.objectMap().orElseThrow().isInvalid()).isTrue();
        assertThat(inMemory()).isEqualTo("11111111");
        assertThat(stored()).isEqualTo("10000000");
        header.flags.clear();
        pool.objects.remove("rbd_object_map.c");
        open();
        assertThat(header.flags).containsEntry(SnapContext.HEAD, 3L);
        assertThat(stored()).isEqualTo("00000000");
        Wait.on(write(2));
        assertThat(exists(2)).isTrue();
    }

    @Test
    void aLongerMapIsLeftByAnInterruptedResize() throws RadosException {
        store("rbd_object_map.c", "0100000000");
        open();
        assertThat(image.objectMap().orElseThrow().isInvalid()).isFalse();
        assertThat(image.objectMap().get().size()).isEqualTo(10);
    }

    @Test
    @Covers({"K2", "H26"})
    void aCopyUpTellsTheMapsOfAllSnapshots() throws RadosException {
        MemoryPool parents = rados.pool(1, "");
        MemoryImage parent = new MemoryImage(parents, "p", 4 * OBJECT);
        byte[] data = new byte[OBJECT];
        Arrays.fill(data, (byte) 'P');
        parents.put("rbd_data.p." + "0".repeat(16), data);
        long base = parent.snapshot("base");
        header.parent = new io.jrados.rbd.format.ParentImageSpec(1, "", "p", base);
        header.overlap = Optional.of(4L * OBJECT);
        long first = header.snapshot("one");
        long second = header.snapshot("two");
        String one = "rbd_object_map.c." + String.format("%016x", first);
        String two = "rbd_object_map.c." + String.format("%016x", second);
        store(one, "00000000");
        store(two, "00000000");
        image.refresh();
        pool.log.clear();
        Wait.on(write(0));
        assertThat(stored(one)).isEqualTo("10000000");
        assertThat(stored(two)).isEqualTo("30000000");
        assertThat(stored()).isEqualTo("10000000").isEqualTo(inMemory());
        // No guarded write: the map says that the object is absent.
        assertThat(kinds()).containsExactly("map", "map", "map", "data", "data");
        // Where the parent has nothing the snapshots get nothing.
        Wait.on(write(1));
        assertThat(stored(one)).isEqualTo("10000000");
        assertThat(stored()).isEqualTo("11000000").isEqualTo(inMemory());
    }

    @Test
    @Covers({"K2", "H16"})
    void aCopyUpForItsOwnSakeLeavesTheHeadClean() throws RadosException {
        aCopyUpTellsTheMapsOfAllSnapshots();
        pool.objects.remove(image.dataObject(0));
        store("rbd_object_map.c", "01000000");
        open();
        pool.log.clear();
        Wait.on(image.objects().copyUp(0));
        Wait.on(image.objects().copyUp(1));
        Wait.on(image.objects().copyUp(2));
        assertThat(stored()).isEqualTo("31000000").isEqualTo(inMemory());
        // The map may call existing what a client was about to make when it died.
        assertThat(pool.logOf(image.dataObject(1))).containsExactly("[stat]@-2");
        assertThat(exists(2)).isFalse();
    }

    @Test
    void manyAtOnceAreChangedInBatches() throws RadosException {
        for (int object = 0; object < 6; object++) {
            Wait.on(write(object));
        }
        ObjectMap map = image.objectMap().orElseThrow();
        map.deleting(2, 8);
        assertThat(stored()).isEqualTo("11222200").isEqualTo(inMemory());
        map.deleted(2, 8);
        assertThat(stored()).isEqualTo("11000000").isEqualTo(inMemory());
        map.resize(3L * OBJECT + 1);
        assertThat(stored()).isEqualTo("1100").isEqualTo(inMemory());
    }

    @Test
    void closingGivesTheMapsLockBack() throws RadosException {
        try (Gate.Hold hold = image.hold("a test")) {
            Wait.on(image.beforeLockRelease(hold));
        }
        assertThat(pool.objects.get("rbd_object_map.c").isLocked).isFalse();
        assertThat(image.objectMap()).isEmpty();
    }
}
