package io.jrados.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.CephCluster;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs the program in this JVM, and takes what it prints. */
record Program(CephCluster cluster) {
    /** The result of a command. */
    record Result(int exit, String out, String err) {
        Result succeeded() {
            assertThat(exit).as(err).isZero();
            return this;
        }

        String firstLine() {
            return out.lines().findFirst().orElse("");
        }
    }

    Result run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--conf", cluster.conf().toString(), "--quiet"));
        PrintStream stdout = System.out;
        PrintStream stderr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            int exit = Jrados.run(all.toArray(String[]::new));
            return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(stdout);
            System.setErr(stderr);
        }
    }
}
