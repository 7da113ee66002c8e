package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.verb.ThreadKind;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand virtual threads in blocking calls of one client, in a JVM that records whenever one of them pins its
 * carrier: none of ours does, and a control that does is found. The JDK is the tests' own, that of the property
 * {@code jrados.jdk}, or the newest of {@code /usr/lib/jvm}. Without any from 21 on, threads of the operating system
 * make the calls, and {@code target/virtual-threads.txt}, which {@code ./verify} shows, says so.
 */
@CephTest
@Timeout(300)
class ManyCallersTest {
    private static final int VIRTUAL_SINCE = 21;
    private static final int THREADS = 10_000;
    private static final int PLATFORM_THREADS = 1_000;
    private static final Path REPORT = Path.of(System.getProperty("basedir", "."), "target", "virtual-threads.txt");
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)[^\"]*\"");

    /** A JDK and its release. */
    private record Jdk(Path home, int release) {
        Path tool(String name) {
            return home.resolve("bin").resolve(name);
        }
    }

    /** Looks at an installation; empty for something else, or without the tool that reads recordings. */
    private static Optional<Jdk> at(Path home) {
        try {
            Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
            Jdk found = new Jdk(home, version.find() ? Integer.parseInt(version.group(1)) : 0);
            return Files.isExecutable(found.tool("jfr")) ? Optional.of(found) : Optional.empty();
        } catch (IOException other) {
            return Optional.empty();
        }
    }

    private static Optional<Jdk> withVirtualThreads() throws IOException {
        String named = System.getProperty("jrados.jdk");
        if (named != null) {
            Jdk chosen = at(Path.of(named)).orElseThrow(() -> new IllegalStateException("no JDK in " + named));
            assertThat(chosen.release())
                    .as("the release of the JDK in " + named)
                    .isGreaterThanOrEqualTo(VIRTUAL_SINCE);
            return Optional.of(chosen);
        }
        List<Jdk> found = new ArrayList<>();
        at(Path.of(System.getProperty("java.home"))).ifPresent(found::add);
        Path usual = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(usual)) {
            try (DirectoryStream<Path> homes = Files.newDirectoryStream(usual)) {
                homes.forEach(home -> at(home).ifPresent(found::add));
            }
        }
        return found.stream()
                .filter(jdk -> jdk.release() >= VIRTUAL_SINCE)
                .max((one, other) -> Integer.compare(one.release(), other.release()));
    }

    @Test
    void blockingCallsPinNoVirtualThread(CephCluster cluster, @TempDir Path scratch) throws Exception {
        String pool = cluster.pool(ManyCallersTest.class);
        Optional<Jdk> jdk = withVirtualThreads();
        if (jdk.isEmpty()) {
            Path own = Path.of(System.getProperty("java.home"), "bin", "java");
            judge(run(own, List.of(), cluster, pool, PLATFORM_THREADS, ThreadKind.PLATFORM), PLATFORM_THREADS);
            report("virtual threads were NOT tried: no JDK of " + VIRTUAL_SINCE + " or later is here; name one with"
                    + " -Djrados.jdk=DIR");
            return;
        }
        Path recording = scratch.resolve("pinned.jfr");
        List<String> options = List.of("-XX:StartFlightRecording:settings=none,filename=" + recording
                + ",+jdk.VirtualThreadPinned#enabled=true,+jdk.VirtualThreadPinned#threshold=0ms"
                + ",+jdk.VirtualThreadPinned#stackTrace=true");
        List<String> lines = run(jdk.get().tool("java"), options, cluster, pool, THREADS, ThreadKind.VIRTUAL);
        judge(lines, THREADS);
        assertThat(lines).contains("waited in an initializer");

        List<String> pinned = pinned(jdk.get(), recording);
        List<String> ours =
                pinned.stream().filter(event -> event.contains("io.jrados.")).toList();
        assertThat(ours).as("events of a thread that is pinned on purpose").anyMatch(ManyCallersTest::isControl);
        List<String> strange = ours.stream()
                .filter(event -> !isControl(event) && !isLoading(event))
                .map(event -> event.replaceAll("\\s+", " "))
                .toList();
        assertThat(strange).as("pinned by us: " + strange).isEmpty();
        report(THREADS + " virtual threads on JDK " + jdk.get().release() + ": none pinned by us (" + pinned.size()
                + " events in all), " + lines.get(lines.size() - 3));
    }

    private static boolean isControl(String event) {
        return event.contains("ManyCallers$Pins.<clinit>");
    }

    /**
     * Whether the JVM held the thread up while a class that it needs was loaded, linked or initialized, by this thread
     * or by another. We have no monitors ({@code ArchitectureTest}), so one that is entered in a frame of ours is the
     * JVM's own.
     */
    private static boolean isLoading(String event) {
        if (event.contains("Waited for initialization of ")) {
            return true;
        }
        String stack = event.substring(event.indexOf("stackTrace = [") + "stackTrace = [".length())
                .strip();
        String aboveUs = stack.split("io\\.jrados\\.", 2)[0];
        return aboveUs.contains("ClassLoader.loadClass(")
                || aboveUs.contains("ClassLoaders$AppClassLoader.loadClass(")
                || event.contains("Contended monitor enter")
                        && (aboveUs.isEmpty()
                                || aboveUs.startsWith("jdk.internal.loader.")
                                || aboveUs.startsWith("java.lang.ClassLoader."));
    }

    private static void report(String line) throws IOException {
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, line + "\n");
    }

    private static void judge(List<String> lines, int threads) {
        String all = String.join("\n", lines);
        assertThat(lines)
                .as(all)
                .contains("threads " + threads + ", failures 0")
                .endsWith("closed");
        int most = lines.stream()
                .filter(line -> line.startsWith("blocked at once "))
                .mapToInt(line -> Integer.parseInt(line.substring("blocked at once ".length())))
                .sum();
        assertThat(most).as("threads that were blocked at one time").isGreaterThan(threads / 10);
    }

    private static List<String> run(
            Path java, List<String> options, CephCluster cluster, String pool, int threads, ThreadKind kind)
            throws Exception {
        List<String> words = new ArrayList<>(List.of(java.toString(), "-Xmx512m", "-XX:TieredStopAtLevel=1"));
        words.addAll(options);
        words.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + System.getProperty("jdk.module.path", ""),
                ManyCallers.class.getName(),
                cluster.conf().toString(),
                pool,
                Integer.toString(threads),
                kind.name()));
        return output(words);
    }

    /** Each event as text, with its stack. */
    private static List<String> pinned(Jdk jdk, Path recording) throws Exception {
        String all = String.join(
                "\n",
                output(List.of(
                        jdk.tool("jfr").toString(),
                        "print",
                        "--events",
                        "jdk.VirtualThreadPinned",
                        "--stack-depth",
                        "64",
                        recording.toString())));
        return Arrays.stream(all.split("(?m)^(?=jdk\\.VirtualThreadPinned)"))
                .filter(event -> event.startsWith("jdk."))
                .toList();
    }

    private static List<String> output(List<String> words) throws Exception {
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            List<String> lines = process.inputReader().lines().toList();
            assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }
}
