package io.jrados.disk.qcow2;

import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.Qcow2Options;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.channels.WritableByteChannel;

/**
 * Writes an image as qcow2, version 3, from the first byte to the last: the target need not seek. The map comes before
 * the data, so the source's extents are asked for first, and if clusters are to be compressed its data are read twice:
 * once for their sizes. Absent and zero areas take nothing but their marks.
 *
 * <p>Source: docs/interop/qcow2.txt of QEMU.
 */
public final class Qcow2Writer {
    private static final int VERSION = 3;
    private static final int HEADER_LENGTH = 112;
    private static final int REFCOUNT_ORDER = 4;
    private static final int SECTOR_BITS = 9;
    private static final int SECTOR = 1 << SECTOR_BITS;
    private static final int CHUNK = 1 << 20;
    private static final int SIZE_FIELD_END = 62;
    private static final int SMALLEST_SIZE_FIELD = 8;

    private final ClusterPlan plan;
    private final Layout layout;
    private final Output out;
    private final int clusterBits;

    private Qcow2Writer(ClusterPlan plan, Layout layout, Output out) {
        this.plan = plan;
        this.layout = layout;
        this.out = out;
        clusterBits = Integer.numberOfTrailingZeros(layout.clusterSize);
    }

    /**
     * Writes an image.
     *
     * @param image must not change meanwhile; compressed, that is found out: EILSEQ
     * @param target left open
     * @return the number of bytes written
     * @throws RadosException EFBIG for a virtual size that clusters of this size cannot hold
     */
    public static long write(DiskImage image, WritableByteChannel target, Qcow2Options options) throws RadosException {
        ClusterPlan plan = new ClusterPlan(image, options.clusterSize());
        long virtualSize = image.virtualSize() + (-image.virtualSize() & SECTOR - 1);
        try (ClusterCompressor compressor = new ClusterCompressor(options.clusterSize())) {
            if (options.compressed()) {
                plan.compressAll(compressor);
            }
            Layout layout = new Layout(plan, virtualSize, options.clusterSize());
            Output out = new Output(target);
            Qcow2Writer writer = new Qcow2Writer(plan, layout, out);
            writer.header();
            writer.refcounts();
            writer.l1();
            writer.l2();
            writer.plain();
            writer.compressed(compressor);
            out.flush();
            return out.position();
        }
    }

    private void header() throws RadosException {
        out.putInt(Header.MAGIC);
        out.putInt(VERSION);
        out.putLong(0);
        out.putInt(0);
        out.putInt(clusterBits);
        out.putLong(layout.virtualSize);
        out.putInt(0);
        out.putInt(layout.l1Entries);
        out.putLong(layout.offset(layout.l1Cluster));
        out.putLong(layout.clusterSize);
        out.putInt(layout.refcountTableClusters);
        out.putInt(0);
        out.putLong(0);
        out.putLong(0);
        out.putLong(0);
        out.putLong(0);
        out.putInt(REFCOUNT_ORDER);
        out.putInt(HEADER_LENGTH);
        out.align(layout.clusterSize);
    }

    private void refcounts() throws RadosException {
        for (int i = 0; i < layout.refcountBlocks; i++) {
            out.putLong(layout.offset(1 + layout.refcountTableClusters + i));
        }
        out.align(layout.clusterSize);
        for (long i = 0; i < layout.compressedCluster; i++) {
            out.putShort(1);
        }
        compressedRefcounts();
        out.align(layout.clusterSize);
    }

    /** A cluster of the file counts the compressed clusters that it has a part of. */
    private void compressedRefcounts() throws RadosException {
        long cluster = 0;
        int count = 0;
        long at = 0;
        for (int i = 0; i < plan.dataClusters(); i++) {
            int length = plan.stored(i);
            if (length == ClusterPlan.PLAIN) {
                continue;
            }
            for (; cluster < at >>> clusterBits; cluster++) {
                out.putShort(count);
                count = 0;
            }
            count++;
            at += length;
            for (; cluster < at - 1 >>> clusterBits; cluster++) {
                out.putShort(count);
                count = 1;
            }
        }
        if (count > 0) {
            out.putShort(count);
        }
    }

    private void l1() throws RadosException {
        long next = layout.l2Cluster;
        for (int i = 0; i < layout.l1Entries; i++) {
            out.putLong(layout.hasTable(plan, i) ? Geometry.COPIED | layout.offset(next++) : 0);
        }
        out.align(layout.clusterSize);
    }

    private void l2() throws RadosException {
        long nextPlain = layout.offset(layout.plainCluster);
        long nextCompressed = layout.offset(layout.compressedCluster);
        int number = 0;
        for (int table = 0; table < layout.l1Entries; table++) {
            if (!layout.hasTable(plan, table)) {
                continue;
            }
            for (long i = 0; i < layout.perTable; i++) {
                int cluster = (int) Math.min(Integer.MAX_VALUE - 1, (long) table * layout.perTable + i);
                if (!plan.hasData(cluster)) {
                    out.putLong(plan.isZero(cluster) ? Geometry.ZERO : 0);
                    continue;
                }
                int length = plan.stored(number++);
                if (length == ClusterPlan.PLAIN) {
                    out.putLong(Geometry.COPIED | nextPlain);
                    nextPlain += layout.clusterSize;
                } else {
                    out.putLong(compressedEntry(nextCompressed, length));
                    nextCompressed += length;
                }
            }
        }
    }

    private long compressedEntry(long host, int length) {
        long sectors = (host + length - 1 >>> SECTOR_BITS) - (host >>> SECTOR_BITS);
        return Geometry.COMPRESSED | sectors << SIZE_FIELD_END - (clusterBits - SMALLEST_SIZE_FIELD) | host;
    }

    private void plain() throws RadosException {
        int most = Math.max(1, CHUNK >>> clusterBits);
        byte[] chunk = new byte[most << clusterBits];
        int number = 0;
        for (int first = plan.nextData(0); first >= 0; ) {
            int count = 0;
            while (count < most && plan.hasData(first + count) && plan.stored(number + count) == ClusterPlan.PLAIN) {
                count++;
            }
            if (count > 0) {
                plan.read(first, count, chunk);
                out.put(chunk, count << clusterBits);
            }
            int passed = Math.max(1, count);
            number += passed;
            first = plan.nextData(first + passed);
        }
    }

    private void compressed(ClusterCompressor compressor) throws RadosException {
        byte[] cluster = new byte[layout.clusterSize];
        int number = 0;
        for (int i = plan.nextData(0); i >= 0; i = plan.nextData(i + 1)) {
            int length = plan.stored(number++);
            if (length == ClusterPlan.PLAIN) {
                continue;
            }
            plan.read(i, 1, cluster);
            if (compressor.compress(cluster) != length) {
                throw new RadosException(
                        Errno.EILSEQ,
                        "writing as qcow2 an image that changed meanwhile at " + ((long) i << clusterBits));
            }
            out.put(compressor.out(), length);
        }
        out.align(layout.clusterSize);
    }
}
