package io.jrados.rbd.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.io.MemoryImage;
import io.jrados.rbd.io.MemoryPool;
import io.jrados.rbd.io.MemoryRados;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The effect of an image's own options in the requests to its objects, which are of 64 KiB. */
@Timeout(30)
class IoOptionsTest {
    private static final int OBJECT = 1 << 16;

    private final MemoryRados rados = new MemoryRados();
    private final MemoryPool pool = rados.pool(1, "");
    private final MemoryImage header = new MemoryImage(pool, "i", 4 * OBJECT);
    private ImageContext image;
    private ImageIo io;

    private void open() throws RadosException {
        image = Wait.on(ImageContext.openAsync(header.pool, header.id, "image", SnapContext.HEAD, false));
        io = new ImageIo(image);
        pool.log.clear();
    }

    private void set(String option, String value) {
        header.metadata.put("conf_" + option, value.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer bytes(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 7);
        return ByteBuffer.wrap(bytes);
    }

    private String last(long object) {
        List<String> lines = pool.logOf(image.dataObject(object));
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    @Test
    @Covers({"H28", "K15", "H119"})
    void discardsRoundToTheGranularityThatIsSet() throws RadosException {
        open();
        Wait.on(io.write(0, bytes(OBJECT)));
        pool.log.clear();
        Wait.on(io.discard(4096, 8192));
        assertThat(last(0)).as("a discard within the granularity").isEmpty();
        set("rbd_discard_granularity_bytes", "4096");
        image.invalidate();
        Wait.on(io.discard(4097, 8192));
        assertThat(last(0)).contains("zero 8192~4096");
        set("rbd_discard_granularity_bytes", "0");
        image.invalidate();
        Wait.on(io.discard(4097, 10));
        assertThat(last(0)).contains("zero 4097~10");
        set("rbd_discard_granularity_bytes", "65536");
        set("rbd_skip_partial_discard", "false");
        image.invalidate();
        Wait.on(io.discard(4099, 11));
        assertThat(last(0)).contains("zero 4099~11");
    }

    @Test
    @Covers({"H24", "H118"})
    void longReadsLeaveOutTheHoles() throws RadosException {
        open();
        Wait.on(io.write(4096, bytes(8192)));
        ByteBuffer into = bytes(OBJECT + 100);
        Wait.on(io.read(0, into));
        assertThat(last(0)).contains("sparse-read 0~65536");
        assertThat(last(1)).contains("[read 0~100]").doesNotContain("sparse");
        for (int i = 0; i < OBJECT + 100; i++) {
            assertThat(into.get(i)).isEqualTo((byte) (i >= 4096 && i < 12288 ? 7 : 0));
        }
        set("rbd_sparse_read_threshold_bytes", "65537");
        image.invalidate();
        Wait.on(io.read(0, bytes(OBJECT)));
        assertThat(last(0)).doesNotContain("sparse");
        set("rbd_sparse_read_threshold_bytes", "4096");
        image.invalidate();
        into = bytes(8192);
        Wait.on(io.read(12288 - 4096, into));
        assertThat(last(0)).contains("sparse-read 8192~8192");
        assertThat(Arrays.copyOf(into.array(), 4096)).containsOnly(7);
        assertThat(Arrays.copyOfRange(into.array(), 4096, 8192)).containsOnly(0);
    }

    @Test
    @Covers({"H37", "H119"})
    void hintsFollowTheOptions() throws RadosException {
        open();
        Wait.on(io.write(0, bytes(1)));
        assertThat(last(0)).contains("set-alloc-hint");
        set("rbd_enable_alloc_hint", "false");
        image.invalidate();
        Wait.on(io.write(0, bytes(1)));
        assertThat(last(0)).doesNotContain("set-alloc-hint");
        Wait.on(io.discard(0, OBJECT));
        assertThat(last(0)).doesNotContain("set-alloc-hint");
    }

    @Test
    @Covers({"H30", "H119"})
    void writingTheSameZeroesGivesSpaceBackUnlessThatIsSwitchedOff() throws RadosException {
        open();
        Wait.on(io.write(0, bytes(OBJECT)));
        Wait.on(io.commands().writeSame(0, OBJECT, ByteBuffer.allocate(512)));
        assertThat(last(0)).contains("delete");
        set("rbd_discard_on_zeroed_write_same", "false");
        image.invalidate();
        Wait.on(io.commands().writeSame(0, OBJECT, ByteBuffer.allocate(512)));
        assertThat(last(0)).contains("write-same");
    }

    @Test
    @Covers({"H27", "H118"})
    void whatIsReadOfAParentIsCopiedIfThatIsWanted() throws RadosException {
        byte[] data = bytes(OBJECT).array();
        pool.put("rbd_data.i." + "0".repeat(16), data);
        pool.put("rbd_data.i." + "0".repeat(15) + "1", data);
        MemoryImage child = header.child(rados.pool(2, ""), "c", header.snapshot("s"));
        child.metadata.put("conf_rbd_clone_copy_on_read", "true".getBytes(StandardCharsets.UTF_8));
        image = Wait.on(ImageContext.openAsync(child.pool, "c", "child", SnapContext.HEAD, false));
        io = new ImageIo(image);
        ByteBuffer into = ByteBuffer.allocate(100);
        Wait.on(io.read(5, into));
        Wait.on(io.flush());
        assertThat(into.array()).containsOnly(7);
        assertThat(child.pool.objects.get(image.dataObject(0)).head).isEqualTo(data);
        assertThat(child.pool.objects.get(image.dataObject(1))).isNull();
    }

    @Test
    @Covers({"H36", "H118"})
    void replicasServeReadsIfThatIsWanted() throws RadosException {
        set("rbd_read_from_replica_policy", "balance");
        open();
        assertThat(image.options().headReads()).isEqualTo(ReadPolicy.BALANCE);
        set("rbd_read_from_replica_policy", "nonsense");
        set("rbd_localize_snap_reads", "true");
        image.refresh();
        assertThat(image.options().headReads()).isEqualTo(ReadPolicy.DEFAULT);
        assertThat(image.options().snapshotReads()).isEqualTo(ReadPolicy.LOCALIZE);
        assertThat(image.options().parentReads()).isEqualTo(ReadPolicy.DEFAULT);
    }
}
