package io.jrados.crush;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one map: CrushWrapper::decode (src/crush/CrushWrapper.cc). It has no version; everything behind the names may
 * be missing, from the end on.
 */
final class CrushDecoder {
    private static final long MAGIC = 0x00010000;

    /** More tries than any sound map or rule asks for. */
    private static final int MAX_TRIES = 1 << 16;

    private static final int MAX_STEPS = 1024;
    private static final int STEP_SIZE = 12;

    private final Decoder in;

    CrushDecoder(Decoder in) {
        this.in = in;
    }

    CrushMap decode() {
        long magic = in.u32();
        if (magic != MAGIC) {
            throw new MalformedException("CRUSH magic " + Long.toHexString(magic));
        }
        int slots = count("buckets");
        int maxRules = count("rules");
        in.skip(4);
        @Nullable Bucket[] buckets = new Bucket[slots];
        for (int slot = 0; slot < slots; slot++) {
            buckets[slot] = bucket(slot);
        }
        int maxDevices = Hierarchy.check(buckets);
        @Nullable Rule[] rules = new Rule[maxRules];
        for (int number = 0; number < maxRules; number++) {
            rules[number] = rule(number);
        }
        Map<Integer, String> types = names();
        Map<Integer, String> items = names();
        Map<Integer, String> ruleNames = names();
        Tunables tunables = tunables();
        CrushNames names = classes(types, items, ruleNames);
        Map<Long, ChooseArgs> chooseArgs = in.remaining() > 0 ? chooseArgs(buckets) : Map.of();
        if (in.remaining() > 0) {
            tunables = tunables.withMsr(tries("msr_descents"), tries("msr_collision_tries"));
        }
        return new CrushMap(buckets, rules, maxDevices, names, tunables, chooseArgs);
    }

    /** A count of parts of 4 bytes or more each, all of which follow, but not at once. */
    private int count(String what) {
        long count = in.u32();
        if (count * 4 > in.remaining()) {
            throw new MalformedException(count + " CRUSH " + what + " in " + in.remaining() + " bytes");
        }
        return (int) count;
    }

    private @Nullable Bucket bucket(int slot) {
        long announced = in.u32();
        if (announced == 0) {
            return null;
        }
        int id = in.i32();
        int type = in.u16();
        int number = in.u8();
        int hash = in.u8();
        in.skip(4);
        if (id != -1 - slot || type == 0 || number != announced || hash != 0) {
            throw new MalformedException("bucket " + id + " in slot " + slot + ": type " + type + ", algorithm "
                    + announced + " and " + number + ", hash " + hash);
        }
        int[] items = in.i32s();
        return switch (BucketAlgorithm.of(number)) {
            case UNIFORM -> new UniformBucket(id, type, items, in.i32());
            case LIST -> {
                int[][] weights = pairs(items.length);
                yield new ListBucket(id, type, items, weights[0], weights[1]);
            }
            case TREE -> new TreeBucket(id, type, items, treeNodes(id, items.length));
            case STRAW -> {
                int[][] weights = pairs(items.length);
                yield new StrawBucket(id, type, items, weights[0], weights[1]);
            }
            case STRAW2 -> new Straw2Bucket(id, type, items, numbers(items.length));
        };
    }

    private int[] treeNodes(int id, int items) {
        int count = in.u8();
        // two nodes for each item, and full: the descent relies on it
        if (items > 0 && (Integer.bitCount(count) != 1 || count < 2 * items)) {
            throw new MalformedException("bucket " + id + ": a tree of " + count + " nodes for " + items + " items");
        }
        return numbers(count);
    }

    private int[] numbers(int count) {
        if (count > in.remaining() / 4) {
            throw new MalformedException(count + " numbers in " + in.remaining() + " bytes");
        }
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> in.i32());
        return numbers;
    }

    /** Two arrays whose numbers alternate. */
    private int[][] pairs(int count) {
        if (count > in.remaining() / 8) {
            throw new MalformedException(count + " pairs of numbers in " + in.remaining() + " bytes");
        }
        int[][] pairs = new int[2][count];
        for (int i = 0; i < count; i++) {
            pairs[0][i] = in.i32();
            pairs[1][i] = in.i32();
        }
        return pairs;
    }

    private @Nullable Rule rule(int number) {
        if (in.u32() == 0) {
            return null;
        }
        long length = in.u32();
        int ruleset = in.u8();
        int type = in.u8();
        in.skip(2);
        if (ruleset != number || length > MAX_STEPS || length * STEP_SIZE > in.remaining()) {
            throw new MalformedException(
                    "rule " + number + " as " + ruleset + ", of " + length + " steps in " + in.remaining() + " bytes");
        }
        Rule.Step[] steps = new Rule.Step[(int) length];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = new Rule.Step((int) in.u32(), in.i32(), in.i32());
            checkTries(steps[i]);
        }
        return new Rule(number, type, List.of(steps));
    }

    private static void checkTries(Rule.Step step) {
        if (step.isSetting() && step.argument1() > MAX_TRIES) {
            throw new MalformedException("a rule with " + step.argument1() + " tries");
        }
    }

    /**
     * Names by number, in the order of the map, so that a map is printed alike each time. Some old writer gave the
     * numbers 8 bytes: names are never empty, so an empty one was the upper half of its number.
     */
    private Map<Integer, String> names() {
        int count = in.count(8);
        Map<Integer, String> names = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int number = in.i32();
            String name = in.string();
            names.put(number, name.isEmpty() ? in.string() : name);
        }
        return Collections.unmodifiableMap(names);
    }

    private Tunables tunables() {
        Tunables legacy = Tunables.ARGONAUT;
        if (in.remaining() == 0) {
            return legacy;
        }
        int local = tries("choose_local_tries");
        int fallback = tries("choose_local_fallback_tries");
        int total = tries("choose_total_tries");
        boolean descendOnce = in.remaining() > 0 ? in.u32() != 0 : legacy.chooseleafDescendOnce();
        int varyR = in.remaining() > 0 ? in.u8() : legacy.chooseleafVaryR();
        if (in.remaining() > 0) {
            in.skip(1);
        }
        if (in.remaining() > 0) {
            in.skip(4);
        }
        boolean stable = in.remaining() > 0 ? in.bool() : legacy.chooseleafStable();
        return new Tunables(
                local, fallback, total, descendOnce, varyR, stable, legacy.msrDescents(), legacy.msrCollisionTries());
    }

    private int tries(String which) {
        long tries = in.u32();
        if (tries > MAX_TRIES) {
            throw new MalformedException(which + " " + tries);
        }
        return (int) tries;
    }

    private CrushNames classes(Map<Integer, String> types, Map<Integer, String> items, Map<Integer, String> ruleNames) {
        if (in.remaining() == 0) {
            return new CrushNames(types, items, ruleNames, Map.of(), Map.of(), Map.of());
        }
        Map<Integer, Integer> classOf = in.map(8, Decoder::i32, Decoder::i32);
        Map<Integer, String> classes = in.map(8, Decoder::i32, Decoder::string);
        Map<Integer, Map<Integer, Integer>> shadows =
                in.map(8, Decoder::i32, inner -> inner.map(8, Decoder::i32, Decoder::i32));
        return new CrushNames(types, items, ruleNames, classes, classOf, shadows);
    }

    private Map<Long, ChooseArgs> chooseArgs(@Nullable Bucket[] buckets) {
        int count = in.count(12);
        Map<Long, ChooseArgs> byPool = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            long pool = in.i64();
            if (byPool.put(pool, chooseArgsOfOne(buckets)) != null) {
                throw new MalformedException("two choose_args of " + pool);
            }
        }
        return byPool;
    }

    private ChooseArgs chooseArgsOfOne(@Nullable Bucket[] buckets) {
        int count = in.count(12);
        Map<Integer, ChooseArgs.Arg> args = new HashMap<>();
        for (int i = 0; i < count; i++) {
            long slot = in.u32();
            if (slot >= buckets.length) {
                throw new MalformedException("choose_args of slot " + slot + " of " + buckets.length);
            }
            List<int[]> weights = in.list(4, Decoder::i32s);
            int[] ids = in.i32s();
            Bucket bucket = buckets[(int) slot];
            // what is said of other buckets is a rest of their past, and Ceph drops it too
            if (bucket instanceof Straw2Bucket) {
                if (ids.length != 0 && ids.length != bucket.size()) {
                    throw new MalformedException(ids.length + " ids for " + bucket);
                }
                if (args.put((int) slot, new ChooseArgs.Arg(weights.toArray(int[][]::new), ids)) != null) {
                    throw new MalformedException("two choose_args of " + bucket);
                }
            }
        }
        return new ChooseArgs(args);
    }
}
