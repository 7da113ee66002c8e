package io.jrados.disk.qcow2;

import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.DiskStream;
import io.jrados.disk.model.RawStream;
import io.jrados.disk.model.StreamInput;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A qcow2 image from a stream, in one pass. Tables are read when they come by, and tell which data to hand out; data
 * that come before their table are kept for a while. Images that {@code qemu-img convert} or {@link Qcow2Writer} wrote
 * have their tables in front; one that a guest wrote to at random may not.
 *
 * <p>Source: docs/interop/qcow2.txt of QEMU.
 */
public final class Qcow2Stream implements DiskStream {
    private static final int WANT_BYTES = 64;
    private static final int LARGEST_PIECE = 1 << 20;
    private static final int SECTOR = 512;

    private final StreamInput input;
    private final long limit;
    private final Header header;
    private final Geometry geometry;
    private final DiskInfo info;
    private final DecoderPool decoders;
    private final StreamWindow window;

    /** Tables that did not come by yet, by their place; the value is the L1 entry's number, or {@link #L1}. */
    private final TreeMap<Long, Integer> tables = new TreeMap<>();

    private static final int L1 = -1;
    private long[] l2Places = new long[0];

    /** Data that were not handed out yet, by the position of the stream at which they can be. */
    private final PriorityQueue<Want> wants = new PriorityQueue<>(Comparator.comparingLong(Want::ready));

    private final Deque<Piece> pieces = new ArrayDeque<>();

    private static final class Want {
        final boolean compressed;
        long guest;
        long length;
        long host;
        final int stored;

        Want(long guest, Run run) {
            this.guest = guest;
            compressed = run.kind() == Run.Kind.COMPRESSED;
            length = run.length();
            host = run.host();
            stored = run.stored();
        }

        long ready() {
            return compressed ? host + stored : host + 1;
        }
    }

    /**
     * Opens an image; its first cluster is read.
     *
     * @param input closed with the image; left open if this fails
     * @param limit the bytes of the stream that are kept at most, and as many for the map
     */
    public Qcow2Stream(StreamInput input, long limit) throws RadosException {
        this.input = input;
        this.limit = limit;
        byte[] first = new byte[SECTOR];
        int length = input.read(first);
        int clusterSize = Header.clusterSize(ByteBuffer.wrap(first, 0, length).slice());
        byte[] rest = new byte[clusterSize - length];
        int more = input.read(rest);
        byte[] cluster = Arrays.copyOf(first, length + more);
        System.arraycopy(rest, 0, cluster, length, more);
        header = Header.decode(ByteBuffer.wrap(cluster));
        header.requireReadable();
        geometry = new Geometry(header);
        int entries = geometry.requireTables(Long.MAX_VALUE);
        if (entries > 0) {
            tables.put(header.l1Offset(), L1);
        }
        info = header.describe(List.of(), List.of());
        decoders = new DecoderPool(header);
        window = new StreamWindow(input, clusterSize, limit, cluster);
    }

    @Override
    public DiskInfo info() {
        return info;
    }

    @Override
    public @Nullable Piece next() throws RadosException {
        while (pieces.isEmpty() && !(tables.isEmpty() && wants.isEmpty())) {
            readTables();
            handOut();
            forget();
            if (pieces.isEmpty() && !(tables.isEmpty() && wants.isEmpty())) {
                advance();
            }
        }
        return pieces.pollFirst();
    }

    private void advance() throws RadosException {
        if (window.atEnd()) {
            throw Damage.malformed("the stream ends at " + window.end() + ", before its "
                    + (tables.isEmpty() ? "data" : "tables") + " are complete");
        }
        window.advance();
    }

    private void readTables() throws RadosException {
        while (!tables.isEmpty()) {
            long place = tables.firstKey();
            int which = tables.firstEntry().getValue();
            int length = which == L1 ? entries() * Long.BYTES : geometry.clusterSize;
            if (place + length > window.end()) {
                return;
            }
            byte[] bytes = window.get(place, length, true);
            if (bytes == null) {
                throw tooFar("the table at " + place);
            }
            tables.pollFirstEntry();
            long[] values = new long[length / Long.BYTES];
            ByteBuffer.wrap(bytes).asLongBuffer().get(values);
            if (which == L1) {
                addTables(values);
            } else {
                addWants(which, values);
            }
        }
    }

    private int entries() throws RadosException {
        return geometry.requireTables(Long.MAX_VALUE);
    }

    private void addTables(long[] l1) throws RadosException {
        l2Places = ClusterMap.tables(geometry, l1, Long.MAX_VALUE);
        for (int i = 0; i < l1.length; i++) {
            if (l1[i] != 0) {
                tables.put(l1[i], i);
            }
        }
        requireSmallMap();
    }

    private void addWants(int index, long[] entries) throws RadosException {
        long begin = (long) index << geometry.l2Shift;
        ClusterMap.check(geometry, entries, begin, Long.MAX_VALUE, l2Places);
        L2Table table = new L2Table(geometry, begin, entries);
        long end = header.size() - begin > 1L << geometry.l2Shift ? begin + (1L << geometry.l2Shift) : header.size();
        for (long at = begin; at < end; ) {
            Run run = table.run(at, end, Long.MAX_VALUE);
            if (run.kind() == Run.Kind.PLAIN || run.kind() == Run.Kind.COMPRESSED) {
                wants.add(new Want(at, run));
            }
            at += run.length();
        }
        requireSmallMap();
    }

    private void requireSmallMap() throws RadosException {
        if ((long) (tables.size() + wants.size()) * WANT_BYTES > limit) {
            throw new RadosException(
                    Errno.EFBIG,
                    "reading a qcow2 image in one pass, whose map takes more than " + limit + " bytes of memory");
        }
    }

    private void handOut() throws RadosException {
        while (!wants.isEmpty()) {
            Want want = wants.peek();
            boolean isCut = want.compressed && window.atEnd() && want.host < window.end();
            if (want.ready() > window.end() && !isCut) {
                return;
            }
            wants.poll();
            if (want.compressed) {
                int stored = (int) Math.min(want.stored, window.end() - want.host);
                pieces.add(new Expanding(want.guest, (int) want.length, taken(want, stored)));
            } else {
                int part = (int) Math.min(Math.min(want.length, LARGEST_PIECE), window.end() - want.host);
                pieces.add(new RawStream.Stored(want.guest, taken(want, part)));
                want.guest += part;
                want.host += part;
                want.length -= part;
                if (want.length > 0) {
                    wants.add(want);
                }
            }
        }
    }

    private byte[] taken(Want want, int length) throws RadosException {
        byte[] bytes = window.get(want.host, length, !want.compressed);
        if (bytes == null) {
            throw tooFar("the cluster of offset " + want.guest);
        }
        return bytes;
    }

    /** Gives up the blocks that no table can ask for any more; one that is still to come may ask for anything. */
    private void forget() {
        if (!tables.isEmpty()) {
            window.forgetTaken();
        } else {
            long longest = 2L * geometry.clusterSize + SECTOR;
            window.forget(
                    wants.isEmpty() ? window.end() : Math.max(0, wants.peek().ready() - longest));
        }
    }

    private RadosException tooFar(String what) {
        return new RadosException(
                Errno.EOPNOTSUPP,
                "reading a qcow2 image in one pass, where " + what + " comes over " + limit
                        + " bytes before the table that names it: it can be read from a file or by ranges");
    }

    @Override
    public void close() throws RadosException {
        decoders.close();
        input.close();
    }

    /** A compressed cluster. */
    private final class Expanding implements Piece {
        private final long offset;
        private final int length;
        private final byte[] stored;

        Expanding(long offset, int length, byte[] stored) {
            this.offset = offset;
            this.length = length;
            this.stored = stored;
        }

        @Override
        public long offset() {
            return offset;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public ByteBuffer bytes() throws RadosException {
            ClusterDecoder decoder = decoders.take();
            try {
                return decoder.expand(stored, offset, length);
            } finally {
                decoders.giveBack(decoder);
            }
        }
    }
}
