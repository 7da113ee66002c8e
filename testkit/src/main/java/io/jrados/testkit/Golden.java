package io.jrados.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Bytes that a real cluster gave: a text file {@code golden/<release>/<struct>/<case>.hex} on the class path,
 * hexadecimal with white space and {@code #} comments, and what a codec has to do with them.
 *
 * <pre>{@code
 * Golden.file("utime/now")
 *         .reads(bytes -> Decoder.whole(bytes, Utime::decode), new Utime(1, 2))
 *         .writesBack(new Utime(1, 2), time -> Encoder.bytesOf(time::encode))
 *         .refusesEveryTruncation(bytes -> Decoder.whole(bytes, Utime::decode), MalformedException.class);
 * }</pre>
 */
public final class Golden {
    /** The release most golden files were made with. */
    public static final String DEFAULT_RELEASE = "16.2.15";

    private final String name;
    private final byte[] bytes;

    private Golden(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** @param name {@code <struct>/<case>}, of {@link #DEFAULT_RELEASE} */
    public static Golden file(String name) {
        return file(DEFAULT_RELEASE, name);
    }

    /** @param name {@code <struct>/<case>} */
    public static Golden file(String release, String name) {
        String path = name + ".hex";
        return new Golden(path, parse(text(release, path)));
    }

    /** The text of a file beside the golden bytes, such as what a native tool printed of them. */
    public static String text(String release, String file) {
        String path = "golden/" + release + "/" + file;
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try (InputStream in = loader.getResourceAsStream(path)) {
            if (in == null) {
                throw new AssertionError("no golden file " + path + " on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The bytes of hexadecimal text with white space and {@code #} comments. */
    public static byte[] parse(String text) {
        return HexFormat.of().parseHex(text.replaceAll("(?m)#.*$|\\s", ""));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** The file decodes to {@code expected}. */
    public <T> Golden reads(Function<byte[], T> decode, T expected) {
        assertEquals(expected, decode.apply(bytes()), name);
        return this;
    }

    /** {@code value} encodes to the file, byte for byte. */
    public <T> Golden writesBack(T value, Function<T, byte[]> encode) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        assertEquals(hex.formatHex(bytes), hex.formatHex(encode.apply(value)), name);
        return this;
    }

    /**
     * The file cut at each byte is refused with {@code refusal}, and no other way.
     *
     * @param optionalTails lengths at which an older peer would have stopped, and which therefore decode
     */
    public Golden refusesEveryTruncation(
            Function<byte[], ?> decode, Class<? extends Throwable> refusal, int... optionalTails) {
        Set<Integer> readable = Arrays.stream(optionalTails).boxed().collect(Collectors.toSet());
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            if (readable.contains(length)) {
                decode.apply(cut);
            } else {
                assertThrows(refusal, () -> decode.apply(cut), name + " cut to " + length + " of " + bytes.length);
            }
        }
        return this;
    }

    /** With each byte in turn made extreme, the file decodes to something or is refused; nothing else happens. */
    public Golden survivesEveryDamage(Function<byte[], ?> decode, Class<? extends RuntimeException> refusal) {
        for (int at = 0; at < bytes.length; at++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] damaged = bytes();
                damaged[at] = (byte) value;
                try {
                    decode.apply(damaged);
                } catch (RuntimeException thrown) {
                    if (!refusal.isInstance(thrown)) {
                        fail(name + " with byte " + at + " set to " + value, thrown);
                    }
                }
            }
        }
        return this;
    }
}
