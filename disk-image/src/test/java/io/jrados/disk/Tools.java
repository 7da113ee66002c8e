package io.jrados.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Native programs that judge images: {@code qemu-img}, {@code qemu-io} and others, run in one folder. */
public final class Tools {
    private static final int DEADLINE_SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    public Tools(Path folder) {
        this.folder = folder;
    }

    public Path path(String name) {
        return folder.resolve(name);
    }

    /** Runs a program, which must succeed, and returns its output. */
    public String run(String... command) {
        return run(List.of(command));
    }

    public String run(List<String> command) {
        StringBuilder said = new StringBuilder();
        int status = status(command, said);
        assertEquals(0, status, String.join(" ", command) + ": " + said);
        return said.toString();
    }

    /** Runs a program and returns its exit status. */
    public int status(List<String> command, StringBuilder said) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            try (InputStream out = process.getInputStream()) {
                said.append(new String(out.readAllBytes(), StandardCharsets.UTF_8));
            }
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " takes over " + DEADLINE_SECONDS + " s");
            }
            return process.exitValue();
        } catch (IOException missing) {
            throw new UncheckedIOException(command.get(0) + " cannot be run: tools/setup disks installs it", missing);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    public void qemuImg(String... arguments) {
        List<String> command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(List.of(arguments));
        run(command);
    }

    /** Runs commands of qemu-io on an image. */
    public void qemuIo(String image, String... commands) {
        List<String> command = new ArrayList<>(List.of("qemu-io", "-t", "unsafe", "-f", "qcow2"));
        for (String each : commands) {
            command.addAll(List.of("-c", each));
        }
        command.add(image);
        String said = run(command);
        if (said.contains("failed") || said.contains("error")) {
            throw new AssertionError(said);
        }
    }

    /** The JSON that qemu-img prints of an image. */
    public JsonNode json(String verb, String image) {
        return parse(run("qemu-img", verb, "--output=json", image));
    }

    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException wrong) {
            throw new UncheckedIOException(wrong);
        }
    }
}
