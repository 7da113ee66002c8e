package io.jrados.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The rules that hold in every module of this project: the arrows of ARCHITECTURE.md, which package may use which
 * library, and the calls nobody makes. A module takes part with a test class that extends this one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ModuleRules {
    private static final String BASE = "io.jrados.";

    /** Package to the packages of ours it may use, and through them those that they may use. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("error", Set.of()),
            Map.entry("conf", Set.of("error")),
            Map.entry("json", Set.of("error")),
            Map.entry("wire", Set.of("error")),
            Map.entry("crypto", Set.of("error")),
            Map.entry("crush", Set.of("wire")),
            Map.entry("osdmap", Set.of("crush")),
            Map.entry("message", Set.of("wire")),
            Map.entry("debug", Set.of("osdmap", "message")),
            Map.entry("osd.op", Set.of("message")),
            Map.entry("auth", Set.of("conf", "crypto", "wire")),
            Map.entry("msgr", Set.of("auth")),
            Map.entry("mon", Set.of("msgr", "message")),
            Map.entry("osd.link", Set.of("msgr", "message")),
            Map.entry("osd.order", Set.of()),
            Map.entry("osd", Set.of("osdmap", "osd.link", "osd.order", "osd.op")),
            Map.entry("rados", Set.of("osd", "mon", "json")),
            Map.entry("cls", Set.of("rados")),
            Map.entry("rbd.crypto", Set.of("error")),
            Map.entry("disk.model", Set.of("json")),
            Map.entry("disk.http", Set.of("disk.model")),
            Map.entry("disk.codec", Set.of("error")),
            Map.entry("disk.qcow2", Set.of("disk.model", "disk.codec")),
            Map.entry("disk", Set.of("disk.qcow2")),
            Map.entry("rbd.model", Set.of("error")),
            Map.entry("rbd.format", Set.of("rbd.model", "osd.op", "crypto")),
            Map.entry("rbd.wait", Set.of("rados", "rbd.model")),
            Map.entry("rbd.header", Set.of("rbd.wait", "rbd.format")),
            Map.entry("rbd.io", Set.of("cls", "rbd.header")),
            Map.entry("rbd.lock", Set.of("cls", "rbd.format")),
            Map.entry("rbd.image", Set.of("rbd.io", "rbd.lock")),
            Map.entry("rbd.diff", Set.of("rbd.image")),
            Map.entry("rbd.ops", Set.of("rbd.diff")),
            Map.entry("rbd.verb", Set.of("rados")),
            Map.entry("rbd.shared", Set.of("rbd.ops", "rbd.verb")),
            Map.entry("rbd.survey", Set.of("rbd.ops")),
            Map.entry("rbd", Set.of("rbd.shared", "rbd.survey")),
            Map.entry("rbd.stream", Set.of("rbd")),
            Map.entry("rbd.change", Set.of("rbd")),
            Map.entry("cli.dump", Set.of("debug", "rbd.format", "msgr", "json")));

    /** The packages that drivers and programs see: the two public APIs. */
    private static final Set<String> PUBLIC =
            Set.of("error", "conf", "rados", "osd.op", "rbd", "rbd.model", "rbd.stream", "rbd.change");

    /** More of it for the drivers: disk images, and the answers of daemons. */
    private static final Set<String> OF_DRIVERS = Set.of("disk", "disk.http", "disk.model", "json");

    /** Library to the packages that may use it. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of(
            "io.netty.channel", Set.of("msgr"),
            "io.netty.bootstrap", Set.of("msgr"),
            "io.micrometer", Set.of("micrometer"),
            "javax.crypto", Set.of("crypto", "rbd.crypto"),
            "org.bouncycastle", Set.of("rbd.crypto"),
            "picocli", Set.of("cli"));

    /** A call nobody makes, what to use instead, and the classes and packages that may. */
    private record Ban(String owner, Pattern name, String instead, Set<String> exempt) {}

    private static final List<Ban> BANS = List.of(
            new Ban("java.lang.Thread", Pattern.compile("sleep"), "a scheduled task", Set.of()),
            new Ban(
                    "java.lang.System",
                    Pattern.compile("currentTimeMillis|nanoTime"),
                    "Environment",
                    Set.of("Environment")),
            new Ban("java.time.Instant", Pattern.compile("now"), "Environment", Set.of("Environment")),
            new Ban("java.lang.System", Pattern.compile("load|loadLibrary"), "nothing: we're pure Java", Set.of()),
            new Ban("java.lang.System", Pattern.compile("out|err"), "a logger", Set.of()),
            new Ban("java.util.concurrent.CompletableFuture", Pattern.compile("join"), "Wait.on", Set.of("Wait")),
            // These ask hasArray() first, or made the buffer themselves.
            new Ban("io.netty.buffer.ByteBuf", Pattern.compile("array"), "nioBuffer", Set.of("Crc32c", "LargeBuffers")),
            new Ban(
                    "java.nio.ByteBuffer",
                    Pattern.compile("array"),
                    "the buffer",
                    Set.of("Aes256Cts", "Crc32c", "Zeroes")),
            new Ban(
                    "io.netty.buffer.ByteBuf",
                    Pattern.compile("(read|get)(Unsigned)?(Byte|Short|Medium|Int|Long)(LE)?"),
                    "Decoder",
                    Set.of("Decoder", "msgr")));

    /** Programs print, and measure time in their own way. */
    private static final Set<String> PROGRAMS = Set.of("cli", "testkit", "benchmarks");

    private final Path module = Path.of(System.getProperty("basedir", "."));
    private final JavaClasses classes = classes();
    private final SourceRules text = new SourceRules(module);

    private JavaClasses classes() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().importPath(module.resolve("target/classes"));
    }

    @Test
    void thereAreClassesToJudge() {
        assertFalse(classes.isEmpty(), "no classes in " + module.toAbsolutePath());
    }

    @Test
    void theArrowsHold() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass from : classes) {
            String own = part(from);
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                JavaClass to = dependency.getTargetClass().getBaseComponentType();
                if (to.getName().startsWith(BASE) && !part(to).equals(own) && !mayUse(own, part(to))) {
                    wrong.add(own + " may not use " + part(to) + ": " + dependency.getDescription());
                }
            }
        }
        assertNone(wrong);
    }

    @Test
    void librariesStayInTheirPackages() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass from : classes) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getName();
                LIBRARIES.forEach((library, users) -> {
                    if (target.startsWith(library + ".") && !users.contains(part(from)) && !isProgram(from)) {
                        wrong.add(library + " is for " + users + ": " + dependency.getDescription());
                    }
                });
            }
        }
        assertNone(wrong);
    }

    @Test
    void nobodyMakesABannedCall() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass from : classes) {
            for (JavaAccess<?> access : from.getAccessesFromSelf()) {
                for (Ban ban : BANS) {
                    if (access.getTargetOwner().getName().equals(ban.owner())
                            && ban.name().matcher(access.getTarget().getName()).matches()
                            && !ban.exempt().contains(outermost(from))
                            && !ban.exempt().contains(part(from))
                            && !isProgram(from)) {
                        wrong.add("use " + ban.instead() + ": " + access.getDescription());
                    }
                }
            }
        }
        assertNone(wrong);
    }

    @Test
    void nobodySynchronizesOrSleeps() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources("src")) {
            String code = withoutCommentsAndStrings(Files.readString(file));
            for (String word : List.of("\\bsynchronized\\b", "\\bThread\\.sleep\\b", "\\bTimeUnit\\.\\w+\\.sleep\\b")) {
                if (Pattern.compile(word).matcher(code).find()) {
                    wrong.add(module.relativize(file) + " has " + word);
                }
            }
        }
        assertNone(wrong);
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources("src/main/java")) {
            Path info = file.resolveSibling("package-info.java");
            if (!file.endsWith("module-info.java")
                    && (!Files.exists(info) || !Files.readString(info).contains("@NullMarked"))) {
                wrong.add(module.relativize(info) + " is missing or has no @NullMarked");
            }
        }
        assertNone(wrong);
    }

    @Test
    void summariesBeginWithANounOrAVerb() throws IOException {
        assertNone(text.oddOpenings());
    }

    @Test
    void linesEndAtColumn120() throws IOException {
        assertNone(text.wideLines());
    }

    @Test
    void packagesAndTheirCirclesOfFilesDoNotGrow() {
        assertNone(text.fullRooms(classes));
    }

    @Test
    void everyCoveredRowIsKnown() throws IOException {
        Path list = module.resolve("../docs/rows.tsv");
        Set<String> known = Files.readAllLines(list).stream()
                .map(line -> line.split("\t")[0])
                .collect(Collectors.toSet());
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources("src/test/java")) {
            Matcher annotation = Pattern.compile("^\\s*@Covers\\(([^)]*)\\)", Pattern.MULTILINE)
                    .matcher(Files.readString(file));
            while (annotation.find()) {
                Matcher row = Pattern.compile("\"([^\"]*)\"").matcher(annotation.group(1));
                while (row.find()) {
                    if (!known.contains(row.group(1))) {
                        wrong.add(file.getFileName() + " covers " + row.group(1));
                    }
                }
            }
        }
        assertNone(wrong);
    }

    private static boolean mayUse(String from, String to) {
        if (from.equals("drivers") || from.startsWith("drivers.") || from.equals("cli")) {
            return PUBLIC.contains(to)
                    || to.equals("drivers")
                    || to.startsWith("drivers.")
                    || OF_DRIVERS.contains(to)
                    || from.equals("cli") && to.equals("cli.dump");
        }
        if (from.equals("micrometer")) {
            return PUBLIC.contains(to);
        }
        if (from.startsWith("benchmarks")) {
            return true;
        }
        Set<String> direct = ARROWS.getOrDefault(from, Set.of());
        return direct.contains(to) || direct.stream().anyMatch(next -> mayUse(next, to));
    }

    private static String part(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(BASE) ? name.substring(BASE.length()) : name;
    }

    private static boolean isProgram(JavaClass type) {
        return PROGRAMS.contains(part(type).split("\\.")[0]);
    }

    private static String outermost(JavaClass type) {
        return type.getName().replaceFirst(".*\\.", "").replaceFirst("\\$.*", "");
    }

    private List<Path> sources(String folder) throws IOException {
        Path root = module.resolve(folder);
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return new ArrayList<>(
                    files.filter(file -> file.toString().endsWith(".java")).toList());
        }
    }

    private static String withoutCommentsAndStrings(String code) {
        return code.replaceAll("(?s)\"\"\".*?\"\"\"", "\"\"")
                .replaceAll("\"(\\\\.|[^\"\\\\\n])*\"", "\"\"")
                .replaceAll("(?s)/\\*.*?\\*/", "")
                .replaceAll("//[^\n]*", "");
    }

    private static void assertNone(Set<String> wrong) {
        assertEquals("", String.join("\n", wrong));
    }
}
