package io.jrados.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Replaces {@code $cluster}, {@code ${name}} and the like in values (md_config_t::_expand_meta, src/common/config.cc);
 * other names stand for options, and what is no option stays as it is. Unlike Ceph, {@code $home} does not swallow what
 * stands before it.
 */
final class MetaVariables {
    /** Characters that an expansion may go through, at most; what needs more stays as it is written. */
    static final int MAX_EXPANSION = 64 << 10;

    /** Variables that an expansion may replace, at most. */
    private static final int MAX_VARIABLES = 1000;

    /** Options that stand for one another, at most. */
    private static final int MAX_DEPTH = 32;

    /**
     * The text of an option.
     *
     * @param expands whether variables in it count
     */
    record Text(String text, boolean expands) {}

    /** The room that is left for one expansion. */
    private static final class Room {
        private int characters = MAX_EXPANSION;
        private int variables = MAX_VARIABLES;

        boolean take(int more) {
            characters -= more;
            return characters >= 0 && variables >= 0;
        }
    }

    private final Map<String, Supplier<String>> fixed;
    private final Function<String, Optional<Text>> options;

    /**
     * @param fixed values of the variables that are no options
     * @param options finds the value of an option
     */
    MetaVariables(Map<String, Supplier<String>> fixed, Function<String, Optional<Text>> options) {
        this.fixed = fixed;
        this.options = options;
    }

    /** Returns the text with what its variables stand for, or as it is when that would be too much. */
    String expand(String text) {
        return text.indexOf('$') < 0
                ? text
                : expand(text, new ArrayList<>(), new Room()).orElse(text);
    }

    /**
     * @param within the options that are being expanded: one that comes again makes its user's whole value its name
     * @return empty when there is no room
     */
    private Optional<String> expand(String text, List<String> within, Room room) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (int dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
            out.append(text, at, dollar);
            boolean braces = text.startsWith("{", dollar + 1);
            int start = dollar + (braces ? 2 : 1);
            int end = start;
            while (end < text.length() && isOfName(text.charAt(end))) {
                end++;
            }
            boolean closed = braces && text.startsWith("}", end);
            int before = at;
            at = closed ? end + 1 : end;
            if (!room.take(at - before)) {
                return Optional.empty();
            }
            if (end == start || braces != closed) {
                out.append('$');
                continue;
            }
            String name = text.substring(start, end);
            if (within.contains(name)) {
                return Optional.of("$" + name);
            }
            Optional<String> value = value(name, text.substring(dollar, at), within, room);
            if (value.isEmpty() || !room.take(value.get().length())) {
                return Optional.empty();
            }
            out.append(value.get());
        }
        return Optional.of(out.append(text, at, text.length()).toString());
    }

    private static boolean isOfName(char c) {
        return c >= 'a' && c <= 'z' || c == '_';
    }

    /** @param written the variable itself, which stays when it stands for nothing */
    private Optional<String> value(String name, String written, List<String> within, Room room) {
        room.variables--;
        Supplier<String> known = fixed.get(name);
        if (known != null) {
            return Optional.of(known.get());
        }
        Optional<Text> option = options.apply(name);
        if (option.isEmpty()) {
            return Optional.of(written);
        }
        if (!option.get().expands()) {
            return Optional.of(option.get().text());
        }
        if (within.size() >= MAX_DEPTH) {
            return Optional.empty();
        }
        within.add(name);
        Optional<String> expanded = expand(option.get().text(), within, room);
        within.remove(within.size() - 1);
        return expanded;
    }
}
