package io.jrados.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * A profile of where the time of a write goes: {@code Profile SIZE DEPTH [SECONDS]} writes to the acknowledging peer,
 * takes samples of processor time (which JDK 25 and later can, on Linux, and in native code and the kernel too), and
 * gives each to the layer whose code, or on whose behalf the JDK's code, was running.
 */
public final class Profile {
    private static final String SAMPLE = "jdk.CPUTimeSample";
    private static final long WARM_NANOS = 15_000_000_000L;
    private static final String OTHER = "the JDK, for nobody in particular";
    private static final int SHOWN = 3;

    /** Frames that say which layer a sample belongs to; the first rule that fits the topmost fitting frame counts. */
    private record Rule(String layer, Pattern frame) {
        static Rule of(String layer, String frame) {
            return new Rule(layer, Pattern.compile(frame));
        }
    }

    private static final List<Rule> RULES = List.of(
            Rule.of("kernel: sending", "sun\\.nio\\.ch\\..*Dispatcher.*\\.writev?0?"),
            Rule.of("kernel: receiving", "sun\\.nio\\.ch\\..*Dispatcher.*\\.readv?0?"),
            Rule.of("kernel: waiting for a socket", "sun\\.nio\\.ch\\.EPoll\\..*"),
            Rule.of(
                    "kernel: waking a thread",
                    "(sun\\.nio\\.ch\\.(EventFD|IOUtil).*|jdk\\.internal\\.misc\\.Unsafe\\.(un)?park)"),
            Rule.of("checksums", "java\\.util\\.zip\\.CRC32C.*|io\\.jrados\\.crypto\\.Crc32c.*"),
            Rule.of("encryption", "com\\.sun\\.crypto\\..*|javax\\.crypto\\..*|io\\.jrados\\.crypto\\..*"),
            Rule.of("buffers", "io\\.netty\\.(buffer|util)\\..*|io\\.jrados\\.msgr\\.(LargeBuffers|Pieces).*"),
            Rule.of("selector and channel", "io\\.netty\\.channel\\..*|sun\\.nio\\.ch\\..*"),
            Rule.of("frames and connection", "io\\.jrados\\.msgr\\..*"),
            Rule.of("messages", "io\\.jrados\\.(message|wire|osd\\.op)\\..*"),
            Rule.of("Objecter and sessions", "io\\.jrados\\.(osd|rados|conf)\\..*"),
            Rule.of("placement", "io\\.jrados\\.(osdmap|crush)\\..*"),
            Rule.of("image", "io\\.jrados\\.rbd\\..*"),
            Rule.of("the benchmark itself", "io\\.jrados\\.benchmarks\\..*"));

    private Profile() {}

    /** Prints the table. */
    public static void main(String[] args) throws IOException {
        int size = Integer.parseInt(args[0]);
        int depth = Integer.parseInt(args[1]);
        long measured = Long.parseLong(args.length > 2 ? args[2] : "20") * 1_000_000_000L;
        if (FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .noneMatch(type -> type.getName().equals(SAMPLE))) {
            throw new IllegalStateException("this JDK takes no samples of processor time: 25 or later on Linux does");
        }
        Path file = Files.createTempFile("jrados-profile", ".jfr");
        long writes;
        double processor;
        try (PipelinedWrites image = new PipelinedWrites(size, depth, 1);
                Recording recording = new Recording()) {
            write(image, WARM_NANOS);
            recording.enable(SAMPLE).with("throttle", "1ms");
            recording.start();
            double before = processorSeconds();
            writes = write(image, measured);
            processor = processorSeconds() - before;
            recording.stop();
            recording.dump(file);
        }
        print(size, depth, writes, processor, file);
        Files.delete(file);
    }

    private static long write(PipelinedWrites image, long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        long count = 0;
        while (System.nanoTime() < end) {
            image.write();
            count++;
        }
        return count;
    }

    /** Returns the processor time of all threads, the collector's and the compilers' too. */
    private static double processorSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    private static void print(int size, int depth, long writes, double processor, Path file) throws IOException {
        Map<String, Map<String, Integer>> layers = new LinkedHashMap<>();
        RULES.forEach(rule -> layers.put(rule.layer, new TreeMap<>()));
        layers.put(OTHER, new TreeMap<>());
        int total = 0;
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                RecordedEvent event = events.readEvent();
                if (event.getEventType().getName().equals(SAMPLE) && event.getStackTrace() != null) {
                    List<RecordedFrame> frames = event.getStackTrace().getFrames();
                    layers.get(layer(frames)).merge(name(frames.get(0)), 1, Integer::sum);
                    total++;
                }
            }
        }
        double each = processor / writes * 1e6;
        System.out.printf(
                Locale.ROOT,
                "JDK %s, writes of %d bytes, %d in flight: %d writes, %.2f us of processor time each, %d samples%n",
                System.getProperty("java.version"),
                size,
                depth,
                writes,
                each,
                total);
        System.out.printf("| layer | share | us of a write | most often in |%n|---|---|---|---|%n");
        for (Map.Entry<String, Map<String, Integer>> layer : layers.entrySet()) {
            int count = layer.getValue().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            double share = (double) count / Math.max(total, 1);
            String most = String.join(
                    ", ",
                    layer.getValue().entrySet().stream()
                            .sorted(Map.Entry.<String, Integer>comparingByValue()
                                    .reversed())
                            .limit(SHOWN)
                            .map(Map.Entry::getKey)
                            .toList());
            System.out.printf(
                    Locale.ROOT, "| %s | %.1f %% | %.2f | %s |%n", layer.getKey(), 100 * share, share * each, most);
        }
    }

    private static String layer(List<RecordedFrame> frames) {
        for (RecordedFrame frame : frames) {
            String name = frame.getMethod().getType().getName() + "."
                    + frame.getMethod().getName();
            for (Rule rule : RULES) {
                if (rule.frame.matcher(name).matches()) {
                    return rule.layer;
                }
            }
        }
        return OTHER;
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName().replaceFirst(".*\\.", "") + "."
                + frame.getMethod().getName();
    }
}
