package io.jrados.crush;

import io.jrados.wire.Decoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The hierarchy of devices and the rules that place on it: crush_map (src/crush/crush.h). Immutable and sound: every
 * bucket is in its slot, every item that is a bucket is there, nothing contains itself.
 */
public final class CrushMap {
    /** No item at a position: CRUSH_ITEM_NONE. */
    public static final int NONE = 0x7fffffff;

    /** Number of the weight set of all pools that have none of their own. */
    private static final long DEFAULT_ARGS = -1;

    private final @Nullable Bucket[] buckets;
    private final @Nullable Rule[] rules;
    private final int maxDevices;
    private final CrushNames names;
    private final Tunables tunables;
    private final Map<Long, ChooseArgs> chooseArgs;

    /** Keeps the arrays. */
    CrushMap(
            @Nullable Bucket[] buckets,
            @Nullable Rule[] rules,
            int maxDevices,
            CrushNames names,
            Tunables tunables,
            Map<Long, ChooseArgs> chooseArgs) {
        this.buckets = buckets;
        this.rules = rules;
        this.maxDevices = maxDevices;
        this.names = names;
        this.tunables = tunables;
        this.chooseArgs = chooseArgs;
    }

    /**
     * Reads a map up to the decoder's limit, and validates it.
     *
     * @throws io.jrados.error.MalformedException when it is damaged or not sound
     */
    public static CrushMap decode(Decoder in) {
        return new CrushDecoder(in).decode();
    }

    public CrushNames names() {
        return names;
    }

    public Tunables tunables() {
        return tunables;
    }

    /** One more than the highest device in any bucket. */
    public int maxDevices() {
        return maxDevices;
    }

    public Optional<Rule> rule(int number) {
        return Optional.ofNullable(ruleOrNull(number));
    }

    /** The id of a bucket or device by its name. */
    public OptionalInt itemNamed(String name) {
        return names.items().entrySet().stream()
                .filter(entry -> entry.getValue().equals(name))
                .mapToInt(Map.Entry::getKey)
                .findAny();
    }

    /** Returns the items of a bucket: devices from 0 up, buckets below 0; nothing for an item that is no bucket. */
    public List<Integer> itemsOf(int bucket) {
        if (!hasBucket(bucket)) {
            return List.of();
        }
        Bucket found = bucket(bucket);
        return IntStream.range(0, found.size()).mapToObj(found::item).toList();
    }

    /** The weight of an item in the first bucket that holds it, 16.16 fixed point; 0 when none does. */
    public int weightOf(int item) {
        for (Bucket bucket : buckets) {
            for (int i = 0; bucket != null && i < bucket.size(); i++) {
                if (bucket.item(i) == item) {
                    return bucket.weight(i);
                }
            }
        }
        return 0;
    }

    /** Whether a bucket chooses by this algorithm. */
    public boolean hasBuckets(BucketAlgorithm algorithm) {
        return Arrays.stream(buckets).anyMatch(bucket -> bucket != null && bucket.algorithm() == algorithm);
    }

    /** Rules that the map has, by number. */
    public List<Rule> rules() {
        return Arrays.stream(rules).filter(Objects::nonNull).toList();
    }

    /** Whether weight sets are more than one for all pools, of one position each: what clients before Luminous lack. */
    public boolean hasIncompatibleChooseArgs() {
        return !chooseArgs.isEmpty()
                && (chooseArgs.size() > 1
                        || !chooseArgs.containsKey(DEFAULT_ARGS)
                        || chooseArgs.get(DEFAULT_ARGS).isIncompatible());
    }

    /** The type of an item: 0 for a device. */
    public int typeOf(int item) {
        return hasBucket(item) ? bucket(item).type() : 0;
    }

    @Nullable
    Rule ruleOrNull(int number) {
        return number >= 0 && number < rules.length ? rules[number] : null;
    }

    @Nullable
    ChooseArgs chooseArgsOrNull(long pool) {
        ChooseArgs own = chooseArgs.get(pool);
        return own == null ? chooseArgs.get(DEFAULT_ARGS) : own;
    }

    int slots() {
        return buckets.length;
    }

    /** Whether an id is a bucket's, and it is there. */
    boolean hasBucket(int id) {
        int slot = -1 - id;
        return slot >= 0 && slot < buckets.length && buckets[slot] != null;
    }

    /** A bucket that is there. */
    Bucket bucket(int id) {
        Bucket bucket = buckets[-1 - id];
        if (bucket == null) {
            throw new IllegalArgumentException("no bucket " + id);
        }
        return bucket;
    }
}
