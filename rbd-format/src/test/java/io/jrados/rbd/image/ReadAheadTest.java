package io.jrados.rbd.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.io.MemoryImage;
import io.jrados.rbd.io.MemoryPool;
import io.jrados.rbd.io.MemoryRados;
import io.jrados.rbd.io.ObjectMapTest;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests of what is read before it is asked for, and when it is not used. Of an image of 64 objects of 64 KiB. */
@Timeout(30)
class ReadAheadTest {
    private static final int OBJECT = 1 << 16;
    private static final int BLOCK = 4096;

    private static final String AHEAD = ": [read 20480~16384]";

    private final MemoryRados rados = new MemoryRados();
    private final MemoryPool pool = rados.pool(1, "");
    private final MemoryImage header = new MemoryImage(pool, "i", 64 * OBJECT).mapped();
    private final byte[] content = new byte[64 * OBJECT];
    private ImageContext image;
    private ImageIo io;

    @BeforeEach
    void fill() throws RadosException {
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + i / OBJECT + 1);
        }
        set("rbd_cache_policy", "writethrough");
        set("rbd_readahead_trigger_requests", "4");
        set("rbd_sparse_read_threshold_bytes", "1G");
        open(SnapContext.HEAD);
        Wait.on(io.write(0, ByteBuffer.wrap(content)));
        pool.log.clear();
    }

    private void open(long snapId) throws RadosException {
        image = Wait.on(ImageContext.openAsync(pool, "i", "image", snapId, false));
        if (snapId == SnapContext.HEAD) {
            image.access(ObjectMapTest.OWNED);
            image.refresh();
        }
        io = new ImageIo(image);
        pool.log.clear();
    }

    private void set(String option, String value) {
        header.metadata.put("conf_" + option, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads that went to the objects. */
    private List<String> reads() {
        List<String> reads = pool.log.stream()
                .filter(line -> line.startsWith("rbd_data") && line.contains("[read"))
                .map(line ->
                        line.replaceAll("^rbd_data\\.i\\.0*(\\d?) ", "$1: ").replaceAll("@.*", ""))
                .toList();
        pool.log.clear();
        return reads;
    }

    private void read(long offset, int length) throws RadosException {
        assertThat(Wait.on(begin(offset, length)))
                .isEqualTo(Arrays.copyOfRange(content, (int) offset, (int) offset + length));
    }

    private CompletableFuture<byte[]> begin(long offset, int length) {
        ByteBuffer into = ByteBuffer.allocate(length);
        return io.read(offset, into).thenApply(done -> {
            assertThat(into.position()).isZero();
            return into.array();
        });
    }

    /** A block at the end, then five from the beginning on: upon which four more are there. */
    private void readInOrder() throws RadosException {
        read(content.length - BLOCK, BLOCK);
        for (int block = 0; block < 5; block++) {
            read(block * BLOCK, BLOCK);
        }
        assertThat(reads()).hasSize(7).contains(AHEAD);
    }

    @Test
    void asMuchAsWasReadThenTwiceAsMuch() throws RadosException {
        for (int block = 0; block < 4; block++) {
            read(block * BLOCK, BLOCK);
        }
        assertThat(reads())
                .containsExactly(
                        ": [read 0~4096]",
                        ": [read 4096~4096]",
                        ": [read 8192~4096]",
                        ": [read 16384~16384]",
                        ": [read 12288~4096]");
        read(4 * BLOCK, BLOCK);
        assertThat(reads()).isEmpty();
        read(5 * BLOCK, BLOCK);
        assertThat(reads()).as("more, from the middle on").containsExactly(": [read 32768~32768]");
        for (int block = 6; block < 11; block++) {
            read(block * BLOCK, BLOCK);
        }
        assertThat(reads()).isEmpty();
        read(11 * BLOCK, BLOCK);
        assertThat(reads()).containsExactly("1: [read 0~65536]");
        read(40 * BLOCK, BLOCK);
        read(41 * BLOCK, BLOCK);
        assertThat(reads()).as("elsewhere").hasSize(2);
    }

    @Test
    void noMoreThanIsAllowedAndNotPastTheEnd() throws RadosException {
        set("rbd_readahead_max_bytes", "8192");
        set("rbd_readahead_disable_after_bytes", "49152");
        image.refresh();
        long start = content.length - 6 * BLOCK;
        read(start - BLOCK, BLOCK);
        reads();
        for (int block = 0; block < 6; block++) {
            read(start + block * BLOCK, BLOCK);
        }
        assertThat(reads())
                .contains("rbd_data.i.000000000000003f [read 57344~8192]")
                .noneMatch(line -> line.contains("~16384"));
        for (int block = 0; block < 16; block++) {
            read(block * BLOCK, BLOCK);
        }
        assertThat(reads().stream().filter(line -> line.contains("~8192")))
                .as("it ends after 12 blocks altogether")
                .hasSizeLessThan(2);
        for (int block = 16; block < 32; block++) {
            read(block * BLOCK, BLOCK);
        }
        assertThat(reads()).hasSize(16);
    }

    @Test
    @Covers("H33")
    void isForgottenOnRequestAndAfterASecond() throws RadosException {
        readInOrder();
        read(5 * BLOCK, BLOCK);
        assertThat(reads()).isEmpty();
        io.invalidateCache();
        read(6 * BLOCK, BLOCK);
        assertThat(reads()).contains(": [read 24576~4096]");

        readInOrder();
        rados.loop.time.advance(Duration.ofMillis(999));
        read(5 * BLOCK, BLOCK);
        assertThat(reads()).isEmpty();
        rados.loop.time.advance(Duration.ofMillis(1));
        read(6 * BLOCK, BLOCK);
        assertThat(reads()).contains(": [read 24576~4096]");
    }

    @Test
    void neverShowsWhatAWriteHasChanged() throws RadosException {
        readInOrder();
        byte[] changed = new byte[BLOCK];
        Arrays.fill(changed, (byte) 7);
        Wait.on(io.write(5 * BLOCK, ByteBuffer.wrap(changed)));
        System.arraycopy(changed, 0, content, 5 * BLOCK, BLOCK);
        read(5 * BLOCK, BLOCK);
        assertThat(reads()).isNotEmpty();

        readInOrder();
        Wait.on(io.discard(0, OBJECT));
        Arrays.fill(content, 0, OBJECT, (byte) 0);
        read(5 * BLOCK, BLOCK);
    }

    @Test
    void isNotBegunWhileAWriteIsUnderWay() throws RadosException {
        for (int block = 0; block < 3; block++) {
            read(block * BLOCK, BLOCK);
        }
        reads();
        pool.holdReplies();
        CompletableFuture<Void> writing = io.write(60 * BLOCK, ByteBuffer.wrap(content, 60 * BLOCK, BLOCK));
        CompletableFuture<byte[]> reading = begin(3 * BLOCK, BLOCK);
        assertThat(reads()).containsExactly(": [read 12288~4096]");
        pool.replyToAll();
        Wait.on(writing);
        Wait.on(reading);
    }

    @Test
    void isWaitedForAndReadAgainIfSomethingChangedMeanwhile() throws RadosException {
        for (int block = 0; block < 3; block++) {
            read(block * BLOCK, BLOCK);
        }
        pool.holdReplies();
        begin(3 * BLOCK, BLOCK);
        reads();
        CompletableFuture<byte[]> reading = begin(4 * BLOCK, BLOCK);
        assertThat(reads()).as("it waits for what is read ahead").isEmpty();
        assertThat(reading).isNotDone();
        image.invalidate();
        pool.replyToAll();
        assertThat(Wait.on(reading)).isEqualTo(Arrays.copyOfRange(content, 4 * BLOCK, 5 * BLOCK));
        assertThat(reads()).contains(": [read 16384~4096]");
    }

    @Test
    void aFailureOfItIsNobodys() throws RadosException {
        pool.failOn(line -> line.contains("[read 20480~16384]"));
        readInOrder();
        read(5 * BLOCK, BLOCK);
        assertThat(reads()).contains(": [read 20480~4096]");
    }

    @Test
    void isNotDoneWithoutTheLock() throws RadosException {
        readInOrder();
        image.access(WriteAccess.NONE);
        read(5 * BLOCK, BLOCK);
        assertThat(reads()).containsExactly(": [read 20480~4096]");
        for (int block = 6; block < 20; block++) {
            read(block * BLOCK, BLOCK);
        }
        assertThat(reads()).hasSize(14);
    }

    @Test
    void isNotDoneWithTheDefaultPolicyOrWithoutACache() throws RadosException {
        for (String[] off : new String[][] {
            {"rbd_cache_policy", "writearound"}, {"rbd_cache", "false"}, {"rbd_readahead_max_bytes", "0"}
        }) {
            set("rbd_cache_policy", "writeback");
            set(off[0], off[1]);
            image.refresh();
            reads();
            for (int block = 0; block < 16; block++) {
                read(block * BLOCK, BLOCK);
            }
            assertThat(reads()).as(off[0]).hasSize(16);
        }
    }

    @Test
    void isDoneForASnapshotWhoeverOwnsTheLock() throws RadosException {
        long snapshot = header.snapshot("s");
        open(snapshot);
        readInOrder();
        read(5 * BLOCK, BLOCK);
        assertThat(reads()).isEmpty();
    }
}
