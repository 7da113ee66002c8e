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
    private final Map<String, Supplier<String>> fixed;
    private final Function<String, Optional<String>> options;

    /**
     * @param fixed values of the variables that are no options
     * @param options finds the unexpanded value of an option
     */
    MetaVariables(Map<String, Supplier<String>> fixed, Function<String, Optional<String>> options) {
        this.fixed = fixed;
        this.options = options;
    }

    String expand(String text) {
        return expand(text, new ArrayList<>());
    }

    /** @param within the options that are being expanded: one that comes again makes its user's whole value its name */
    private String expand(String text, List<String> within) {
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
            at = closed ? end + 1 : end;
            if (end == start || braces != closed) {
                out.append('$');
                continue;
            }
            String name = text.substring(start, end);
            if (within.contains(name)) {
                return "$" + name;
            }
            out.append(value(name, within).orElse(text.substring(dollar, at)));
        }
        return out.append(text.substring(at)).toString();
    }

    private static boolean isOfName(char c) {
        return c >= 'a' && c <= 'z' || c == '_';
    }

    private Optional<String> value(String name, List<String> within) {
        Supplier<String> value = fixed.get(name);
        if (value != null) {
            return Optional.of(value.get());
        }
        return options.apply(name).map(text -> {
            within.add(name);
            String expanded = expand(text, within);
            within.remove(within.size() - 1);
            return expanded;
        });
    }
}
