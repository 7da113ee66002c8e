package io.jrados.rados;

import io.jrados.json.JsonValue;
import io.jrados.json.JsonValue.JsonArray;
import io.jrados.json.JsonValue.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A command as the {@code ceph} program sends it: a prefix, arguments by name, and bytes that go with it. Asks for an
 * answer in JSON. Immutable.
 *
 * <pre>{@code Command.of("osd pool get").with("pool", "rbd").with("var", "size")}</pre>
 */
public final class Command {
    private final JsonObject words;
    private final byte[] input;

    private Command(JsonObject words, byte[] input) {
        this.words = words;
        this.input = input;
    }

    /** @param prefix what comes first on a command line: "osd pool get" */
    public static Command of(String prefix) {
        Objects.requireNonNull(prefix, "prefix");
        return new Command(new JsonObject(Map.of()), new byte[0])
                .with("prefix", prefix)
                .with("format", "json");
    }

    /** With a word; {@code format} is one too. */
    public Command with(String name, String value) {
        Objects.requireNonNull(name, "name");
        return with(name, JsonValue.of(Objects.requireNonNull(value, "value")));
    }

    /** With a number. */
    public Command with(String name, long value) {
        Objects.requireNonNull(name, "name");
        return with(name, JsonValue.of(value));
    }

    /** With a finite number. */
    public Command with(String name, double value) {
        Objects.requireNonNull(name, "name");
        return with(name, JsonValue.of(value));
    }

    /** With a switch, as {@code yes_i_really_mean_it}. */
    public Command with(String name, boolean value) {
        Objects.requireNonNull(name, "name");
        return with(name, JsonValue.of(value));
    }

    /** With words of which there may be several. */
    public Command with(String name, List<String> values) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(values, "values");
        return with(name, new JsonArray(values.stream().map(JsonValue::of).toList()));
    }

    private Command with(String name, JsonValue value) {
        return new Command(words.with(name, value), input);
    }

    /** With what {@code -i} gives the ceph command. */
    public Command input(byte[] bytes) {
        Objects.requireNonNull(bytes, "bytes");
        return new Command(words, bytes.clone());
    }

    String json() {
        return words.toString();
    }

    byte[] input() {
        return input;
    }

    /** The command without its input, which may be secret. */
    @Override
    public String toString() {
        return words.get("prefix").text();
    }
}
