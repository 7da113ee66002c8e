package io.jrados.conf;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the grammar of Ceph's configuration and keyring files (src/common/ConfUtils.cc): sections of
 * {@code name = value} lines; comments from an unescaped {@code #} or {@code ;} to the line's end; a backslash before
 * the line's end continues a value, before another character takes it as it is; quotes around a whole value keep
 * nothing but characters.
 *
 * <p>More is taken than Ceph does: a byte order mark, a missing line end at the end, and lines before the first
 * section, which belong to {@code global}.
 */
final class IniParser {
    /** One line. */
    record Line(String section, String name, String value, int number) {}

    /** A line that cannot be read, and the reason. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        SyntaxException(int line, String message) {
            super("line " + line + ": " + message);
        }
    }

    private static final int END = -1;

    private final String text;
    private final List<Line> lines = new ArrayList<>();
    private int at;
    private int number = 1;

    private IniParser(String text) {
        this.text = text.replace("\r\n", "\n").replace('\r', '\n');
    }

    static List<Line> parse(String text) throws SyntaxException {
        IniParser parser = new IniParser(text.startsWith("\ufeff") ? text.substring(1) : text);
        parser.file();
        return parser.lines;
    }

    private void file() throws SyntaxException {
        String section = "global";
        while (peek() != END) {
            if (peek() == '[') {
                section = heading();
            } else {
                line(section);
            }
        }
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private int next() throws SyntaxException {
        int c = peek();
        if (c == 0) {
            throw wrong("a NUL character");
        }
        if (c == '\n') {
            number++;
        }
        at++;
        return c;
    }

    private boolean atLineEnd() {
        return peek() == '\n' || peek() == END;
    }

    private boolean atComment() {
        return peek() == '#' || peek() == ';';
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
    }

    private SyntaxException wrong(String message) {
        return new SyntaxException(number, message);
    }

    /** Blanks, a comment, and the line's end. */
    private void endLine(String after) throws SyntaxException {
        skipBlanks();
        if (atComment()) {
            while (!atLineEnd()) {
                next();
            }
        }
        if (!atLineEnd()) {
            throw wrong("something after " + after);
        }
        if (peek() != END) {
            next();
        }
    }

    private String heading() throws SyntaxException {
        StringBuilder name = new StringBuilder();
        next();
        while (peek() != ']') {
            if (atLineEnd() || atComment()) {
                throw wrong("a section's name without its ]");
            }
            name.append(escaped());
        }
        if (name.length() == 0) {
            throw wrong("a section without a name");
        }
        next();
        endLine("a section's name");
        return name.toString();
    }

    /** One character, or the one after a backslash. */
    private char escaped() throws SyntaxException {
        int c = next();
        return (char) (c == '\\' && !atLineEnd() ? next() : c);
    }

    private void line(String section) throws SyntaxException {
        skipBlanks();
        if (atLineEnd() || atComment()) {
            endLine("");
            return;
        }
        int start = number;
        String name = name();
        lines.add(new Line(section, name, value().strip(), start));
    }

    /** The option's name, in which runs of white space count as one underscore. */
    private String name() throws SyntaxException {
        StringBuilder name = new StringBuilder();
        while (peek() != '=') {
            if (atLineEnd() || atComment() || peek() == '[') {
                throw wrong("an option's name without = after it");
            }
            int c = next();
            name.append((char) c);
            if (c == '\\' && !atLineEnd()) {
                name.append((char) next());
            }
        }
        next();
        String normal = name.toString().strip().replaceAll("\\s+", "_");
        if (normal.isEmpty()) {
            throw wrong("a value without an option's name");
        }
        return normal;
    }

    private String value() throws SyntaxException {
        skipBlanks();
        while (peek() == '\\' && at + 1 < text.length() && text.charAt(at + 1) == '\n') {
            next();
            next();
        }
        return peek() == '"' || peek() == '\'' ? quoted() : unquoted();
    }

    private String quoted() throws SyntaxException {
        int quote = next();
        StringBuilder value = new StringBuilder();
        while (peek() != quote) {
            if (atLineEnd() || atComment()) {
                throw wrong("a quoted value without its closing quote, or with a # or ; that has no \\ before it");
            }
            value.append(escaped());
        }
        next();
        endLine("a quoted value");
        return value.toString();
    }

    private String unquoted() throws SyntaxException {
        StringBuilder value = new StringBuilder();
        while (!atLineEnd() && !atComment()) {
            int c = next();
            if (c != '\\') {
                value.append((char) c);
            } else if (peek() == '\n') {
                next();
            } else if (peek() != END) {
                value.append((char) next());
            }
        }
        endLine("");
        return value.toString();
    }
}
