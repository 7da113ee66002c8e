package io.jrados.crush;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * One of Ceph's own programs, whose answers are the truth. Which one runs is said by a system property, so that another
 * release's can be asked: {@code -Djrados.crushtool="chroot /root/of/reef crushtool"}.
 */
public final class NativeTool {
    private final List<String> command;

    /** Skips the test when the program is not there. */
    public NativeTool(String name) {
        String configured = System.getProperty("jrados." + name, "");
        command = List.of((configured.isEmpty() ? name : configured).split(" +"));
        Assumptions.assumeTrue(!configured.isEmpty() || isInstalled(name), name + " is not installed");
    }

    private static boolean isInstalled(String name) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    /** Both outputs of a run that must succeed. */
    public String run(Object... arguments) throws IOException {
        List<String> line = new ArrayList<>(command);
        Arrays.stream(arguments).map(Object::toString).forEach(line::add);
        // Into a file: the tools make their standard error non-blocking, and with it a pipe that both share, which then
        // loses what a slow reader has no room for.
        Path printed = Files.createTempFile("jrados-", ".out");
        try {
            Process process = new ProcessBuilder(line)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(printed.toFile())
                    .start();
            int code = process.onExit().join().exitValue();
            String output = Files.readString(printed);
            Assertions.assertThat(code).as("%s: %s", line, output).isZero();
            return output;
        } finally {
            Files.delete(printed);
        }
    }
}
