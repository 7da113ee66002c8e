package io.jrados.disk.qcow2;

import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The header extensions: only they tell the names of a backing file's format, an external data file and the features
 * that a reader does not know.
 *
 * @param incompatible the names of incompatible features by bit, as the image itself has them
 * @param bitmaps the number of bitmaps, 0 without that extension
 */
record Extensions(
        @Nullable String backingFormat,
        @Nullable String dataFile,
        Map<Integer, String> incompatible,
        int bitmaps,
        long bitmapsOffset,
        long bitmapsSize) {
    private static final int END = 0;
    private static final int BACKING_FORMAT = 0xe2792aca;
    private static final int FEATURE_NAMES = 0x6803f857;
    private static final int BITMAPS = 0x23852875;
    private static final int DATA_FILE = 0x44415441;
    private static final int FEATURE_ENTRY = 48;
    private static final int BITMAPS_LENGTH = 24;
    private static final int MAX_NAME = 1023;

    /** Decodes the area between the header and the first cluster's end, or the backing file's name. */
    static Extensions decode(ByteBuffer area) throws RadosException {
        String backingFormat = null;
        String dataFile = null;
        Map<Integer, String> features = new TreeMap<>();
        int bitmaps = 0;
        long bitmapsOffset = 0;
        long bitmapsSize = 0;
        while (area.remaining() >= Long.BYTES) {
            int type = area.getInt();
            int length = area.getInt();
            if (type == END) {
                break;
            }
            if (length < 0 || length > area.remaining()) {
                throw Damage.malformed("a header extension of " + Integer.toUnsignedString(length) + " bytes");
            }
            ByteBuffer data = area.slice(area.position(), length);
            area.position(
                    Math.min(area.limit(), area.position() + (length + Long.BYTES - 1) / Long.BYTES * Long.BYTES));
            switch (type) {
                case BACKING_FORMAT -> backingFormat = name(data);
                case DATA_FILE -> dataFile = name(data);
                case FEATURE_NAMES -> featureNames(data, features);
                case BITMAPS -> {
                    if (length != BITMAPS_LENGTH) {
                        throw Damage.malformed("a bitmaps extension of " + length + " bytes");
                    }
                    bitmaps = data.getInt();
                    data.getInt();
                    bitmapsSize = data.getLong();
                    bitmapsOffset = data.getLong();
                }
                default -> {}
            }
        }
        return new Extensions(backingFormat, dataFile, features, bitmaps, bitmapsOffset, bitmapsSize);
    }

    private static String name(ByteBuffer data) throws RadosException {
        if (data.remaining() > MAX_NAME) {
            throw Damage.malformed("a name of " + data.remaining() + " bytes in a header extension");
        }
        return text(data);
    }

    private static void featureNames(ByteBuffer data, Map<Integer, String> features) {
        while (data.remaining() >= FEATURE_ENTRY) {
            int kind = data.get();
            int bit = data.get();
            ByteBuffer name = data.slice(data.position(), FEATURE_ENTRY - 2);
            data.position(data.position() + FEATURE_ENTRY - 2);
            if (kind == 0 && bit >= 0 && bit < Long.SIZE) {
                features.put(bit, text(name));
            }
        }
    }

    /** UTF-8 up to the first zero. */
    static String text(ByteBuffer bytes) {
        int end = bytes.position();
        while (end < bytes.limit() && bytes.get(end) != 0) {
            end++;
        }
        return StandardCharsets.UTF_8.decode(bytes.duplicate().limit(end)).toString();
    }

    /** The names of incompatible features for a refusal. */
    String names(long bits) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if ((bits >>> bit & 1) != 0) {
                String name = incompatible.get(bit);
                names.add("the incompatible feature of bit " + bit + (name == null ? "" : " (\"" + name + "\")"));
            }
        }
        return String.join(" and ", names);
    }
}
