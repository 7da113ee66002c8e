package io.jrados.msgr;

import static io.jrados.msgr.FrameLayout.CRC;
import static io.jrados.msgr.FrameLayout.CRC_EPILOGUE;
import static io.jrados.msgr.FrameLayout.STATUS_COMPLETE;

import io.jrados.crypto.Crc32c;
import io.netty.buffer.ByteBuf;

/** Crc mode: every segment is checksummed once, and its long ones are never copied. */
final class CrcFrameWriter implements FrameWriter {
    /** Shorter segments are cheaper to copy than to be a piece of their own; user data is never copied. */
    private static final int SHORT = 1024;

    private final byte[] scratch = new byte[FrameLayout.SHORT];
    private final Pieces pieces;
    private final boolean dataCrc;

    /** @param dataCrc false for ms_crc_data = false: checksums of segments are sent as 0 */
    CrcFrameWriter(Pieces pieces, boolean dataCrc) {
        this.pieces = pieces;
        this.dataCrc = dataCrc;
    }

    @Override
    public void write(Frame frame) {
        try {
            ByteBuf header = frame.header();
            ByteBuf head = pieces.collector(Preamble.LENGTH + header.readableBytes() + CRC);
            Preamble.of(frame).write(head, scratch);
            if (header.isReadable()) {
                head.writeBytes(header, header.readerIndex(), header.readableBytes());
                head.writeIntLE(crc(header));
            }
            if (frame.segments() > 1) {
                writeRest(frame);
            }
        } finally {
            frame.release();
        }
    }

    private void writeRest(Frame frame) {
        // Before the segments are handed over: whoever writes them may move their indices.
        int segments = frame.segments();
        int front = crc(frame.front());
        int middle = segments > 2 ? crc(frame.middle()) : 0;
        int data = segments > 3 ? crc(frame.data()) : 0;
        add(frame.front());
        add(frame.middle());
        if (segments > 3) {
            pieces.add(frame.data().retain());
        }
        ByteBuf epilogue = pieces.collector(CRC_EPILOGUE);
        epilogue.writeByte(STATUS_COMPLETE);
        epilogue.writeIntLE(front).writeIntLE(middle).writeIntLE(data);
    }

    private int crc(ByteBuf segment) {
        return dataCrc ? Crc32c.of(Crc32c.SEED, segment, segment.readerIndex(), segment.readableBytes(), scratch) : 0;
    }

    private void add(ByteBuf segment) {
        int length = segment.readableBytes();
        if (length > SHORT) {
            pieces.add(segment.retain());
        } else {
            pieces.collector(length).writeBytes(segment, segment.readerIndex(), length);
        }
    }

    @Override
    public void finish() {
        pieces.finish();
    }

    @Override
    public void release() {
        pieces.release();
    }
}
