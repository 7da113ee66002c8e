package io.jrados.msgr;

import io.jrados.crypto.AesGcm;

/**
 * The length of frames of msgr2.1 on the wire (src/msg/async/frames_v2.h).
 *
 * <pre>
 * crc     preamble | header, crc | front | middle | data | epilogue: status, 3 crcs
 * secure  [preamble, 48 bytes of the header] | [rest of the header] | [front | middle | data | epilogue: status, 15 zeroes]
 * </pre>
 *
 * In secure mode each pair of brackets is a box with its tag at the end, and in it everything is padded to 16 bytes. An
 * empty header has no crc, a header that fits the first box has no second, a frame of one segment has no epilogue.
 */
final class FrameLayout {
    static final int CRC = 4;
    static final int CRC_EPILOGUE = 1 + 3 * CRC;
    static final int BLOCK = 16;
    /** A checksum of so few bytes is made of a copy. */
    static final int SHORT = 4096;
    /** Bytes of the header that ride in the box of the preamble. */
    static final int INLINE = 48;
    /** Preamble, inline bytes and tag. */
    static final int FIRST_BOX = Preamble.LENGTH + INLINE + AesGcm.TAG;

    static final int STATUS_ABORTED = 0x1;
    static final int STATUS_COMPLETE = 0xe;
    static final int STATUS_MASK = 0xf;

    private FrameLayout() {}

    static int padded(int length) {
        return (length + BLOCK - 1) & -BLOCK;
    }

    static int padding(int length) {
        return padded(length) - length;
    }

    /** Returns the length of a whole frame in crc mode. */
    static long crcLength(Preamble frame) {
        long head = Preamble.LENGTH + (frame.header() == 0 ? 0L : frame.header() + CRC);
        return frame.count() == 1 ? head : head + frame.front() + frame.middle() + frame.data() + CRC_EPILOGUE;
    }

    /** Returns the length of the box with the part of the header that is not inline, 0 if there is none. */
    static int secondBox(Preamble frame) {
        return frame.header() <= INLINE ? 0 : padded(frame.header()) - INLINE + AesGcm.TAG;
    }

    /** Returns the length of the box with the other segments, 0 if there is none. */
    static long lastBox(Preamble frame) {
        return frame.count() == 1
                ? 0
                : (long) padded(frame.front()) + padded(frame.middle()) + padded(frame.data()) + BLOCK + AesGcm.TAG;
    }

    /** Returns the length of a whole frame in secure mode. */
    static long secureLength(Preamble frame) {
        return FIRST_BOX + secondBox(frame) + lastBox(frame);
    }
}
