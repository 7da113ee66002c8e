package io.jrados.rbd.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.image.ImageIo;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Walks the arrows of {@link ObjectWrite} and {@link CopyUp}. Objects are of 64 KiB, the parent has four. */
@Covers({"H25", "H26"})
@Timeout(30)
class CopyUpTest {
    private static final int OBJECT = 1 << 16;
    private static final String PLAIN = "[stat, set-alloc-hint, write";

    private final MemoryRados rados = new MemoryRados();
    private final MemoryPool parents = rados.pool(1, "");
    private final MemoryPool children = rados.pool(2, "ns");
    private final MemoryImage parent = new MemoryImage(parents, "p", 4 * OBJECT);
    private MemoryImage child;
    private ImageContext image;
    private ImageIo io;

    @BeforeEach
    void clonesAParent() throws RadosException {
        for (int object = 0; object < 3; object++) {
            byte[] data = new byte[OBJECT];
            Arrays.fill(data, (byte) ('A' + object));
            parents.put(data(parent, object), data);
        }
        child = parent.child(children, "c", parent.snapshot("base"));
        child.size += 2 * OBJECT;
        open();
    }

    private void open() throws RadosException {
        image = Wait.on(ImageContext.openAsync(children, "c", "child", SnapContext.HEAD, false));
        io = new ImageIo(image);
    }

    private long snapshotOfChild() throws RadosException {
        long snapId = child.snapshot("s" + child.snapshots.size());
        image.refresh();
        return snapId;
    }

    private static String data(MemoryImage image, long object) {
        return "rbd_data." + image.id + "." + String.format("%016x", object);
    }

    private CompletableFuture<Void> write(long offset, String text) {
        return io.write(offset, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private List<String> log(long object) {
        return children.logOf(data(child, object));
    }

    private String read(ImageContext from, long offset, int length) throws RadosException {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) '?');
        Wait.on(new ImageIo(from).read(offset, ByteBuffer.wrap(bytes)));
        return new String(bytes, StandardCharsets.US_ASCII).replace('\0', '.');
    }

    private ImageContext at(long snapId) throws RadosException {
        return Wait.on(ImageContext.openAsync(children, "c", "child", snapId, true));
    }

    @Test
    void beyondTheOverlapAWriteIsPlain() throws RadosException {
        Wait.on(write(4 * OBJECT + 10, "xx"));
        assertThat(log(4)).containsExactly("[set-alloc-hint, write 10~2] 0[]");
        assertThat(read(image, 4 * OBJECT + 9, 4)).isEqualTo(".xx.");
    }

    @Test
    @Covers("K3")
    void anObjectThatExistsIsWrittenUnderTheGuard() throws RadosException {
        children.put(data(child, 0), "hello".getBytes(StandardCharsets.US_ASCII));
        Wait.on(write(1, "x"));
        assertThat(log(0)).containsExactly("[stat, set-alloc-hint, write 1~1] 0[]");
        assertThat(read(image, 0, 6)).isEqualTo("hxllo.");
    }

    @Test
    @Covers({"K1", "K3"})
    void withoutSnapshotsTheCopyAndTheWriteAreOneOperation() throws RadosException {
        Wait.on(write(OBJECT + 4096, "x"));
        assertThat(log(1)).containsExactly(PLAIN + " 4096~1] 0[]", "[call, set-alloc-hint, write 4096~1] 0[]");
        assertThat(read(image, OBJECT + 4095, 3)).isEqualTo("BxB");
        assertThat(read(image, 2 * OBJECT - 1, 2)).isEqualTo("BC");
        Wait.on(write(OBJECT, "y"));
        assertThat(log(1)).filteredOn(line -> line.contains("call")).hasSize(1);
    }

    @Test
    @Covers("K1")
    void withSnapshotsTheCopyHasNoSnapshotContextAndTheWriteFollows() throws RadosException {
        long first = snapshotOfChild();
        long second = snapshotOfChild();
        Wait.on(write(OBJECT, "x"));
        String context = second + "[" + second + ", " + first + "]";
        assertThat(log(1))
                .containsExactly(
                        PLAIN + " 0~1] " + context, "[call, set-alloc-hint] 0[]", "[stat, write 0~1] " + context);
        assertThat(read(image, OBJECT, 2)).isEqualTo("xB");
        assertThat(read(at(first), OBJECT, 2)).isEqualTo("BB");
        assertThat(read(at(second), OBJECT, 2)).isEqualTo("BB");
    }

    @Test
    @Covers("K1")
    void whereTheParentHasOnlyZeroesThereIsOneOperationAlsoWithSnapshots() throws RadosException {
        long snapId = snapshotOfChild();
        Wait.on(write(3 * OBJECT + 5, "x"));
        assertThat(log(3).get(1)).isEqualTo("[call, set-alloc-hint, write 5~1] " + snapId + "[" + snapId + "]");
        assertThat(read(image, 3 * OBJECT + 4, 3)).isEqualTo(".x.");
        assertThat(read(at(snapId), 3 * OBJECT + 4, 3)).isEqualTo("...");
    }

    @Test
    @Covers({"K1", "K3"})
    void writersThatFindTheObjectAbsentShareOneCopyUpInTheirOrder() throws RadosException {
        children.holdReplies();
        parents.holdReplies();
        CompletableFuture<Void> first = write(0, "111");
        CompletableFuture<Void> second = write(1, "22");
        CompletableFuture<Void> third = write(2, "3");
        children.reply();
        children.reply();
        children.reply();
        assertThat(parents.unanswered()).as("reads of the parent").isEqualTo(1);
        parents.replyToAll();
        assertThat(log(0)).hasSize(4).last().isEqualTo("[call, set-alloc-hint, write 0~3, write 1~2, write 2~1] 0[]");
        assertThat(List.of(first, second, third)).noneMatch(CompletableFuture::isDone);
        children.replyToAll();
        assertThat(List.of(first, second, third)).allMatch(CompletableFuture::isDone);
        assertThat(read(image, 0, 4)).isEqualTo("123A");
    }

    @Test
    @Covers("K3")
    void whoComesTooLateStartsAnewBehindTheCopyUpInTheOrderOfTheCalls() throws RadosException {
        children.holdReplies();
        CompletableFuture<Void> first = write(0, "111");
        CompletableFuture<Void> late = write(0, "22");
        children.reply();
        assertThat(log(0)).as("the copy-up was sent").hasSize(3);
        CompletableFuture<Void> newcomer = write(0, "3");
        assertThat(log(0)).as("the newcomer waits").hasSize(3);
        children.reply();
        assertThat(log(0)).as("so does the late one").hasSize(3);
        children.reply();
        assertThat(first).isCompleted();
        assertThat(log(0).subList(3, 5)).containsExactly(PLAIN + " 0~2] 0[]", PLAIN + " 0~1] 0[]");
        children.replyToAll();
        assertThat(late).isCompleted();
        assertThat(newcomer).isCompleted();
        assertThat(read(image, 0, 4)).isEqualTo("321A");
    }

    @Test
    @Covers("K3")
    void aWriteOfAWholeObjectNeedsNoCopyUnlessThereAreSnapshots() throws RadosException {
        byte[] whole = new byte[OBJECT];
        Arrays.fill(whole, (byte) 'w');
        Wait.on(io.write(0, ByteBuffer.wrap(whole)));
        assertThat(log(0)).containsExactly("[set-alloc-hint, writefull 0~" + OBJECT + "] 0[]");
        long snapId = snapshotOfChild();
        Wait.on(io.write(OBJECT, ByteBuffer.wrap(whole)));
        assertThat(log(1).get(0)).startsWith("[stat, set-alloc-hint, writefull");
        assertThat(read(image, OBJECT, 2)).isEqualTo("ww");
        assertThat(read(at(snapId), OBJECT, 2)).isEqualTo("BB");
    }

    @Test
    @Covers("K3")
    void aWriteOfAWholeObjectDoesNotOvertakeAGuardedOne() throws RadosException {
        children.holdReplies();
        byte[] whole = new byte[OBJECT];
        Arrays.fill(whole, (byte) 'w');
        CompletableFuture<Void> small = write(5, "x");
        CompletableFuture<Void> large = io.write(0, ByteBuffer.wrap(whole));
        children.replyToAll();
        assertThat(small).isCompleted();
        assertThat(large).isCompleted();
        assertThat(read(image, 4, 3)).isEqualTo("www");
    }

    @Test
    void aFailedCopyUpFailsThoseWhoJoinedAndTheOthersTryAgain() throws RadosException {
        children.failOn(line -> line.contains("call"));
        children.holdReplies();
        CompletableFuture<Void> joined = write(0, "1");
        CompletableFuture<Void> alsoSent = write(1, "2");
        children.reply();
        children.failOn(line -> false);
        children.replyToAll();
        assertThatThrownBy(() -> Wait.on(joined))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ENOSPC));
        Wait.on(alsoSent);
        assertThat(read(image, 0, 3)).isEqualTo("A2A");
    }

    @Test
    @Covers("K1")
    void whenTheCopyBelowSnapshotsFailsTheWriteDoesNotMakeTheObject() throws RadosException {
        snapshotOfChild();
        children.failOn(line -> line.contains("call"));
        CompletableFuture<Void> write = write(0, "x");
        assertThatThrownBy(() -> Wait.on(write))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ENOSPC));
        children.failOn(line -> false);
        assertThat(read(image, 0, 2)).isEqualTo("AA");
    }

    @Test
    void aParentThatCannotBeReadFailsTheWriteAndLeavesTheObjectAbsent() throws RadosException {
        parents.failOn(line -> line.contains("read"));
        CompletableFuture<Void> write = write(0, "x");
        assertThat(write).isCompletedExceptionally();
        parents.failOn(line -> false);
        Wait.on(write(1, "y"));
        assertThat(read(image, 0, 3)).isEqualTo("AyA");
    }

    @Test
    @Covers({"K15", "H28"})
    void aDiscardNeverUncoversTheParent() throws RadosException {
        Wait.on(io.discard(0, OBJECT));
        assertThat(log(0)).containsExactly("[create, truncate 0~0] 0[]");
        assertThat(read(image, 0, 2)).isEqualTo("..");
        long snapId = snapshotOfChild();
        Wait.on(io.discard(OBJECT, OBJECT));
        assertThat(log(1)).first().asString().startsWith("[stat, truncate 0~0] ");
        assertThat(read(image, OBJECT, 2)).isEqualTo("..");
        assertThat(read(at(snapId), OBJECT, 2)).isEqualTo("BB");
    }

    @Test
    @Covers({"K15", "H28"})
    void withoutAParentAnObjectIsDeletedAndItsAbsenceIsNoError() throws RadosException {
        Wait.on(write(4 * OBJECT, "x"));
        Wait.on(io.discard(4 * OBJECT, 2 * OBJECT));
        assertThat(log(4)).last().isEqualTo("[delete] 0[]");
        assertThat(log(5)).containsExactly("[delete] 0[]");
        assertThat(read(image, 4 * OBJECT, 2)).isEqualTo("..");
    }

    @Test
    @Covers("K15")
    void aDiscardIsRoundedInwardToTheGranularity() throws RadosException {
        MemoryImage large = new MemoryImage(children, "l", 1 << 20);
        large.order = 18;
        ImageContext context = Wait.on(ImageContext.openAsync(children, "l", "l", SnapContext.HEAD, false));
        ImageIo largeIo = new ImageIo(context);
        int granularity = 64 << 10;
        Wait.on(largeIo.discard(1, granularity));
        assertThat(children.logOf(data(large, 0))).isEmpty();
        Wait.on(largeIo.discard(1, 2 * granularity));
        assertThat(children.logOf(data(large, 0))).containsExactly("[zero 65536~65536] 0[]");
        Wait.on(largeIo.discard(granularity + 1, (1 << 18) - granularity - 1));
        assertThat(children.logOf(data(large, 0))).last().isEqualTo("[truncate 131072~0] 0[]");
    }

    @Test
    @Covers("H16")
    void flatteningCopiesWhatTheParentHasAndNothingElse() throws RadosException {
        Wait.on(write(0, "x"));
        children.log.clear();
        for (long object = 0; object < 6; object++) {
            Wait.on(image.objects().copyUp(object));
        }
        assertThat(log(0)).containsExactly("[stat]@-2");
        assertThat(log(1)).containsExactly("[stat]@-2", "[call, set-alloc-hint] 0[]");
        assertThat(log(3)).as("zeroes").containsExactly("[stat]@-2");
        assertThat(log(4)).as("beyond the overlap").isEmpty();
        child.overlap = Optional.empty();
        child.parent = new ParentImageSpec(-1, "", "", 0);
        image.refresh();
        assertThat(read(image, OBJECT - 1, 2)).isEqualTo("AB");
        assertThat(read(image, 3 * OBJECT - 1, 2)).isEqualTo("C.");
    }

    @Test
    @Covers({"K6", "H15"})
    void aTrimKeepsWhatSnapshotsSee() throws RadosException {
        long snapId = snapshotOfChild();
        Wait.on(image.objects().trim(1, 0));
        Wait.on(image.objects().trim(0, 1));
        child.resize(1);
        image.refresh();
        assertThat(read(image, 0, 1)).isEqualTo("A");
        assertThat(read(at(snapId), 0, 3)).isEqualTo("AAA");
        assertThat(read(at(snapId), OBJECT, 3)).isEqualTo("BBB");
        child.resize(4 * OBJECT);
        image.refresh();
        assertThat(read(image, 0, 3)).isEqualTo("A..");
        assertThat(read(image, OBJECT, 3)).isEqualTo("...");
    }

    @Test
    @Covers({"K7", "H07"})
    void aSnapshotThatGoesAwayWhileTheHeaderIsReadMakesTheRefreshBeginAnew() throws RadosException {
        long gone = child.snapshot("gone");
        long stays = child.snapshot("stays");
        child.afterSnapContext = () -> child.snapshots.remove(gone);
        image.refresh();
        assertThat(image.state().snapshots()).extracting(SnapshotState::id).containsExactly(stays);
        assertThat(image.state().snapContext()).isEqualTo(new SnapContext(stays, stays));
    }

    @Test
    @Covers("K6")
    void aParentThatIsShorterThanTheOverlapShowsZeroes() throws RadosException {
        parent.snapshots.replaceAll(
                (id, snapshot) -> new MemoryImage.Snapshot(id, snapshot.name(), OBJECT + 2, snapshot.overlap()));
        open();
        assertThat(read(image, OBJECT, 4)).isEqualTo("BB..");
        assertThat(read(image, 2 * OBJECT, 2)).isEqualTo("..");
        Wait.on(write(OBJECT + 1, "x"));
        assertThat(read(image, OBJECT, 4)).isEqualTo("Bx..");
    }
}
