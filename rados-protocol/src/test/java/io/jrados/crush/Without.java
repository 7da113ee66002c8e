package io.jrados.crush;

import io.jrados.crush.Rule.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A map as it would be without one of its things: what that thing does is what the two place differently. */
final class Without {
    private static final int MOST_RULES = 256;

    /** The tunables of Jewel, which maps of today have. */
    private static final Tunables TODAY = new Tunables(0, 0, 50, true, 1, true, 100, 100);

    private final CrushMap map;
    private final long pool;

    /** @param pool whose weight set the map is asked with */
    Without(CrushMap map, long pool) {
        this.map = map;
        this.pool = pool;
    }

    /** By name, the maps that lack one thing each, of those that this rule may go by. */
    Map<String, CrushMap> variants(int rule) {
        Map<String, CrushMap> variants = new LinkedHashMap<>();
        for (BucketAlgorithm algorithm : BucketAlgorithm.values()) {
            if (buckets().anyMatch(bucket -> bucket.algorithm() == algorithm)) {
                variants.put("bucket " + algorithm, withBuckets(bucket -> without(bucket, algorithm)));
            }
        }
        Rule asked = map.rule(rule).orElseThrow();
        asked.steps().stream().map(Step::operation).distinct().forEach(operation -> {
            variants.put("step " + operation + " of type " + asked.type(), withRule(rule, operation));
        });
        if (map.chooseArgsOrNull(pool) != null) {
            variants.put("choose_args", copy(slots(), rules(), map.tunables(), Map.of()));
        }
        tunables().forEach((name, tunables) -> variants.put(name, copy(slots(), rules(), tunables, args())));
        return variants;
    }

    private Map<String, Tunables> tunables() {
        Tunables t = map.tunables();
        Map<String, Tunables> others = new LinkedHashMap<>();
        others.put("choose_local_tries", of(0, t.chooseLocalFallbackTries(), t));
        others.put("choose_local_fallback_tries", of(t.chooseLocalTries(), 0, t));
        others.put(
                "choose_total_tries",
                of(t, TODAY.chooseTotalTries(), t.chooseleafDescendOnce(), t.chooseleafVaryR(), t.chooseleafStable()));
        others.put(
                "chooseleaf_descend_once",
                of(t, t.chooseTotalTries(), !t.chooseleafDescendOnce(), t.chooseleafVaryR(), t.chooseleafStable()));
        others.put(
                "chooseleaf_vary_r",
                of(
                        t,
                        t.chooseTotalTries(),
                        t.chooseleafDescendOnce(),
                        t.chooseleafVaryR() == 1 ? 0 : 1,
                        t.chooseleafStable()));
        others.put(
                "chooseleaf_stable",
                of(t, t.chooseTotalTries(), t.chooseleafDescendOnce(), t.chooseleafVaryR(), !t.chooseleafStable()));
        others.put("msr_descents", t.withMsr(TODAY.msrDescents(), t.msrCollisionTries()));
        others.put("msr_collision_tries", t.withMsr(t.msrDescents(), TODAY.msrCollisionTries()));
        others.values().removeIf(t::equals);
        return others;
    }

    private static Tunables of(int local, int fallback, Tunables t) {
        return new Tunables(
                local,
                fallback,
                t.chooseTotalTries(),
                t.chooseleafDescendOnce(),
                t.chooseleafVaryR(),
                t.chooseleafStable(),
                t.msrDescents(),
                t.msrCollisionTries());
    }

    private static Tunables of(Tunables t, int total, boolean once, int varyR, boolean stable) {
        return new Tunables(
                t.chooseLocalTries(),
                t.chooseLocalFallbackTries(),
                total,
                once,
                varyR,
                stable,
                t.msrDescents(),
                t.msrCollisionTries());
    }

    private Stream<Bucket> buckets() {
        return IntStream.range(0, map.slots())
                .map(slot -> -1 - slot)
                .filter(map::hasBucket)
                .mapToObj(map::bucket);
    }

    /** The same items, chosen by another algorithm that takes them for equal. */
    private static Bucket without(Bucket bucket, BucketAlgorithm algorithm) {
        if (bucket.algorithm() != algorithm) {
            return bucket;
        }
        int[] items = IntStream.range(0, bucket.size()).map(bucket::item).toArray();
        if (algorithm != BucketAlgorithm.UNIFORM) {
            return new UniformBucket(bucket.id(), bucket.type(), items, 0x10000);
        }
        int[] equal = new int[items.length];
        Arrays.fill(equal, 0x10000);
        return new Straw2Bucket(bucket.id(), bucket.type(), items, equal);
    }

    private @Nullable Bucket[] slots() {
        return withSlots(Function.identity());
    }

    private @Nullable Bucket[] withSlots(Function<Bucket, Bucket> change) {
        @Nullable Bucket[] slots = new Bucket[map.slots()];
        buckets().forEach(bucket -> slots[bucket.slot()] = change.apply(bucket));
        return slots;
    }

    private @Nullable Rule[] rules() {
        @Nullable Rule[] rules = new Rule[MOST_RULES];
        Arrays.setAll(rules, map::ruleOrNull);
        return rules;
    }

    private Map<Long, ChooseArgs> args() {
        ChooseArgs args = map.chooseArgsOrNull(pool);
        return args == null ? Map.of() : Map.of(pool, args);
    }

    private CrushMap withBuckets(Function<Bucket, Bucket> change) {
        return copy(withSlots(change), rules(), map.tunables(), args());
    }

    private CrushMap withRule(int number, int operation) {
        Rule rule = map.rule(number).orElseThrow();
        List<Step> steps = new ArrayList<>(rule.steps());
        steps.removeIf(step -> step.operation() == operation);
        @Nullable Rule[] rules = rules();
        rules[number] = new Rule(number, rule.type(), steps);
        return copy(slots(), rules, map.tunables(), args());
    }

    private CrushMap copy(
            @Nullable Bucket[] slots, @Nullable Rule[] rules, Tunables tunables, Map<Long, ChooseArgs> args) {
        return new CrushMap(slots, rules, map.maxDevices(), map.names(), tunables, args);
    }
}
