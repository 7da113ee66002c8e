package io.jrados.drivers;

import io.jrados.drivers.DriverException.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The location of an image: {@code rbd://<fsid>/<pool>/<image>/<snapshot>} with percent-encoded parts, or the old short
 * form {@code rbd://<image>}, which is taken as it is.
 *
 * @param fsid the cluster's id, empty in the short form
 * @param pool empty in the short form
 * @param image the image's name
 * @param snapshot empty in the short form
 */
public record RbdLocation(String fsid, String pool, String image, String snapshot) {
    private static final String SCHEME = "rbd://";

    /** The short form. */
    public static RbdLocation ofImage(String image) {
        Objects.requireNonNull(image, "image");
        return new RbdLocation("", "", image, "");
    }

    /** The beginning of all complete locations in a pool. */
    public static String prefix(String fsid, String pool) {
        Objects.requireNonNull(fsid, "fsid");
        Objects.requireNonNull(pool, "pool");
        return SCHEME + encode(fsid) + "/" + encode(pool) + "/";
    }

    /** @throws DriverException {@link Kind#BAD_STORE_URI} */
    public static RbdLocation parse(String uri) throws DriverException {
        Objects.requireNonNull(uri, "uri");
        if (!uri.startsWith(SCHEME)) {
            throw bad(uri, "it does not begin with " + SCHEME);
        }
        String[] parts = uri.substring(SCHEME.length()).split("/", -1);
        if (parts.length == 1) {
            if (parts[0].isEmpty()) {
                throw bad(uri, "it names no image");
            }
            return ofImage(parts[0]);
        }
        if (parts.length != 4) {
            throw bad(uri, "it has " + parts.length + " parts, not 1 or 4");
        }
        List<String> decoded = new ArrayList<>(4);
        for (String part : parts) {
            if (part.isEmpty()) {
                throw bad(uri, "a part is empty");
            }
            decoded.add(decode(uri, part));
        }
        return new RbdLocation(decoded.get(0), decoded.get(1), decoded.get(2), decoded.get(3));
    }

    /** Whether all four parts are known. */
    public boolean isComplete() {
        return !fsid.isEmpty() && !pool.isEmpty() && !snapshot.isEmpty();
    }

    /** The URI: of four parts when all are known, else the short form. */
    @Override
    public String toString() {
        return isComplete() ? prefix(fsid, pool) + encode(image) + "/" + encode(snapshot) : SCHEME + image;
    }

    private static String encode(String part) {
        StringBuilder out = new StringBuilder();
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "_.-~".indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append(String.format("%%%02X", (int) c));
            }
        }
        return out.toString();
    }

    private static String decode(String uri, String part) throws DriverException {
        byte[] in = part.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < in.length; i++) {
            int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
            if (in[i] == '%' && high >= 0 && low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(in[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out.toByteArray()))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw bad(uri, "a part is not UTF-8");
        }
    }

    private static DriverException bad(String uri, String why) {
        return new DriverException(Kind.BAD_STORE_URI, "reading the location '" + uri + "', where " + why);
    }
}
