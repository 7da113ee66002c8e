package io.jrados.benchmarks.peer;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A peer as a process of its own, with this one's class path. */
public final class PeerProcess implements AutoCloseable {
    private final Process process;
    private final int[] ports;

    private PeerProcess(Process process, int[] ports) {
        this.process = process;
        this.ports = ports;
    }

    /** Starts a main class and waits for its line {@code ready PORT...}. */
    public static PeerProcess start(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
        String line = out.readLine();
        if (line == null || !line.startsWith("ready ")) {
            process.destroy();
            throw new IOException(main.getSimpleName() + " did not start: " + line);
        }
        String[] words = line.split(" ");
        int[] ports = new int[words.length - 1];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = Integer.parseInt(words[i + 1]);
        }
        return new PeerProcess(process, ports);
    }

    /** As the peer printed them. */
    public int port(int index) {
        return ports[index];
    }

    @Override
    public void close() {
        process.destroy();
    }
}
