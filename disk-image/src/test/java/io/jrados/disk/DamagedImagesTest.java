package io.jrados.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.Extent;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Images that contradict the format, each in one way: refused by a sentence that names it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedImagesTest {
    private static final int CLUSTER_BITS = 20;
    private static final int SIZE = 24;
    private static final int L1_SIZE = 36;
    private static final int L1_OFFSET = 40;
    private static final int REFCOUNT_OFFSET = 48;
    private static final int REFCOUNT_CLUSTERS = 56;
    private static final int SNAPSHOTS = 60;
    private static final int HEADER_LENGTH = 100;
    private static final int CLUSTER = 4096;
    private static final long COMPRESSED = 1L << 62;

    private byte[] made;
    private byte[] good;
    private ByteBuffer image;
    private int l1;
    private int l2;

    @BeforeAll
    void makeImage(@TempDir Path folder) throws IOException {
        Tools tools = new Tools(folder);
        tools.qemuImg("create", "-q", "-f", "qcow2", "-o", "cluster_size=4k", "image.qcow2", "6M");
        tools.qemuIo("image.qcow2", "write -P 1 0 16k", "write -P 2 4M 16k", "write -c -P 7 5M 4k");
        made = Files.readAllBytes(tools.path("image.qcow2"));
    }

    @BeforeEach
    void copyImage() {
        good = made.clone();
        image = ByteBuffer.wrap(good);
        l1 = (int) image.getLong(L1_OFFSET);
        l2 = table(0);
    }

    private int table(int index) {
        return (int) (image.getLong(l1 + Long.BYTES * index) & 0xff_ffff_ffffL);
    }

    private void isRefused(String sentence) {
        RadosException refused = catchThrowableOfType(RadosException.class, () -> readAll(good));
        assertThat(refused).as(sentence).isNotNull().hasMessageContaining(sentence);
        assertThat(refused.errno()).isEqualTo(Errno.EBADMSG);
    }

    private static void readAll(byte[] bytes) throws RadosException {
        try (DiskImage disk = DiskImages.open(new BytesSource(bytes), DiskFormat.QCOW2)) {
            for (long at = 0; at < disk.virtualSize(); ) {
                Extent extent = disk.extent(at, 1 << 20);
                if (extent.kind() == Extent.Kind.DATA) {
                    disk.read(at, ByteBuffer.allocate((int) extent.length()));
                }
                at = extent.end();
            }
        }
    }

    @Test
    void theImageIsGoodBefore() throws RadosException {
        readAll(good);
    }

    @Test
    void clustersOfAbsurdSizes() {
        for (int bits : new int[] {0, 8, 22, 31, 63, -1}) {
            image.putInt(CLUSTER_BITS, bits);
            isRefused("clusters of 2^");
        }
    }

    @Test
    void virtualSizesThatTheTablesCannotHold() {
        image.putLong(SIZE, Long.MAX_VALUE);
        isRefused("an L1 table of 3 entries");
        image.putLong(SIZE, -1);
        isRefused("a virtual size of 18446744073709551615");
    }

    @Test
    void tablesOfAbsurdSizes() {
        image.putInt(L1_SIZE, -1);
        isRefused("an L1 table of 4294967295 entries");
        image.putInt(L1_SIZE, 4 << 20);
        isRefused("the L1 table at " + l1);
        image.putInt(L1_SIZE, 3).putInt(REFCOUNT_CLUSTERS, -1);
        isRefused("a refcount table of");
        image.putInt(REFCOUNT_CLUSTERS, 1).putInt(SNAPSHOTS, 1 << 20);
        isRefused("1048576 internal snapshots");
    }

    @Test
    void headersOfAbsurdLengths() {
        for (int length : new int[] {0, 103, 108, 5000, -8}) {
            image.putInt(HEADER_LENGTH, length);
            isRefused("a header of");
        }
    }

    @Test
    void tablesInTheHeaderOrOutside() {
        for (long offset : new long[] {0, 512, CLUSTER + 512, 1L << 55, -CLUSTER}) {
            image.putLong(L1_OFFSET, offset);
            isRefused("the L1 table at");
        }
        image.putLong(L1_OFFSET, l1).putLong(REFCOUNT_OFFSET, 1 << 30);
        isRefused("the refcount table at");
    }

    @Test
    void l2TablesInTheHeaderOutsideAndUnaligned() {
        for (long offset : new long[] {512, l2 + 512, 1 << 30}) {
            image.putLong(l1, offset);
            isRefused("an L2 table at");
        }
    }

    @Test
    void tablesThatOverlap() {
        image.putLong(l1, l1);
        isRefused("overlaps another table");
        image.putLong(l1, image.getLong(REFCOUNT_OFFSET));
        isRefused("overlaps another table");
        image.putLong(l1, table(2));
        isRefused("is used twice");
    }

    @Test
    void clustersInTables() {
        for (long place : new long[] {l1, l2, table(2), image.getLong(REFCOUNT_OFFSET)}) {
            image.putLong(l2, place);
            isRefused("in a table");
            image.putLong(l2, COMPRESSED | place + 5);
            isRefused("in a table");
        }
        image.putLong(l2, COMPRESSED | 100);
        isRefused("is compressed at 100");
    }

    @Test
    void clustersOutsideAndUnaligned() {
        image.putLong(l2, 1L << 40);
        isRefused("the cluster of offset 0 at");
        image.putLong(l2, COMPRESSED | 1L << 40);
        isRefused("the compressed cluster of offset 0 at");
        image.putLong(l2, l2 + 512);
        isRefused("not the begin of a cluster");
    }

    @Test
    void everyTruncation() {
        int end = good.length;
        while (good[end - 1] == 0) {
            end--;
        }
        for (int length = 0; length < end; length += 61) {
            byte[] cut = Arrays.copyOf(good, length);
            RadosException refused = catchThrowableOfType(RadosException.class, () -> readAll(cut));
            assertThat(refused).as("cut at " + length).isNotNull();
            assertThat(refused.errno()).isEqualTo(Errno.EBADMSG);
        }
    }

    @Test
    void clustersThatExpandWithoutEndStopAtTheirSize() throws RadosException {
        byte[] bomb = deflated(new byte[1 << 20]);
        int place = good.length;
        byte[] bombed = Arrays.copyOf(good, place + CLUSTER);
        System.arraycopy(bomb, 0, bombed, place, bomb.length);
        ByteBuffer.wrap(bombed).putLong(l2, COMPRESSED | 7L << 58 | place);
        readAll(bombed);
    }

    @Test
    void clustersThatDoNotExpand() {
        int place = good.length;
        byte[] broken = Arrays.copyOf(good, place + CLUSTER);
        byte[] half = deflated(new byte[CLUSTER / 2]);
        System.arraycopy(half, 0, broken, place, half.length);
        ByteBuffer.wrap(broken).putLong(l2, COMPRESSED | place);
        good = broken;
        isRefused("deflate data make 2048 bytes of 4096");
        Arrays.fill(broken, place, broken.length, (byte) 0xff);
        isRefused("no deflate data");
    }

    private static byte[] deflated(byte[] content) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(content);
        deflater.finish();
        byte[] out = new byte[CLUSTER];
        int length = deflater.deflate(out);
        deflater.end();
        return Arrays.copyOf(out, length);
    }

    @Test
    void readsOutsideTheDiskAreInvalid() throws RadosException {
        try (DiskImage disk = DiskImages.open(new BytesSource(good))) {
            for (long offset : new long[] {disk.virtualSize() - 9, Long.MAX_VALUE}) {
                RadosException refused =
                        catchThrowableOfType(RadosException.class, () -> disk.read(offset, ByteBuffer.allocate(10)));
                assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
            }
            assertThat(catchThrowableOfType(RadosException.class, () -> disk.extent(disk.virtualSize(), 1))
                            .errno())
                    .isEqualTo(Errno.EINVAL);
        }
    }
}
