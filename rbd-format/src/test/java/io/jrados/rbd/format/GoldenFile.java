package io.jrados.rbd.format;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A golden file in the terms of our codecs. */
public final class GoldenFile {
    private final Golden file;

    private GoldenFile(Golden file) {
        this.file = file;
    }

    public static GoldenFile of(String name) {
        return new GoldenFile(Golden.file(name));
    }

    public byte[] bytes() {
        return file.bytes();
    }

    public <T> GoldenFile reads(Function<Decoder, T> decode, T expected) {
        file.reads(bytes -> Decoder.whole(bytes, decode), expected);
        return this;
    }

    public <T> GoldenFile writesBack(BiConsumer<T, Encoder> encode, T value) {
        file.writesBack(value, it -> Encoder.bytesOf(out -> encode.accept(it, out)));
        return this;
    }

    public GoldenFile refusesEveryTruncation(Function<Decoder, ?> decode) {
        file.refusesEveryTruncation(bytes -> decode.apply(Decoder.of(bytes)), MalformedException.class);
        return this;
    }

    public GoldenFile survivesEveryDamage(Function<Decoder, ?> decode) {
        file.survivesEveryDamage(bytes -> decode.apply(Decoder.of(bytes)), MalformedException.class);
        return this;
    }
}
