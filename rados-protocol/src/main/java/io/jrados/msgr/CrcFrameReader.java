package io.jrados.msgr;

import static io.jrados.msgr.FrameLayout.CRC;
import static io.jrados.msgr.FrameLayout.CRC_EPILOGUE;

import io.jrados.crypto.Crc32c;
import io.jrados.error.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Crc mode: segments are slices of what was received. */
final class CrcFrameReader implements FrameReader {
    private FrameLimits limits;
    private final boolean dataCrc;
    private final byte[] scratch = new byte[FrameLayout.SHORT];
    private @Nullable Preamble preamble;
    private boolean refused;

    /** @param dataCrc false for ms_crc_data = false: checksums of segments are not looked at */
    CrcFrameReader(FrameLimits limits, boolean dataCrc) {
        this.limits = limits;
        this.dataCrc = dataCrc;
    }

    @Override
    public @Nullable Frame read(ByteBuf in) {
        while (in.readableBytes() >= Preamble.LENGTH) {
            if (preamble == null) {
                preamble = announced(in, in.readerIndex());
            }
            Preamble known = preamble;
            if (in.readableBytes() < FrameLayout.crcLength(known)) {
                return null;
            }
            preamble = null;
            int start = in.readerIndex();
            in.skipBytes((int) FrameLayout.crcLength(known));
            Frame frame = frame(known, in, start + Preamble.LENGTH);
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    private Preamble announced(ByteBuf in, int index) {
        try {
            return Preamble.read(in, index, limits, scratch);
        } catch (MalformedException malformed) {
            refused = Preamble.isTooLong(in, index, limits, scratch);
            throw malformed;
        }
    }

    /** Null if it was aborted. */
    private @Nullable Frame frame(Preamble known, ByteBuf in, int header) {
        int front = header + known.header();
        if (known.header() > 0) {
            check(known.tag(), in, header, known.header(), in.getIntLE(front));
            front += CRC;
        }
        int middle = front + known.front();
        int data = middle + known.middle();
        int epilogue = data + known.data();
        if (known.count() > 1) {
            // The rest of an aborted frame is zeroes with checksums of something else.
            if (aborted(in.getByte(epilogue))) {
                return null;
            }
            check(known.tag(), in, front, known.front(), in.getIntLE(epilogue + 1));
        }
        if (known.count() > 2) {
            check(known.tag(), in, middle, known.middle(), in.getIntLE(epilogue + 1 + CRC));
        }
        if (known.count() > 3) {
            check(known.tag(), in, data, known.data(), in.getIntLE(epilogue + CRC_EPILOGUE - CRC));
        }
        return new Frame(
                known.tag(),
                segment(in, header, known.header()),
                segment(in, front, known.front()),
                segment(in, middle, known.middle()),
                segment(in, data, known.data()),
                known.compressed());
    }

    /**
     * Whether the status of an epilogue says so. Its two values are far apart, because no checksum covers it in crc
     * mode.
     */
    static boolean aborted(byte status) {
        return switch (status & FrameLayout.STATUS_MASK) {
            case FrameLayout.STATUS_COMPLETE -> false;
            case FrameLayout.STATUS_ABORTED -> true;
            default -> throw new MalformedException("a frame's status " + (status & 0xff));
        };
    }

    private void check(Tag tag, ByteBuf in, int index, int length, int expected) {
        if (!dataCrc) {
            return;
        }
        int actual = Crc32c.of(Crc32c.SEED, in, index, length, scratch);
        if (actual != expected) {
            throw new MalformedException("the checksum of a segment of " + tag + " is " + Integer.toHexString(actual)
                    + ", not " + Integer.toHexString(expected));
        }
    }

    static ByteBuf segment(ByteBuf in, int index, int length) {
        return length == 0 ? Unpooled.EMPTY_BUFFER : in.retainedSlice(index, length);
    }

    @Override
    public long tid(ByteBuf in) {
        int preambleAt = in.readerIndex();
        int header = preambleAt + Preamble.LENGTH;
        int end = header + MessageHeader.LENGTH;
        if (preamble == null && !refused || in.writerIndex() < end + CRC) {
            return 0;
        }
        boolean sound = Crc32c.of(Crc32c.SEED, in, header, MessageHeader.LENGTH, scratch) == in.getIntLE(end);
        return sound || !dataCrc ? Preamble.tid(in, preambleAt, in, header) : 0;
    }

    @Override
    public void mayBeCompressed() {
        limits = FrameLimits.COMPRESSED;
    }

    @Override
    public int wanted() {
        return preamble == null ? Preamble.LENGTH : (int) FrameLayout.crcLength(preamble);
    }

    @Override
    public void release() {
        preamble = null;
    }
}
