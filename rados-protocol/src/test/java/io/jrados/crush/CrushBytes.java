package io.jrados.crush;

import io.jrados.wire.Encoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The bytes of a CRUSH map, right or wrong, made bucket by bucket. */
public final class CrushBytes {
    private final Map<Integer, Consumer<Encoder>> buckets = new TreeMap<>();
    private final List<Consumer<Encoder>> rules = new ArrayList<>();
    private final List<Consumer<Encoder>> tails = new ArrayList<>();
    private long magic = 0x00010000;

    /** A straw2 bucket in the slot of its id, of items of weight 1. */
    public CrushBytes bucket(int id, int type, int... items) {
        return bucket(-1 - id, out -> {
            header(out, 5, id, type, 5, 0, items);
            Arrays.stream(items).forEach(item -> out.u32(0x10000));
        });
    }

    public CrushBytes bucket(int slot, Consumer<Encoder> encoded) {
        buckets.put(slot, encoded);
        return this;
    }

    public static void header(Encoder out, int announced, int id, int type, int algorithm, int hash, int... items) {
        out.u32(announced).i32(id).u16(type).u8(algorithm).u8(hash).u32(0x10000L * items.length);
        out.u32(items.length);
        Arrays.stream(items).forEach(out::i32);
    }

    /** A rule of triples of numbers. */
    public CrushBytes rule(int... steps) {
        int number = rules.size();
        return rule(out -> {
            out.u32(1)
                    .u32(steps.length / 3)
                    .u8(number)
                    .u8(Rule.REPLICATED)
                    .u8(1)
                    .u8(100);
            Arrays.stream(steps).forEach(out::i32);
        });
    }

    public CrushBytes rule(Consumer<Encoder> encoded) {
        rules.add(encoded);
        return this;
    }

    public CrushBytes magic(long other) {
        magic = other;
        return this;
    }

    /** The next of the parts that a map may end before. */
    public CrushBytes tail(Consumer<Encoder> encoded) {
        tails.add(encoded);
        return this;
    }

    /** Every part that a map of today has, with tunables of Jewel; {@code chooseArgs} writes the last but one. */
    public CrushBytes tails(Consumer<Encoder> chooseArgs) {
        return tail(out -> out.u32(0).u32(0).u32(50))
                .tail(out -> out.u32(1))
                .tail(out -> out.u8(1))
                .tail(out -> out.u8(1))
                .tail(out -> out.u32(54))
                .tail(out -> out.u8(1))
                .tail(out -> out.u32(1)
                        .i32(0)
                        .i32(7)
                        .u32(1)
                        .i32(7)
                        .string("ssd")
                        .u32(1)
                        .i32(-1)
                        .u32(1)
                        .i32(7)
                        .i32(-2))
                .tail(chooseArgs);
    }

    public CrushBytes tails() {
        return tails(out -> out.u32(0));
    }

    public byte[] bytes() {
        return bytes(tails.size());
    }

    /** The map as it is when it ends before the tail of this number. */
    public byte[] bytes(int tailCount) {
        int slots = buckets.keySet().stream().mapToInt(slot -> slot + 1).max().orElse(0);
        return Encoder.bytesOf(out -> {
            out.u32(magic).u32(slots).u32(rules.size()).u32(99);
            for (int slot = 0; slot < slots; slot++) {
                buckets.getOrDefault(slot, absent -> absent.u32(0)).accept(out);
            }
            rules.forEach(rule -> rule.accept(out));
            out.u32(2).i32(0).string("osd").i32(1).string("root");
            out.u32(1).i32(-1).string("default");
            out.u32(1).i32(0).string("replicated_rule");
            tails.subList(0, tailCount).forEach(tail -> tail.accept(out));
        });
    }
}
