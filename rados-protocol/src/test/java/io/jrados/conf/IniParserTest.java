package io.jrados.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.IniParser.Line;
import io.jrados.testkit.Covers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IniParserTest {
    static List<Arguments> values() {
        return List.of(
                Arguments.of("a", "a"),
                Arguments.of("  a b  ", "a b"),
                Arguments.of("", ""),
                Arguments.of("a # comment", "a"),
                Arguments.of("a;b", "a"),
                Arguments.of("a\\;b\\#c", "a;b#c"),
                Arguments.of("a \\x \\\\ c", "a x \\ c"),
                Arguments.of("a=b", "a=b"),
                Arguments.of("= b", "= b"),
                Arguments.of("\"q u\"", "q u"),
                Arguments.of("\"q u\"  # comment", "q u"),
                Arguments.of("' q \" u '", "q \" u"),
                Arguments.of("\"q \\\" \\# u\"", "q \" # u"),
                Arguments.of("\"\"", ""),
                Arguments.of("a\"b\"c", "a\"b\"c"),
                Arguments.of("a\\\nb", "ab"),
                Arguments.of("a \\\n   b # c", "a    b"),
                Arguments.of("\\\n  a", "a"),
                Arguments.of("a # b \\", "a"),
                Arguments.of("\u00e9t\u00e9", "\u00e9t\u00e9"));
    }

    @ParameterizedTest
    @MethodSource("values")
    @Covers("C23")
    void readsAValue(String written, String value) throws Exception {
        String text = "[global]\nlog file =" + written + "\nkey = next\n";

        assertThat(IniParser.parse(text)).extracting(Line::value).containsExactly(value, "next");
    }

    static List<Arguments> names() {
        return List.of(
                Arguments.of("log_file", "log_file"),
                Arguments.of("  log \t file ", "log_file"),
                Arguments.of("log-file", "log-file"),
                Arguments.of("LOG file", "LOG_file"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsAName(String written, String name) throws Exception {
        assertThat(IniParser.parse("[global]\n" + written + "= x\n")).containsExactly(new Line("global", name, "x", 2));
    }

    @Test
    void readsSectionsCommentsAndEmptyLines() throws Exception {
        String text =
                """
                # first
                ; second

                [global] # here
                a = 1

                  # indented
                [client.x]
                \tb = 2
                [global]
                a = 3
                """;

        assertThat(IniParser.parse(text))
                .containsExactly(
                        new Line("global", "a", "1", 5),
                        new Line("client.x", "b", "2", 9),
                        new Line("global", "a", "3", 11));
    }

    @ParameterizedTest
    @MethodSource("lineEnds")
    void readsAnyLineEndAndNoneAtTheEnd(String text) throws Exception {
        assertThat(IniParser.parse(text))
                .containsExactly(new Line("client", "a", "1", 2), new Line("client", "b", "2", 3));
    }

    static List<String> lineEnds() {
        return List.of(
                "[client]\na=1\nb=2\n",
                "[client]\na=1\nb=2",
                "[client]\r\na=1\r\nb=2\r\n",
                "[client]\ra=1\rb=2",
                "\ufeff[client]\na=1\nb=2\\");
    }

    @Test
    void linesBeforeTheFirstSectionAreGlobal() throws Exception {
        assertThat(IniParser.parse("a = 1\n")).containsExactly(new Line("global", "a", "1", 1));
    }

    static List<Arguments> mistakes() {
        return List.of(
                Arguments.of("[global]\n\nlog file\n", "line 3"),
                Arguments.of("[global\na = 1\n", "line 1"),
                Arguments.of("[]\n", "line 1"),
                Arguments.of("[glo#bal]\n", "line 1"),
                Arguments.of("[global] a = 1\n", "line 1"),
                Arguments.of("[global]\n= b\n", "line 2"),
                Arguments.of("[global]\nkey[ = b\n", "line 2"),
                Arguments.of("[global]\n  [client]\n", "line 2"),
                Arguments.of("[global]\na = \"b\n", "line 2"),
                Arguments.of("[global]\na = \"b # c\"\n", "line 2"),
                Arguments.of("[global]\na = \"b\\\nc\"\n", "line 2"),
                Arguments.of("[global]\na = \"b\"c\n", "line 2"),
                Arguments.of("[global]\na = 'a' 'b'\n", "line 2"),
                Arguments.of("[global]\na = \\\n\\\nb\nc\n", "line 5"),
                Arguments.of("[global]\na = b\0c\n", "line 2"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void tellsTheLineOfAMistake(String text, String where) {
        assertThatThrownBy(() -> IniParser.parse(text))
                .isInstanceOf(IniParser.SyntaxException.class)
                .hasMessageStartingWith(where);
    }

    @Test
    void readsALineOfAMegabyte() throws Exception {
        String value = "x".repeat(1 << 20);

        assertThat(IniParser.parse("[global]\na = " + value + "\n").get(0).value())
                .isEqualTo(value);
    }
}
