package io.jrados.msgr;

import static io.jrados.msgr.FrameLayout.FIRST_BOX;
import static io.jrados.msgr.FrameLayout.padded;

import io.jrados.crypto.AesGcm;
import io.jrados.error.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Secure mode: segments are slices of what was received, decrypted in place. */
final class SecureFrameReader implements FrameReader {
    private static final byte[] NO_SCRATCH = {};

    private FrameLimits limits;
    private final AesGcm box;
    private final ByteBuf first = Unpooled.buffer(FIRST_BOX);
    private @Nullable Preamble preamble;
    private boolean refused;

    SecureFrameReader(FrameLimits limits, AesGcm box) {
        this.limits = limits;
        this.box = box;
    }

    @Override
    public @Nullable Frame read(ByteBuf in) {
        while (in.readableBytes() >= FIRST_BOX) {
            if (preamble == null) {
                box.open(in.slice(in.readerIndex(), FIRST_BOX), first.clear());
                preamble = announced();
            }
            Preamble known = preamble;
            if (in.readableBytes() < FrameLayout.secureLength(known)) {
                return null;
            }
            preamble = null;
            in.skipBytes(FIRST_BOX);
            Frame frame = frame(known, in);
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    private Preamble announced() {
        try {
            return Preamble.read(first, 0, limits, NO_SCRATCH);
        } catch (MalformedException malformed) {
            refused = Preamble.isTooLong(first, 0, limits, NO_SCRATCH);
            throw malformed;
        }
    }

    private @Nullable Frame frame(Preamble known, ByteBuf in) {
        ByteBuf header = header(known, in);
        if (known.count() == 1) {
            return new Frame(
                    known.tag(),
                    header,
                    Unpooled.EMPTY_BUFFER,
                    Unpooled.EMPTY_BUFFER,
                    Unpooled.EMPTY_BUFFER,
                    known.compressed());
        }
        int length = (int) FrameLayout.lastBox(known);
        ByteBuf rest = open(in.readSlice(length));
        if (CrcFrameReader.aborted(rest.getByte(rest.writerIndex() - FrameLayout.BLOCK))) {
            return null;
        }
        int middle = padded(known.front());
        int data = middle + padded(known.middle());
        return new Frame(
                known.tag(),
                header,
                CrcFrameReader.segment(rest, 0, known.front()),
                CrcFrameReader.segment(rest, middle, known.middle()),
                CrcFrameReader.segment(rest, data, known.data()),
                known.compressed());
    }

    /** In place: what was received is not needed any more. */
    private ByteBuf open(ByteBuf sealed) {
        ByteBuf plain = sealed.duplicate().clear();
        box.open(sealed, plain);
        return plain;
    }

    /** On the heap: it needs no release. */
    private ByteBuf header(Preamble known, ByteBuf in) {
        ByteBuf header = Unpooled.buffer(Math.max(FrameLayout.INLINE, padded(known.header())));
        header.writeBytes(first, Preamble.LENGTH, FrameLayout.INLINE);
        int second = FrameLayout.secondBox(known);
        if (second > 0) {
            box.open(in.readSlice(second), header);
        }
        return header.writerIndex(known.header());
    }

    /** The header of a message rides in the first box, which is open when its length is known. */
    @Override
    public long tid(ByteBuf in) {
        return preamble != null || refused ? Preamble.tid(first, 0, first, Preamble.LENGTH) : 0;
    }

    @Override
    public void mayBeCompressed() {
        limits = FrameLimits.COMPRESSED;
    }

    @Override
    public int wanted() {
        return preamble == null ? FIRST_BOX : (int) FrameLayout.secureLength(preamble);
    }

    @Override
    public void release() {
        preamble = null;
        first.clear().setZero(0, first.capacity());
    }
}
