package io.jrados.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Merges what {@link CoverageListener} wrote in all modules into {@code docs/coverage.md}: each row of
 * {@code docs/rows.tsv}, its state, and the tests that show it.
 *
 * <p>{@code CoverageReport ROOT [check]}: fails on a row that no list knows, and on a row that the file calls done
 * without a test that ran and passed. Writes the file, unless told to check only.
 */
public final class CoverageReport {
    private static final Map<String, String> SECTIONS = sections();

    private static final String NOT_APPLICABLE = "not applicable";

    private final Map<String, String> titles = new LinkedHashMap<>();
    private final Map<String, String> reasons = new TreeMap<>();
    private final Map<String, Set<String>> passed = new TreeMap<>();
    private final Map<String, Set<String>> failed = new TreeMap<>();

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        CoverageReport report = new CoverageReport();
        report.readTitles(root.resolve("docs/rows.tsv"));
        report.readRuns(root);
        Path file = root.resolve("docs/coverage.md");
        List<String> faults = report.faults(Files.exists(file) ? Files.readString(file) : "");
        if (!faults.isEmpty()) {
            faults.forEach(System.err::println);
            System.exit(1);
        }
        if (arguments.length < 2) {
            Files.writeString(file, report.page());
        }
        System.err.println("Coverage: " + report.done().size() + " of " + report.titles.size()
                + " rows are shown by a test, " + report.reasons.size() + " are not applicable");
    }

    /** Reads {@code row, title} and, for a row that no client can have, {@code not applicable: reason}. */
    void readTitles(Path rows) throws IOException {
        for (String line : Files.readAllLines(rows)) {
            String[] parts = line.split("\t", 3);
            titles.put(parts[0], parts[1]);
            if (parts.length > 2) {
                reasons.put(parts[0], reason(parts[2], line));
            }
        }
    }

    private static String reason(String state, String line) {
        String reason = state.startsWith(NOT_APPLICABLE + ": ")
                ? state.substring(NOT_APPLICABLE.length() + 2).strip()
                : "";
        if (reason.isEmpty()) {
            throw new IllegalStateException("docs/rows.tsv gives neither a title alone nor a reason: " + line);
        }
        return reason;
    }

    private void readRuns(Path root) throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.toList()) {
                Path folder = module.resolve("target/coverage");
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> runs = Files.list(folder)) {
                        for (Path run : runs.toList()) {
                            Files.readAllLines(run).forEach(this::add);
                        }
                    }
                }
            }
        }
    }

    /** @param line {@code row, test, passed|failed} */
    void add(String line) {
        String[] parts = line.split("\t");
        (parts[2].equals("passed") ? passed : failed)
                .computeIfAbsent(parts[0], row -> new TreeSet<>())
                .add(parts[1]);
    }

    /**
     * Lists the faults that keep the build from passing: unknown rows, and claims of the page as it stands that nothing
     * shows.
     */
    List<String> faults(String page) {
        List<String> faults = new ArrayList<>();
        Stream.concat(passed.keySet().stream(), failed.keySet().stream())
                .distinct()
                .filter(row -> !titles.containsKey(row))
                .forEach(row -> faults.add("A test covers " + row + ", which docs/rows.tsv doesn't know"));
        reasons.keySet().stream()
                .filter(row -> passed.containsKey(row) || failed.containsKey(row))
                .forEach(row -> faults.add(
                        "A test covers " + row + ", which docs/rows.tsv calls not applicable: " + reasons.get(row)));
        page.lines()
                .map(line -> line.split(" *\\| *"))
                .filter(cells -> cells.length > 3 && cells[3].equals("done"))
                .map(cells -> cells[1])
                .filter(row -> !done().contains(row))
                .forEach(row -> faults.add("docs/coverage.md calls " + row + " done, and no test that ran shows it"));
        return faults;
    }

    private Set<String> done() {
        return titles.keySet().stream()
                .filter(row -> passed.containsKey(row) && !failed.containsKey(row))
                .collect(Collectors.toSet());
    }

    String page() {
        Set<String> done = done();
        StringBuilder page = new StringBuilder(
                """
                # Coverage

                Generated from the tests that ran; do not edit. A row is done when a test annotated with it ran and
                passed, and none annotated with it failed. The rows are those of docs/rows.tsv, which also gives the
                reason why one is not applicable.

                """);
        page.append(done.size()).append(" of ").append(titles.size()).append(" rows are done, ");
        page.append(reasons.size()).append(" are not applicable.\n");
        String section = "";
        for (Map.Entry<String, String> row : titles.entrySet()) {
            String letter = row.getKey().substring(0, 1);
            if (!letter.equals(section)) {
                section = letter;
                page.append("\n## ").append(letter).append(". ").append(SECTIONS.get(letter));
                page.append("\n\n| row | what | state | tests |\n|---|---|---|---|\n");
            }
            page.append("| ")
                    .append(row.getKey())
                    .append(" | ")
                    .append(row.getValue())
                    .append(" | ");
            page.append(state(row.getKey(), done)).append(" |\n");
        }
        return page.toString();
    }

    /** The last two cells of a row. */
    private String state(String row, Set<String> done) {
        if (reasons.containsKey(row)) {
            return NOT_APPLICABLE + " | " + reasons.get(row);
        }
        return done.contains(row) ? "done | " + String.join(", ", passed.get(row)) : "open |";
    }

    private static Map<String, String> sections() {
        return Map.ofEntries(
                Map.entry("A", "Messenger"),
                Map.entry("B", "cephx"),
                Map.entry("C", "Monitor and manager client"),
                Map.entry("D", "OSDMap and CRUSH"),
                Map.entry("E", "Objecter"),
                Map.entry("F", "librados API surface"),
                Map.entry("G", "RBD on-disk format"),
                Map.entry("H", "librbd operations"),
                Map.entry("I", "rbd command line"),
                Map.entry("J", "Test assets usable as oracles"),
                Map.entry("K", "Rules most often got wrong"),
                Map.entry("O", "OpenStack acceptance list"));
    }
}
