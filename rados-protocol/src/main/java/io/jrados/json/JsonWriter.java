package io.jrados.json;

import io.jrados.json.JsonValue.JsonArray;
import io.jrados.json.JsonValue.JsonObject;
import io.jrados.json.JsonValue.JsonText;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes values as JSON: in one line as commands are sent, or indented for people to read. Strings come out as they are
 * but for what RFC 8259 demands to be escaped.
 */
public final class JsonWriter {
    private static final int EXCERPT = 100;
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();
    private final boolean indented;
    private int depth;

    private JsonWriter(boolean indented) {
        this.indented = indented;
    }

    /** One line without spaces. */
    public static String compact(JsonValue value) {
        return new JsonWriter(false).write(value).out.toString();
    }

    /** A line for each member and element, indented by two spaces. */
    public static String pretty(JsonValue value) {
        return new JsonWriter(true).write(value).out.toString();
    }

    /** The beginning of the value's text, for errors. */
    static String excerpt(JsonValue value) {
        String text = compact(value);
        return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "...";
    }

    private JsonWriter write(JsonValue value) {
        if (value instanceof JsonObject object) {
            object(object);
        } else if (value instanceof JsonArray array) {
            array(array);
        } else if (value instanceof JsonText text) {
            quote(text.value());
        } else {
            out.append(value);
        }
        return this;
    }

    private void object(JsonObject object) {
        begin('{');
        Iterator<Map.Entry<String, JsonValue>> members =
                object.members().entrySet().iterator();
        while (members.hasNext()) {
            Map.Entry<String, JsonValue> member = members.next();
            newLine();
            quote(member.getKey());
            out.append(indented ? ": " : ":");
            write(member.getValue());
            comma(members.hasNext());
        }
        end('}', object.members().isEmpty());
    }

    private void array(JsonArray array) {
        begin('[');
        Iterator<JsonValue> values = array.values().iterator();
        while (values.hasNext()) {
            newLine();
            write(values.next());
            comma(values.hasNext());
        }
        end(']', array.values().isEmpty());
    }

    private void begin(char bracket) {
        out.append(bracket);
        depth++;
    }

    private void end(char bracket, boolean empty) {
        depth--;
        if (!empty) {
            newLine();
        }
        out.append(bracket);
    }

    private void comma(boolean more) {
        if (more) {
            out.append(',');
        }
    }

    private void newLine() {
        if (indented) {
            out.append('\n').append(INDENT.repeat(depth));
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            switch (next) {
                case '"', '\\' -> out.append('\\').append(next);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (next < ' ') {
                        out.append(String.format("\\u%04x", (int) next));
                    } else {
                        out.append(next);
                    }
                }
            }
        }
        out.append('"');
    }
}
