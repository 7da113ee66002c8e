package io.jrados.msgr;

import io.jrados.auth.AuthDone;
import io.jrados.auth.ConnectionAuth;
import io.jrados.crypto.AesGcm;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Frames to bytes and back, in crc mode until {@link #rekey}, and until then every byte is noted for AUTH_SIGNATURE.
 * Confined to the connection's loop.
 */
final class FrameCodec {
    private final boolean dataCrc;
    private final Pieces pieces;
    private final Transcript transcript = new Transcript();
    private boolean recording = true;
    private @Nullable Compression compression;
    /** The tid of the message whose segments are being expanded. */
    private long expanding;

    private FrameReader reader;
    private FrameWriter writer;

    /**
     * @param allocator for what is sent
     * @param sink where bytes to send go
     * @param dataCrc whether the checksums of segments that come are looked at in crc mode
     */
    FrameCodec(ByteBufAllocator allocator, Sink sink, boolean dataCrc) {
        this.dataCrc = dataCrc;
        this.pieces = new Pieces(allocator, recorder(sink));
        this.reader = new CrcFrameReader(FrameLimits.BEFORE_AUTH, dataCrc);
        // a daemon of release 16 checks them whatever its ms_crc_data says
        this.writer = new CrcFrameWriter(pieces, true);
    }

    private Sink recorder(Sink sink) {
        return new Sink() {
            @Override
            public void write(ByteBuf piece) {
                record(piece);
                sink.write(piece);
            }

            @Override
            public void write(ByteBuf piece, ByteBuf owner) {
                record(piece);
                sink.write(piece, owner);
            }
        };
    }

    private void record(ByteBuf piece) {
        if (recording) {
            transcript.sent(piece);
        }
    }

    Transcript transcript() {
        return transcript;
    }

    /** Sends bytes that are no frame. */
    void writeBanner(ByteBuf banner) {
        pieces.add(banner);
    }

    /** Takes the peer's banner from {@code in}, with the features it supports; empty if it is not all there. */
    OptionalLong readBanner(ByteBuf in, String doing) throws RadosException {
        int from = in.readerIndex();
        OptionalLong supported = Banner.read(in, doing);
        transcript.received(in, from, in.readerIndex() - from);
        return supported;
    }

    /** As {@link FrameReader#read}. */
    @Nullable
    Frame read(ByteBuf in) {
        int from = in.readerIndex();
        Frame frame = reader.read(in);
        if (recording) {
            transcript.received(in, from, in.readerIndex() - from);
        }
        return frame == null || compression == null || !frame.compressed() ? frame : expanded(frame, compression);
    }

    private Frame expanded(Frame frame, Compression compression) {
        try {
            ByteBuf[] segments = {frame.header(), frame.front(), frame.middle(), frame.data()};
            int sum = 0;
            for (int i = 0; i < segments.length; i++) {
                expanding = i > 0 && sum >= MessageHeader.LENGTH ? MessageHeader.tid(segments[0], 0) : 0;
                if (segments[i].isReadable()) {
                    int limit = FrameLimits.AUTHENTICATED.left(frame.tag(), sum);
                    segments[i] = Unpooled.wrappedBuffer(compression.expand(ByteBufUtil.getBytes(segments[i]), limit));
                }
                sum += segments[i].readableBytes();
            }
            expanding = 0;
            return new Frame(frame.tag(), segments[0], segments[1], segments[2], segments[3]);
        } finally {
            frame.release();
        }
    }

    /** Frames that come from here on may be compressed so. */
    void compressed(Compression method) {
        compression = method;
        reader.mayBeCompressed();
    }

    int wanted() {
        return reader.wanted();
    }

    /**
     * The tid of the message at the beginning of {@code in} that is not all there, or of the one that was refused for
     * its length; 0 if it is not known.
     */
    long tid(ByteBuf in) {
        return expanding != 0 ? expanding : reader.tid(in);
    }

    /** As {@link FrameWriter#write}. */
    void write(Frame frame) {
        writer.write(frame);
    }

    /** As {@link FrameWriter#finish}. */
    void finish() {
        writer.finish();
    }

    /** The rest of both directions is in the mode that was agreed. Zeroes the connection's secret. */
    void rekey(AuthDone keys) {
        writer.finish();
        recording = false;
        transcript.clear();
        switch (keys.mode()) {
            case ConnectionAuth.CRC -> reader = new CrcFrameReader(FrameLimits.AUTHENTICATED, dataCrc);
            case ConnectionAuth.SECURE -> encrypt(keys.connectionSecret());
            default -> throw new MalformedException("connection mode " + keys.mode() + " is unknown");
        }
    }

    private void encrypt(byte[] secret) {
        if (secret.length < AesGcm.KEY + 2 * AesGcm.NONCE) {
            throw new MalformedException("a connection secret of " + secret.length + " bytes");
        }
        int receiving = AesGcm.KEY;
        int sending = receiving + AesGcm.NONCE;
        byte[] key = Arrays.copyOf(secret, AesGcm.KEY);
        reader.release();
        reader = new SecureFrameReader(
                FrameLimits.AUTHENTICATED, AesGcm.opening(key, Arrays.copyOfRange(secret, receiving, sending)));
        writer = new SecureFrameWriter(
                pieces, AesGcm.sealing(key, Arrays.copyOfRange(secret, sending, sending + AesGcm.NONCE)));
        Arrays.fill(key, (byte) 0);
        Arrays.fill(secret, (byte) 0);
    }

    void release() {
        reader.release();
        writer.release();
    }
}
