package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options in CEPH_ARGS (src/common/ceph_argparse.cc, src/common/config.cc): {@code --name value}, {@code
 * --name=value}, {@code --switch}, {@code --no-switch} and the short forms of all Ceph programs. What is unknown is
 * ignored.
 */
final class Arguments {
    private static final Map<String, String> SHORT = Map.of(
            "-n", "name",
            "-c", "conf",
            "-m", "mon_host",
            "-k", "keyring",
            "-K", "keyfile");

    private final Map<String, String> options = new HashMap<>();

    private Arguments() {}

    static Arguments parse(String text) throws RadosException {
        Arguments arguments = new Arguments();
        Deque<String> words = new ArrayDeque<>(List.of(text.strip().split(" +")));
        while (!words.isEmpty()) {
            String word = words.remove();
            if (word.equals("--")) {
                break;
            }
            arguments.add(word, words);
        }
        return arguments;
    }

    private void add(String word, Deque<String> rest) throws RadosException {
        if (SHORT.containsKey(word)) {
            options.put(SHORT.get(word), value(word, rest));
        } else if (word.startsWith("--")) {
            addLong(word, rest);
        }
    }

    private void addLong(String word, Deque<String> rest) throws RadosException {
        int equals = word.indexOf('=');
        String name = Option.normal(word.substring(2, equals < 0 ? word.length() : equals));
        if (name.equals("user")) {
            name = "id";
        }
        if (equals >= 0) {
            options.put(name, word.substring(equals + 1));
        } else if (name.startsWith("no_") && isSwitch(name.substring(3))) {
            options.put(name.substring(3), "false");
        } else if (isSwitch(name)) {
            options.put(name, isBool(rest.peek()) ? rest.remove() : "true");
        } else if (Option.isKnown(name)
                || List.of("name", "id", "conf", "cluster").contains(name)) {
            options.put(name, value(word, rest));
        } else if (rest.peek() != null && !rest.peek().startsWith("-")) {
            options.put(name, rest.remove());
        }
    }

    private static boolean isSwitch(String name) {
        return Option.isKnown(name) && Option.of(name).kind() == Option.Kind.BOOL;
    }

    private static boolean isBool(@Nullable String word) {
        return word != null && List.of("true", "false", "1", "0", "yes", "no").contains(word);
    }

    private static String value(String word, Deque<String> rest) throws RadosException {
        if (rest.isEmpty()) {
            throw new ConfigurationException(Errno.EINVAL, "reading CEPH_ARGS: " + word + " needs a value");
        }
        return rest.remove();
    }

    /** Takes an option out. */
    Optional<String> take(String name) {
        return Optional.ofNullable(options.remove(name));
    }

    /** Returns the arguments that were not taken out. */
    Map<String, String> rest() {
        return options;
    }
}
