package io.jrados.rbd.weather;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * {@link NarrowWeather} in a JVM of its own that has little direct memory, and that is stopped as a whole from time to
 * time: shorter and longer than the watches of its images live.
 */
@Tag("ceph")
@Timeout(7200)
class WeatherTest {
    private static final Duration SLACK = Duration.ofMinutes(10);

    /** Direct memory of the JVM, MiB: little, less, and as much as the clients want. */
    private static final int[] MEMORY = {24, 28, 32, 80};

    @Test
    void aJvmThatIsStoppedAndHasLittleMemoryLosesNothing() throws Exception {
        int seconds = WeatherCampaign.seconds();
        Path log = Files.createTempFile("weather-", ".log");
        Process child = start(log);
        try {
            long end =
                    System.nanoTime() + Duration.ofSeconds(seconds).plus(SLACK).toNanos();
            Random random = new Random();
            while (!child.waitFor(4000 + random.nextInt(8000), TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(
                            "does not end; " + findings(Files.readString(log)) + "\n" + Files.readString(log));
                }
                signal(child, "-STOP");
                child.waitFor(random.nextInt(4) == 0 ? 10_000 : 100 + random.nextInt(2000), TimeUnit.MILLISECONDS);
                signal(child, "-CONT");
            }
            String said = Files.readString(log);
            System.out.println(said);
            if (child.exitValue() != 0) {
                throw new AssertionError(findings(said) + "\n" + said);
            }
        } finally {
            child.destroy();
            Files.delete(log);
        }
    }

    /** The heads of all findings in one line: reports of a build show only the first line of a failure. */
    private static String findings(String said) {
        return said.lines().filter(line -> line.startsWith("FINDING")).collect(Collectors.joining("; "));
    }

    /** From the seed, if there is one; always the same in a run without a length. */
    private static int memory() {
        Random random = WeatherCampaign.first();
        return Integer.getInteger("jrados.weather.memory", MEMORY[random.nextInt(MEMORY.length)]);
    }

    private static Process start(Path log) throws IOException {
        int memory = memory();
        System.out.println("weather in a JVM with " + memory + " MiB of direct memory");
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=" + memory + "m",
                "-ea"));
        System.getProperties().forEach((key, value) -> {
            if (key.toString().startsWith("jrados.") || key.toString().startsWith("org.slf4j.")) {
                command.add("-D" + key + "=" + value);
            }
        });
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path")
                        + File.pathSeparator
                        + System.getProperty("surefire.test.class.path", ""),
                WeatherTest.class.getName()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static void signal(Process process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    }

    /** Runs the campaign; ends with the number of failures. */
    public static void main(String[] none) {
        AtomicInteger failures = new AtomicInteger();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(DiscoverySelectors.selectClass(NarrowWeather.class))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                result.getThrowable().ifPresent(failure -> {
                                    failures.incrementAndGet();
                                    failure.printStackTrace(System.out);
                                });
                            }
                        });
        System.exit(failures.get());
    }
}
