package io.jrados.rados;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A command as the {@code ceph} program sends it: a prefix, arguments by name, and bytes that go with it. Asks for an answer in
 * JSON. Immutable.
 *
 * <pre>{@code Command.of("osd pool get").with("pool", "rbd").with("var", "size")}</pre>
 */
public final class Command {
    private final ObjectNode words;
    private final byte[] input;

    private Command(ObjectNode words, byte[] input) {
        this.words = words;
        this.input = input;
    }

    /** @param prefix what comes first on a command line: "osd pool get" */
    public static Command of(String prefix) {
        ObjectNode words = JsonNodeFactory.instance.objectNode();
        return new Command(words.put("prefix", prefix).put("format", "json"), new byte[0]);
    }

    /** With a word; {@code format} is one too. */
    public Command with(String name, String value) {
        return new Command(words.deepCopy().put(name, value), input);
    }

    /** With a number. */
    public Command with(String name, long value) {
        return new Command(words.deepCopy().put(name, value), input);
    }

    /** With a number. */
    public Command with(String name, double value) {
        return new Command(words.deepCopy().put(name, value), input);
    }

    /** With a switch, as {@code yes_i_really_mean_it}. */
    public Command with(String name, boolean value) {
        return new Command(words.deepCopy().put(name, value), input);
    }

    /** With words of which there may be several. */
    public Command with(String name, List<String> values) {
        ObjectNode more = words.deepCopy();
        ArrayNode array = more.putArray(name);
        values.forEach(array::add);
        return new Command(more, input);
    }

    /** With what {@code -i} gives the ceph command. */
    public Command input(byte[] bytes) {
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
        return words.get("prefix").asText();
    }
}
