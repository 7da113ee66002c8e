package io.jrados.json;

import io.jrados.error.MalformedException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One value of a JSON text (RFC 8259), immutable. A reader of an answer asks it for what the answer must contain, such
 * as {@code get("addr").text()}; a value of another kind, or none, is a {@link MalformedException} that says which.
 */
public sealed interface JsonValue {
    /** An object; its members in the order of the text. Takes the map over: nobody may change it any more. */
    record JsonObject(Map<String, JsonValue> members) implements JsonValue {
        /** Takes the map over. */
        public JsonObject {
            members = Collections.unmodifiableMap(members);
        }

        /** This object with one more member, or with another value for the one of that name. */
        public JsonObject with(String name, JsonValue value) {
            Map<String, JsonValue> more = new LinkedHashMap<>(members);
            more.put(Objects.requireNonNull(name, "name"), value);
            return new JsonObject(more);
        }

        @Override
        public String toString() {
            return JsonWriter.compact(this);
        }
    }

    /** An array. */
    record JsonArray(List<JsonValue> values) implements JsonValue {
        /** Copies the values. */
        public JsonArray {
            values = List.copyOf(values);
        }

        @Override
        public String toString() {
            return JsonWriter.compact(this);
        }
    }

    /** A string. */
    record JsonText(String value) implements JsonValue {
        /** Refuses null. */
        public JsonText {
            Objects.requireNonNull(value, "value");
        }

        @Override
        public String toString() {
            return JsonWriter.compact(this);
        }
    }

    /**
     * A number, kept as it was written: Ceph writes unsigned numbers of 64 bits, which a double would round.
     *
     * @param literal as RFC 8259 spells numbers
     */
    record JsonNumber(String literal) implements JsonValue {
        @Override
        public String toString() {
            return literal;
        }
    }

    /** True or false. */
    record JsonBoolean(boolean value) implements JsonValue {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /** The literal {@code null}. */
    enum JsonNull implements JsonValue {
        /** The one there is. */
        NULL;

        @Override
        public String toString() {
            return "null";
        }
    }

    /** A string, or the literal null. */
    static JsonValue of(@Nullable String text) {
        return text == null ? JsonNull.NULL : new JsonText(text);
    }

    /** A whole number. */
    static JsonValue of(long number) {
        return new JsonNumber(Long.toString(number));
    }

    /** A number; JSON has none that is infinite or not a number, which is an {@link IllegalArgumentException}. */
    static JsonValue of(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("JSON has no number " + number);
        }
        return new JsonNumber(Double.toString(number));
    }

    /** True or false. */
    static JsonValue of(boolean value) {
        return new JsonBoolean(value);
    }

    /** The member of that name of an object. */
    default JsonValue get(String name) {
        return find(name).orElseThrow(() -> new MalformedException("no member \"" + name + "\" in " + excerpt()));
    }

    /** The member of that name of an object, if it has one. */
    default Optional<JsonValue> find(String name) {
        if (this instanceof JsonObject object) {
            return Optional.ofNullable(object.members().get(name));
        }
        throw unlike("an object");
    }

    /** The values of an array. */
    default List<JsonValue> elements() {
        if (this instanceof JsonArray array) {
            return array.values();
        }
        throw unlike("an array");
    }

    /** The characters of a string. */
    default String text() {
        if (this instanceof JsonText text) {
            return text.value();
        }
        throw unlike("a string");
    }

    /** A whole number that fits 64 bits with a sign. */
    default long number() {
        if (this instanceof JsonNumber number) {
            try {
                return Long.parseLong(number.literal());
            } catch (NumberFormatException other) {
                throw unlike("a whole number of 64 bits");
            }
        }
        throw unlike("a number");
    }

    private MalformedException unlike(String expected) {
        return new MalformedException(excerpt() + " is not " + expected);
    }

    private String excerpt() {
        return JsonWriter.excerpt(this);
    }
}
