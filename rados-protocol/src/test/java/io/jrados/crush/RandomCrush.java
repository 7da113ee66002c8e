package io.jrados.crush;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A random hierarchy with rules, as the text that crushtool compiles: up to four levels, every bucket algorithm, device
 * classes, odd weights, old tunables, and rules of all kinds; with {@code -Djrados.crush.msr=true} of Squid's too.
 */
public final class RandomCrush {
    /** A bucket and its contents, as the map's text names it. */
    private record Node(String name, int id, String algorithm, List<String> items, List<Double> weights) {
        double weight() {
            return weights.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    private static final List<String> ALGORITHMS = List.of("straw2", "straw", "list", "uniform", "tree");

    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private final List<Node> buckets = new ArrayList<>();
    private final boolean onlyStraw2;
    private final boolean classes;
    /** One map in eight has hundreds of devices, up to some 1,000. */
    private final boolean large;

    private final boolean msr = Boolean.getBoolean("jrados.crush.msr");
    private int devices;
    private final List<String> rules = new ArrayList<>();

    /** Random numbers whose first ones do not resemble those of the next seed. */
    public static Random random(long seed) {
        return new Random(seed * 0x9e3779b97f4a7c15L >>> 7);
    }

    public RandomCrush(long seed) {
        random = random(seed);
        onlyStraw2 = random.nextInt(3) == 0;
        classes = random.nextInt(3) == 0;
        large = random.nextInt(8) == 0;
        write();
    }

    public String text() {
        return text.toString();
    }

    public int devices() {
        return devices;
    }

    /** Numbers of the rules of a type: "replicated" or "erasure". */
    public List<Integer> rules(String type) {
        return IntStream.range(0, rules.size())
                .filter(rule -> rules.get(rule).equals(type))
                .boxed()
                .toList();
    }

    private void write() {
        tunables();
        StringBuilder hierarchy = new StringBuilder();
        int levels = large ? 3 : 1 + random.nextInt(3);
        Node root = bucket(levels, hierarchy);
        for (int i = 0; i < devices; i++) {
            text.append("device ").append(i).append(" osd.").append(i);
            if (classes && (i < 2 || random.nextInt(8) > 0)) {
                boolean ssd = i < 2 ? i == 0 : random.nextBoolean();
                text.append(" class ").append(ssd ? "ssd" : "hdd");
            }
            text.append('\n');
        }
        text.append("type 0 osd\ntype 1 host\ntype 2 rack\ntype 3 row\ntype 4 root\n");
        text.append(hierarchy);
        rules(root, levels);
    }

    private void tunables() {
        boolean old = random.nextInt(3) == 0;
        tunable("choose_local_tries", old ? random.nextInt(4) : 0);
        tunable("choose_local_fallback_tries", old && random.nextBoolean() ? random.nextInt(6) : 0);
        tunable("choose_total_tries", old ? 19 : 1 + random.nextInt(60));
        tunable("chooseleaf_descend_once", random.nextInt(2));
        tunable("chooseleaf_vary_r", random.nextInt(5));
        tunable("chooseleaf_stable", random.nextInt(2));
        tunable("straw_calc_version", random.nextInt(2));
        tunable("allowed_bucket_algs", 62);
        if (msr && random.nextInt(3) > 0) {
            tunable("msr_descents", 1 + random.nextInt(5));
            tunable("msr_collision_tries", 1 + random.nextInt(5));
        }
    }

    private void tunable(String name, int value) {
        text.append("tunable ").append(name).append(' ').append(value).append('\n');
    }

    private static String typeOf(int level, boolean top) {
        return top ? "root" : List.of("host", "rack", "row").get(level - 1);
    }

    private Node bucket(int level, StringBuilder out) {
        return bucket(level, true, out);
    }

    private int size(boolean top) {
        if (top) {
            return large ? 8 : 2 + random.nextInt(7);
        }
        if (large) {
            return 6 + random.nextInt(6);
        }
        return !msr && devices >= 2 && random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(6);
    }

    private Node bucket(int level, boolean top, StringBuilder out) {
        int size = size(top);
        // crushtool cannot make the shadow of a uniform bucket, and leaves memory as it was in those of trees
        int choices = classes ? ALGORITHMS.size() - 2 : ALGORITHMS.size();
        String algorithm = onlyStraw2 ? "straw2" : ALGORITHMS.get(random.nextInt(choices));
        List<String> items = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        double common = 0.5 + weight();
        for (int i = 0; i < size; i++) {
            if (level == 1) {
                items.add("osd." + devices++);
                weights.add(algorithm.equals("uniform") ? common : weight());
            } else {
                Node below = bucket(level - 1, false, out);
                items.add(below.name);
                weights.add(algorithm.equals("uniform") ? common : below.weight());
            }
        }
        Node node = new Node(typeOf(level, top) + buckets.size(), -1 - 3 * buckets.size(), algorithm, items, weights);
        buckets.add(node);
        out.append(typeOf(level, top)).append(' ').append(node.name).append(" {\n  id ");
        out.append(node.id).append("\n  alg ").append(algorithm).append("\n  hash 0\n");
        for (int i = 0; i < items.size(); i++) {
            out.append("  item ")
                    .append(items.get(i))
                    .append(" weight ")
                    .append(number(weights.get(i)))
                    .append('\n');
        }
        out.append("}\n");
        return node;
    }

    private double weight() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 1 + random.nextInt(16);
            default -> random.nextInt(0x40000) / 65536.0;
        };
    }

    private static String number(double weight) {
        return String.format(Locale.ROOT, "%.5f", weight);
    }

    private void rules(Node root, int levels) {
        List<String> types =
                new ArrayList<>(List.of("osd", "host", "rack", "row").subList(0, levels));
        String take = "step take " + root.name;
        for (String type : types) {
            rule("replicated", take, "step chooseleaf firstn 0 type " + type);
            rule(
                    "erasure",
                    "step set_chooseleaf_tries " + (1 + random.nextInt(5)),
                    "step set_choose_tries " + (1 + random.nextInt(20)),
                    take,
                    "step chooseleaf indep 0 type " + type);
            rule("erasure", take, "step choose indep 0 type " + type, "step choose indep 1 type osd");
            rule(
                    "replicated",
                    take,
                    "step choose firstn " + (random.nextInt(4) - 1) + " type " + type,
                    "step chooseleaf firstn 2 type osd");
            rule(
                    "replicated",
                    "step set_choose_local_tries " + random.nextInt(4),
                    "step set_choose_local_fallback_tries " + random.nextInt(4),
                    "step set_chooseleaf_vary_r " + random.nextInt(3),
                    "step set_chooseleaf_stable " + random.nextInt(2),
                    take,
                    "step chooseleaf firstn " + (random.nextInt(5) - 2) + " type " + type);
        }
        rule(
                "replicated",
                take,
                "step choose firstn 2 type osd",
                "step emit",
                "step take " + oneOf().name,
                "step chooseleaf firstn -1 type osd");
        rule(
                "erasure",
                take,
                "step choose indep 2 type osd",
                "step emit",
                "step take osd." + random.nextInt(devices()));
        if (msr) {
            msrRules(take, types);
        }
        if (classes && !msr) {
            rule("replicated", take + " class ssd", "step chooseleaf firstn 0 type " + types.get(types.size() - 1));
            rule("erasure", take + " class hdd", "step chooseleaf indep 0 type osd");
        }
    }

    /** Multi-step retry rules, which Squid's crushtool is the first to know, and where it crashes on empty buckets. */
    private void msrRules(String take, List<String> types) {
        for (String kind : List.of("msr_firstn", "msr_indep")) {
            rule(kind, take, choose(0, "osd"));
            List<String> steps = new ArrayList<>(List.of(
                    "step set_msr_descents " + (1 + random.nextInt(6)),
                    "step set_msr_collision_tries " + (1 + random.nextInt(6)),
                    take));
            for (int i = types.size() - 1; i >= 0; i--) {
                steps.add(choose(1 + random.nextInt(3), types.get(i)));
            }
            rule(kind, steps.toArray(String[]::new));
            steps.addAll(List.of("step emit", "step take " + oneOf().name, choose(2, "osd")));
            rule(kind, steps.toArray(String[]::new));
        }
    }

    private static String choose(int count, String type) {
        return "step choosemsr " + count + " type " + type;
    }

    private Node oneOf() {
        return buckets.get(random.nextInt(buckets.size()));
    }

    private void rule(String type, String... steps) {
        text.append("rule r")
                .append(rules.size())
                .append(" {\n  id ")
                .append(rules.size())
                .append("\n  type ")
                .append(type);
        text.append("\n  min_size 1\n  max_size 20\n");
        for (String step : steps) {
            text.append("  ").append(step).append('\n');
        }
        text.append("  step emit\n}\n");
        rules.add(type);
    }

    /** Other weights, and maybe ids, for some of the straw2 buckets: what choose_args of one pool would say. */
    public String chooseArgs(long pool) {
        StringBuilder args = new StringBuilder("choose_args ").append(pool).append(" {\n");
        int positions = 1 + random.nextInt(3);
        for (Node node : buckets) {
            if (node.algorithm.equals("straw2") && !node.items.isEmpty() && random.nextInt(4) > 0) {
                args.append("  {\n    bucket_id ").append(node.id).append("\n    weight_set [\n");
                for (int i = 0; i < positions; i++) {
                    args.append("      [");
                    node.items.forEach(item -> args.append(' ').append(number(weight())));
                    args.append(" ]\n");
                }
                args.append("    ]\n");
                if (random.nextInt(3) == 0) {
                    args.append("    ids [");
                    node.items.forEach(item -> args.append(" -").append(1 + random.nextInt(1000)));
                    args.append(" ]\n");
                }
                args.append("  }\n");
            }
        }
        return args.append("}\n").toString();
    }
}
