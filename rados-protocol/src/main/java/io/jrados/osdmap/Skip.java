package io.jrados.osdmap;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;

/** Steps over what a map says to daemons only. */
final class Skip {
    /** osd_info_t: a version and six epochs. */
    static final int OSD_INFO = 1 + 6 * 4;

    static final int UUID = 16;

    /** A legacy entity_addr_t behind its marker: padding, nonce and sockaddr_storage. */
    private static final int LEGACY_ADDRESS = 3 + 4 + 128;

    private Skip() {}

    /** A count and elements of one size. */
    static void elements(Decoder in, int size) {
        in.skip(in.count(size) * size);
    }

    /** A count and versioned structs. */
    static void structs(Decoder in) {
        for (int left = in.count(6); left > 0; left--) {
            struct(in);
        }
    }

    /** One versioned struct. */
    static void struct(Decoder in) {
        in.skip(2);
        in.skip(in.length());
    }

    /** A count and entity_addrvec_t, which a single address may stand for. */
    static void addressVectors(Decoder in) {
        for (int left = in.count(1); left > 0; left--) {
            addressVector(in);
        }
    }

    static void addressVector(Decoder in) {
        int marker = in.u8();
        if (marker != 2) {
            address(in, marker);
            return;
        }
        for (int left = in.count(1); left > 0; left--) {
            address(in, in.u8());
        }
    }

    private static void address(Decoder in, int marker) {
        switch (marker) {
            case 0 -> in.skip(LEGACY_ADDRESS);
            case 1 -> struct(in);
            default -> throw new MalformedException("entity_addr_t marker " + marker);
        }
    }
}
