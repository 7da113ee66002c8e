package io.jrados.testkit;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rules about the source text and the size of packages. A reader gets lost in a package of fifty files that all know
 * each other, and in a comment that has to be read twice; both creep in unnoticed, so a test counts them.
 */
final class SourceRules {
    private static final int COLUMNS = 120;

    /** The openings of a Javadoc summary that is a relative clause or lacks a subject. */
    private static final Pattern ODD_OPENING =
            Pattern.compile("(What|Who|Whose|Whom|Whoever|Whatever|Those|Of|Which|That"
                    + "|How|Where|Why|When|It|They|He|There|Is|Are|Becomes)\\b.*");

    /** A literal, or a part of a drawing. */
    private static final Pattern UNBREAKABLE = Pattern.compile("\"| \\| |[\u2500-\u257f]");

    private static final Pattern JAVADOC = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);

    /** The most files of a package, and of one circle of files in it, where no other number is given. */
    private static final Room USUAL = new Room(35, 4);

    /** Packages that were larger when the rule came; the numbers may only shrink. */
    private static final Map<String, Room> LARGE = Map.ofEntries(
            Map.entry("io.jrados.auth", new Room(35, 5)),
            Map.entry("io.jrados.crush", new Room(35, 10)),
            Map.entry("io.jrados.error", new Room(35, 6)),
            Map.entry("io.jrados.message", new Room(45, 20)),
            Map.entry("io.jrados.msgr", new Room(48, 3)),
            Map.entry("io.jrados.osd", new Room(40, 5)),
            Map.entry("io.jrados.osdmap", new Room(41, 6)),
            Map.entry("io.jrados.rados", new Room(41, 13)),
            Map.entry("io.jrados.rbd.io", new Room(30, 4)),
            Map.entry("io.jrados.rbd.ops", new Room(60, 4)));

    /** The number of files in a package, and of those in its largest circle. */
    record Room(int files, int circle) {}

    private final Path module;

    SourceRules(Path module) {
        this.module = module;
    }

    /** Lists the Javadoc comments whose summary does not begin with a noun or a verb. */
    Set<String> oddOpenings() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            for (Matcher comment = JAVADOC.matcher(text); comment.find(); ) {
                String summary = comment.group(1).replaceFirst("^[\\s*]+", "");
                int end = summary.indexOf('\n');
                String first = end < 0 ? summary : summary.substring(0, end);
                if (ODD_OPENING.matcher(first).matches()) {
                    wrong.add(place(file, text, comment.start()) + ": " + first);
                }
            }
        }
        return wrong;
    }

    /** Lists the lines of more than 120 columns, but for drawings, and for literals that cannot be broken. */
    Set<String> wideLines() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources()) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).length() > COLUMNS
                        && !UNBREAKABLE.matcher(lines.get(i)).find()) {
                    wrong.add(module.relativize(file) + ":" + (i + 1));
                }
            }
        }
        return wrong;
    }

    /** Lists the packages that have more files, or a larger circle of files, than they may. */
    Set<String> fullRooms(JavaClasses classes) {
        Set<String> wrong = new TreeSet<>();
        files(classes).forEach((name, graph) -> {
            Room limit = LARGE.getOrDefault(name, USUAL);
            Room actual = new Room(graph.size(), new Circles(graph).largest().size());
            if (actual.files() > limit.files()) {
                wrong.add(name + " has " + actual.files() + " files, " + limit.files() + " are allowed");
            }
            if (actual.circle() > limit.circle()) {
                wrong.add(name + " has a circle of " + actual.circle() + " files, " + limit.circle() + " are allowed: "
                        + new Circles(graph).largest());
            }
        });
        return wrong;
    }

    /** Returns for each package its source files, each with those of the same package that it mentions. */
    private static Map<String, Map<String, Set<String>>> files(JavaClasses classes) {
        Map<String, Map<String, Set<String>>> packages = new TreeMap<>();
        for (JavaClass type : classes) {
            if (type.getSimpleName().equals("package-info")) {
                continue;
            }
            Set<String> uses = packages.computeIfAbsent(type.getPackageName(), name -> new TreeMap<>())
                    .computeIfAbsent(file(type), name -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass used = dependency.getTargetClass().getBaseComponentType();
                if (used.getPackageName().equals(type.getPackageName())
                        && !file(used).equals(file(type))) {
                    uses.add(file(used));
                }
            }
        }
        return packages;
    }

    private static String file(JavaClass type) {
        return type.getName().replaceFirst(".*\\.", "").replaceFirst("\\$.*", "");
    }

    private List<Path> sources() throws IOException {
        Path root = module.resolve("src");
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private String place(Path file, String text, int offset) {
        return module.relativize(file) + ":"
                + (text.substring(0, offset).lines().count() + (offset == 0 ? 1 : 0));
    }

    /** Finds the circles in a graph of files: the sets in which every file leads to every other (Tarjan). */
    static final class Circles {
        private final Map<String, Set<String>> graph;
        private final Map<String, Integer> index = new TreeMap<>();
        private final Map<String, Integer> low = new TreeMap<>();
        private final List<String> stack = new ArrayList<>();
        private Set<String> largest = Set.of();

        Circles(Map<String, Set<String>> graph) {
            this.graph = graph;
            for (String file : graph.keySet()) {
                if (!index.containsKey(file)) {
                    visit(file);
                }
            }
        }

        /** Returns the largest circle, empty if no two files lead to each other. */
        Set<String> largest() {
            return largest;
        }

        private void visit(String file) {
            index.put(file, index.size());
            low.put(file, index.get(file));
            stack.add(file);
            for (String used : graph.getOrDefault(file, Set.of())) {
                if (!index.containsKey(used)) {
                    visit(used);
                    low.merge(file, low.get(used), Math::min);
                } else if (stack.contains(used)) {
                    low.merge(file, index.get(used), Math::min);
                }
            }
            if (low.get(file).equals(index.get(file))) {
                List<String> circle = stack.subList(stack.lastIndexOf(file), stack.size());
                if (circle.size() > 1 && circle.size() > largest.size()) {
                    largest = new TreeSet<>(circle);
                }
                circle.clear();
            }
        }
    }
}
