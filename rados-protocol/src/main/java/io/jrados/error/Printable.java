package io.jrados.error;

import java.util.Locale;
import java.util.Objects;

/**
 * Text that others may have chosen, made fit for a line of a log, an exception or a terminal: names of images, cookies
 * of locks and values of options come from whoever may write to a pool. A line feed in them would forge a second line,
 * and an escape would drive the terminal of whoever reads it.
 */
public final class Printable {
    /** Characters of a value that a sentence quotes, at most. */
    public static final int MAX_QUOTED = 200;

    private Printable() {}

    /**
     * Escapes each control character, line separator and mark that changes the direction of writing: {@code \n},
     * {@code \x1b}, {@code \u202e}. A tab and a backslash stay, so that nothing is escaped twice.
     *
     * @return the text itself where there is none
     */
    public static String of(String text) {
        Objects.requireNonNull(text, "text");
        for (int i = 0; i < text.length(); i++) {
            if (isUnsafe(text.charAt(i))) {
                return escaped(text, i);
            }
        }
        return text;
    }

    /** Escapes as {@link #of} does, and cuts what is longer than {@link #MAX_QUOTED} characters, naming its length. */
    public static String quoted(String text) {
        Objects.requireNonNull(text, "text");
        return text.length() <= MAX_QUOTED
                ? of(text)
                : of(text.substring(0, MAX_QUOTED)) + "... (" + text.length() + " characters)";
    }

    private static String escaped(String text, int first) {
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isUnsafe(c)) {
                out.append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else {
                out.append(String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
            }
        }
        return out.toString();
    }

    private static boolean isUnsafe(char c) {
        if (c < 0x7f) {
            return c < ' ' && c != '\t';
        }
        return c < 0xa0
                || c == '\u061c'
                || c == '\u200e'
                || c == '\u200f'
                || c >= '\u2028' && c <= '\u202e'
                || c >= '\u2066' && c <= '\u2069';
    }
}
