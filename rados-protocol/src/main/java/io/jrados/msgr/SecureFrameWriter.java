package io.jrados.msgr;

import static io.jrados.msgr.FrameLayout.BLOCK;
import static io.jrados.msgr.FrameLayout.INLINE;
import static io.jrados.msgr.FrameLayout.STATUS_COMPLETE;
import static io.jrados.msgr.FrameLayout.padding;

import io.jrados.crypto.AesGcm;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Secure mode: everything is copied once, by encrypting it. */
final class SecureFrameWriter implements FrameWriter {
    /** The initial scratch: plaintext is put together on the heap. */
    private static final byte[] NO_SCRATCH = {};

    private static final byte[] ZEROES = new byte[INLINE];
    private static final byte[] EPILOGUE = epilogue();

    private final Pieces pieces;
    private final AesGcm box;

    SecureFrameWriter(Pieces pieces, AesGcm box) {
        this.pieces = pieces;
        this.box = box;
    }

    private static byte[] epilogue() {
        byte[] epilogue = new byte[BLOCK];
        epilogue[0] = STATUS_COMPLETE;
        return epilogue;
    }

    @Override
    public void write(Frame frame) {
        Preamble preamble = Preamble.of(frame);
        try {
            ByteBuf out = pieces.collector(Math.toIntExact(FrameLayout.secureLength(preamble)));
            sealHead(preamble, frame.header(), out);
            if (preamble.count() > 1) {
                sealRest(frame, out);
            }
        } finally {
            frame.release();
        }
    }

    private void sealHead(Preamble preamble, ByteBuf header, ByteBuf out) {
        ByteBuf plain = Unpooled.buffer(Preamble.LENGTH + Math.max(INLINE, FrameLayout.padded(header.readableBytes())));
        preamble.write(plain, NO_SCRATCH);
        plain.writeBytes(header, header.readerIndex(), header.readableBytes());
        int first = Preamble.LENGTH + INLINE;
        plain.writeZero(Math.max(first - plain.writerIndex(), 0));
        box.seal(plain.readSlice(first), out);
        if (plain.isReadable()) {
            plain.writeZero(padding(header.readableBytes()));
            box.seal(plain, out);
        }
    }

    private void sealRest(Frame frame, ByteBuf out) {
        ByteBuf plain = Unpooled.wrappedBuffer(
                frame.front().retain(),
                zeroes(frame.front()),
                frame.middle().retain(),
                zeroes(frame.middle()),
                frame.data().retain(),
                zeroes(frame.data()),
                Unpooled.wrappedBuffer(EPILOGUE));
        try {
            box.seal(plain, out);
        } finally {
            plain.release();
        }
    }

    private static ByteBuf zeroes(ByteBuf segment) {
        return Unpooled.wrappedBuffer(ZEROES, 0, padding(segment.readableBytes()));
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
