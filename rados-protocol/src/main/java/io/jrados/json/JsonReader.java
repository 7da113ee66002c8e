package io.jrados.json;

import io.jrados.error.MalformedException;
import io.jrados.json.JsonValue.JsonArray;
import io.jrados.json.JsonValue.JsonBoolean;
import io.jrados.json.JsonValue.JsonNull;
import io.jrados.json.JsonValue.JsonNumber;
import io.jrados.json.JsonValue.JsonObject;
import io.jrados.json.JsonValue.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON from hostile bytes, strictly as RFC 8259 has it and in UTF-8: no comments, no bytes after the value, no
 * name twice in an object, no half of a surrogate pair. Size, depth, strings and numbers have bounds, so that an answer
 * costs at most a small number of times its own length. Leaves only with {@link MalformedException}.
 */
public final class JsonReader {
    /** The largest text that is read, in bytes. */
    public static final int MAX_BYTES = 64 << 20;

    /** Arrays and objects in one another deeper than this are refused. */
    public static final int MAX_DEPTH = 64;

    /** The longest string, in characters as it is written. */
    public static final int MAX_STRING = 1 << 20;

    /** The longest number, in characters. */
    public static final int MAX_NUMBER = 100;

    private static final String SPACE = " \n\r\t";
    private static final int HEX = 16;
    private static final int HEX_DIGITS = 4;

    private final String in;
    private int at;
    private int depth;

    private JsonReader(String in) {
        this.in = in;
    }

    /** Reads the one value that the bytes are. */
    public static JsonValue read(byte[] json) {
        JsonReader reader = new JsonReader(decoded(json));
        JsonValue value = reader.value();
        reader.skipSpace();
        if (reader.at < reader.in.length()) {
            throw reader.wrong("more after the value");
        }
        return value;
    }

    /**
     * Reads values that follow each other, at least one: some commands answer with several ({@code osd blocklist ls}
     * with the addresses and then the ranges, OSDMonitor::preprocess_command in src/mon/OSDMonitor.cc).
     */
    public static List<JsonValue> readAll(byte[] json) {
        JsonReader reader = new JsonReader(decoded(json));
        List<JsonValue> values = new ArrayList<>();
        do {
            values.add(reader.value());
            reader.skipSpace();
        } while (reader.at < reader.in.length());
        return values;
    }

    private static String decoded(byte[] json) {
        if (json.length > MAX_BYTES) {
            throw new MalformedException("JSON of " + json.length + " bytes, over " + MAX_BYTES);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new MalformedException("not JSON: not UTF-8", notUtf8);
        }
    }

    private JsonValue value() {
        skipSpace();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> new JsonText(string());
            case 't' -> literal("true", new JsonBoolean(true));
            case 'f' -> literal("false", new JsonBoolean(false));
            case 'n' -> literal("null", JsonNull.NULL);
            default -> number();
        };
    }

    private JsonValue object() {
        enter();
        Map<String, JsonValue> members = new LinkedHashMap<>();
        skipSpace();
        if (!took('}')) {
            do {
                skipSpace();
                int begin = at;
                String name = string();
                skipSpace();
                expect(':');
                if (members.putIfAbsent(name, value()) != null) {
                    at = begin;
                    throw wrong("a name twice in an object");
                }
                skipSpace();
            } while (took(','));
            expect('}');
        }
        depth--;
        return new JsonObject(members);
    }

    private JsonValue array() {
        enter();
        List<JsonValue> values = new ArrayList<>();
        skipSpace();
        if (!took(']')) {
            do {
                values.add(value());
                skipSpace();
            } while (took(','));
            expect(']');
        }
        depth--;
        return new JsonArray(values);
    }

    private void enter() {
        at++;
        if (++depth > MAX_DEPTH) {
            throw wrong("deeper than " + MAX_DEPTH);
        }
    }

    private JsonValue literal(String word, JsonValue value) {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i));
        }
        return value;
    }

    private JsonValue number() {
        int begin = at;
        took('-');
        if (!took('0')) {
            digits();
        }
        if (took('.')) {
            digits();
        }
        if (took('e') || took('E')) {
            if (!took('+')) {
                took('-');
            }
            digits();
        }
        if (at - begin > MAX_NUMBER) {
            at = begin;
            throw wrong("a number longer than " + MAX_NUMBER);
        }
        return new JsonNumber(in.substring(begin, at));
    }

    private void digits() {
        int begin = at;
        while (at < in.length() && in.charAt(at) >= '0' && in.charAt(at) <= '9') {
            at++;
        }
        if (at == begin) {
            throw wrong("no value");
        }
    }

    private String string() {
        expect('"');
        int begin = at;
        boolean escaped = false;
        while (peek() != '"') {
            if (peek() < ' ') {
                throw wrong("a control character in a string");
            }
            if (took('\\')) {
                escaped = true;
                peek();
            }
            at++;
        }
        if (at - begin > MAX_STRING) {
            at = begin;
            throw wrong("a string longer than " + MAX_STRING);
        }
        String text = in.substring(begin, at);
        at++;
        return escaped ? unescaped(text, begin) : text;
    }

    private String unescaped(String text, int begin) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next != '\\') {
                plain.append(next);
                continue;
            }
            char kind = text.charAt(++i);
            if (kind == 'u') {
                plain.append(hex(text, i + 1, begin));
                i += HEX_DIGITS;
            } else {
                plain.append(escape(kind, begin));
            }
        }
        if (!isWhole(plain)) {
            throw wrongAt(begin, "half of a surrogate pair");
        }
        return plain.toString();
    }

    private char escape(char kind, int begin) {
        return switch (kind) {
            case '"', '\\', '/' -> kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> throw wrongAt(begin, "an escape that there is not");
        };
    }

    private char hex(String text, int from, int begin) {
        int value = 0;
        for (int i = from; i < from + HEX_DIGITS; i++) {
            char digit = i < text.length() ? text.charAt(i) : ' ';
            int bits = digit < 128 ? Character.digit(digit, HEX) : -1;
            if (bits < 0) {
                throw wrongAt(begin, "an escape without four hexadecimal digits");
            }
            value = value * HEX + bits;
        }
        return (char) value;
    }

    private static boolean isWhole(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (Character.isHighSurrogate(next)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(next)) {
                return false;
            }
        }
        return true;
    }

    private void skipSpace() {
        while (at < in.length() && SPACE.indexOf(in.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= in.length()) {
            throw wrong("the text ends too early");
        }
        return in.charAt(at);
    }

    private boolean took(char expected) {
        if (at < in.length() && in.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char expected) {
        if (peek() != expected) {
            throw wrong("no '" + expected + "' where one must be");
        }
        at++;
    }

    private MalformedException wrong(String what) {
        return wrongAt(at, what);
    }

    private static MalformedException wrongAt(int position, String what) {
        return new MalformedException("not JSON at character " + position + ": " + what);
    }
}
