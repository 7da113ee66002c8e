package io.jrados.testkit;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The result of a native command.
 *
 * @param output what it wrote to its standard output; not copied
 * @param errors what it wrote to its standard error
 */
public record NativeResult(List<String> command, int exit, byte[] output, String errors) {
    /** The output as text, without white space at its end. */
    public String text() {
        return new String(output, StandardCharsets.UTF_8).stripTrailing();
    }

    /** @throws AssertionError if the command failed, with what it said */
    public NativeResult succeeded() {
        if (exit != 0) {
            throw new AssertionError(String.join(" ", command) + " failed with " + exit + ": " + errors + text());
        }
        return this;
    }
}
