package io.jrados.rbd.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Bytes that a real cluster gave, as hex with comments, and what to check of each. */
public final class GoldenFile {
    private final byte[] bytes;

    private GoldenFile(byte[] bytes) {
        this.bytes = bytes;
    }

    public static GoldenFile of(String name) {
        String path = "/golden/16.2.15/" + name + ".hex";
        try (InputStream in = GoldenFile.class.getResourceAsStream(path)) {
            assertThat(in).as(path).isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new GoldenFile(HexFormat.of().parseHex(text.replaceAll("(?m)#.*$|\\s", "")));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public <T> GoldenFile reads(Function<Decoder, T> decode, T expected) {
        assertThat(Decoder.whole(bytes, decode)).isEqualTo(expected);
        return this;
    }

    public <T> GoldenFile writesBack(BiConsumer<T, Encoder> encode, T value) {
        assertThat(HexFormat.of().formatHex(Encoder.bytesOf(out -> encode.accept(value, out))))
                .isEqualTo(HexFormat.of().formatHex(bytes));
        return this;
    }

    public <T> GoldenFile refusesEveryTruncation(Function<Decoder, T> decode) {
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode.apply(Decoder.of(cut)))
                    .as("cut to %d bytes of %d", length, bytes.length)
                    .isInstanceOf(MalformedException.class);
        }
        return this;
    }

    /** Every byte in turn is made extreme: that gives a value or a refusal, and nothing else. */
    public <T> GoldenFile survivesEveryDamage(Function<Decoder, T> decode) {
        for (int at = 0; at < bytes.length; at++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] damaged = bytes.clone();
                damaged[at] = (byte) value;
                try {
                    decode.apply(Decoder.of(damaged));
                } catch (MalformedException refused) {
                    assertThat(refused).hasMessageNotContaining("null");
                }
            }
        }
        return this;
    }
}
