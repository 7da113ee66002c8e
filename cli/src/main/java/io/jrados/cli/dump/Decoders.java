package io.jrados.cli.dump;

import io.jrados.debug.Structs;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The structs that a file may hold: those of RADOS and those of RBD. */
public final class Decoders {
    private Decoders() {}

    /**
     * Readers by name, in the order of the alphabet; they throw {@link io.jrados.error.MalformedException} for bytes
     * that are no such struct.
     */
    public static Map<String, Function<byte[], Object>> byName() {
        Map<String, Function<byte[], Object>> all = new TreeMap<>(Structs.byName());
        all.putAll(io.jrados.rbd.format.Structs.byName());
        return all;
    }
}
