package io.jrados.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.error.MalformedException;
import io.jrados.json.JsonValue.JsonNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader by the letter of RFC 8259, beside another implementation, and at each of its bounds. */
class JsonReaderTest {
    private static final ObjectMapper OTHER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private static final String SAMPLE =
            "{\"a\": [1, -2.50e+3, true, false, null, \"x\\u00e9\\n\"], \"b\": {\"\": {}, \"c\": []}, \"d\": \"\\\"/\"}";

    private static JsonValue read(String json) {
        return JsonReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsValuesOfEveryKind() {
        JsonValue value =
                read(" {\"n\":18446744073709551615,\"t\":\"\\u0041\\ud83d\\ude00é\",\"l\":[true,null,{}]}\r\n\t");
        assertThat(value.get("n")).isEqualTo(new JsonNumber("18446744073709551615"));
        assertThat(value.get("t").text()).isEqualTo("A\uD83D\uDE00é");
        assertThat(value.get("l").elements()).hasSize(3);
        assertThat(value.find("absent")).isEmpty();
        assertThat(read("-42").number()).isEqualTo(-42);
        assertThat(read("\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"").text()).isEqualTo("\b\f\n\r\t/\\\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nul",
                "nulls",
                "True",
                "[1,]",
                "[,1]",
                "[1 2]",
                "[",
                "]",
                "[1",
                "{",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,\"a\":2}",
                "{1:1}",
                "01",
                "-",
                "+1",
                ".5",
                "1.",
                "1e",
                "1e+",
                "0x10",
                "NaN",
                "Infinity",
                "-Infinity",
                "1 1",
                "1,",
                "//x\n1",
                "/*x*/1",
                "\"",
                "\"\\",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\\ud800\"",
                "\"\\udc00\\ud800\"",
                "\"a\nb\"",
                "\"a\tb\"",
                "\uFEFF1",
                "\u00a01",
                "\"\u0000\"",
                "[1]]",
                "{}{}",
                "-01",
                "1e1.5",
                "\u0661"
            })
    void refusesWhatIsNotJson(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(MalformedException.class)
                .hasMessageStartingWith("not JSON at character ");
        // Nothing at all is a missing node there, and half of a surrogate pair is let pass.
        if (!text.isBlank() && !text.startsWith("\"\\ud")) {
            assertThatThrownBy(() -> OTHER.readTree(text)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void refusesWhatIsNotUtf8() {
        for (int[] bytes :
                new int[][] {{0xff}, {0xc0, 0xaf}, {0xed, 0xa0, 0x80}, {0xe2, 0x82}, {0xf5, 0x80, 0x80, 0x80}}) {
            byte[] json = new byte[bytes.length + 2];
            json[0] = '"';
            json[json.length - 1] = '"';
            for (int i = 0; i < bytes.length; i++) {
                json[i + 1] = (byte) bytes[i];
            }
            assertThatThrownBy(() -> JsonReader.read(json))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("UTF-8");
        }
    }

    @Test
    void severalValuesAreReadWhereTheyAreExpected() {
        assertThat(JsonReader.readAll("[1]\n\n[]".getBytes(StandardCharsets.UTF_8)))
                .containsExactly(read("[1]"), read("[]"));
        for (String text : new String[] {"", " ", "[1],[]", "[1]]"}) {
            assertThatThrownBy(() -> JsonReader.readAll(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void boundsAreWhereTheyAreSaidToBe() {
        int depth = JsonReader.MAX_DEPTH;
        read("[".repeat(depth) + "]".repeat(depth));
        assertThatThrownBy(() -> read("[".repeat(depth + 1) + "]".repeat(depth + 1)))
                .hasMessageContaining("deeper than 64");
        assertThatThrownBy(() -> read("{\"a\":".repeat(depth + 1) + "1" + "}".repeat(depth + 1)))
                .hasMessageContaining("deeper than 64");
        String longest = "a".repeat(JsonReader.MAX_STRING);
        assertThat(read('"' + longest + '"').text()).hasSize(JsonReader.MAX_STRING);
        assertThatThrownBy(() -> read("\"a" + longest + '"')).hasMessageContaining("a string longer than");
        String digits = "1".repeat(JsonReader.MAX_NUMBER);
        assertThat(read(digits)).isEqualTo(new JsonNumber(digits));
        assertThatThrownBy(() -> read(digits + "1")).hasMessageContaining("a number longer than");
        assertThatThrownBy(() -> JsonReader.read(new byte[JsonReader.MAX_BYTES + 1]))
                .hasMessageContaining("bytes, over");
    }

    @Test
    void aValueOfAnotherKindIsNamed() {
        JsonValue value = read("{\"name\":\"rbd\",\"big\":18446744073709551615,\"part\":1.5}");
        assertThatThrownBy(() -> value.get("id")).hasMessageContaining("no member \"id\" in {\"name\":\"rbd\"");
        assertThatThrownBy(() -> value.get("name").number()).hasMessage("\"rbd\" is not a number");
        assertThatThrownBy(() -> value.get("big").number()).hasMessageContaining("is not a whole number of 64 bits");
        assertThatThrownBy(() -> value.get("part").number()).hasMessageContaining("is not a whole number of 64 bits");
        assertThatThrownBy(value::elements).hasMessageContaining("is not an array");
        assertThatThrownBy(value::text).hasMessageContaining("is not a string");
        assertThatThrownBy(() -> value.get("name").get("x")).hasMessage("\"rbd\" is not an object");
        assertThatThrownBy(() -> read('"' + "x".repeat(1000) + '"').number())
                .satisfies(failed -> assertThat(failed.getMessage()).hasSizeLessThan(150));
    }

    @Test
    void whatIsWrittenIsReadAgainHereAndElsewhere() throws IOException {
        JsonValue value = read(SAMPLE);
        assertThat(read(JsonWriter.compact(value))).isEqualTo(value);
        assertThat(read(JsonWriter.pretty(value))).isEqualTo(value);
        assertThat(OTHER.readTree(JsonWriter.pretty(value))).isEqualTo(OTHER.readTree(SAMPLE));
        StringBuilder all = new StringBuilder();
        for (char next = 0; next < 0x180; next++) {
            all.append(next);
        }
        assertThat(OTHER.readTree(JsonValue.of(all.toString()).toString()).textValue())
                .isEqualTo(all.toString());
        assertThat(JsonWriter.pretty(read("{\"a\":[],\"b\":{},\"c\":[1]}")))
                .isEqualTo("{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1\n  ]\n}");
        assertThatThrownBy(() -> JsonValue.of(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Changes of a text in ASCII: what one of the two refuses, or reads as something else, the other does too. */
    @Test
    void agreesWithAnotherImplementationOnDamage() {
        Random random = new Random(Long.getLong("jrados.fuzz.seed", 1));
        String pieces = "{}[]:,\"\\ue0123456789+-.Eabfnrtlsu \n/";
        int read = 0;
        int refused = 0;
        for (int i = 0; i < Math.max(4_000, Integer.getInteger("jrados.fuzz", 0)); i++) {
            StringBuilder text = new StringBuilder(SAMPLE);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                char piece = pieces.charAt(random.nextInt(pieces.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, piece);
                    case 1 -> text.insert(at, piece);
                    default -> text.deleteCharAt(at);
                }
            }
            if (agree(text.toString())) {
                read++;
            } else {
                refused++;
            }
        }
        assertThat(read).isGreaterThan(200);
        assertThat(refused).isGreaterThan(200);
    }

    private static boolean agree(String text) {
        JsonNode theirs = null;
        try {
            theirs = OTHER.readTree(text);
        } catch (IOException refused) {
            // theirs stays null
        }
        try {
            JsonValue ours = read(text);
            assertThat(theirs).as(text).isNotNull();
            assertThat(OTHER.readTree(ours.toString())).as(text).isEqualTo(theirs);
            return true;
        } catch (MalformedException refused) {
            // A text of half a surrogate pair is refused here alone.
            boolean half = refused.getMessage().contains("surrogate");
            assertThat(theirs == null || half)
                    .as(text + ": " + refused.getMessage())
                    .isTrue();
            return false;
        } catch (IOException impossible) {
            throw new AssertionError(text, impossible);
        }
    }
}
