package io.jrados.drivers;

import io.jrados.drivers.DriverException.Kind;
import java.util.Locale;
import java.util.Map;

/** Reads values of options as OpenStack's services do. */
public final class OptionReader {
    private final Map<String, String> keys;

    public OptionReader(Map<String, String> keys) {
        this.keys = Map.copyOf(keys);
    }

    public String text(String key, String usual) {
        return keys.getOrDefault(key, usual).trim();
    }

    /** A whole number that an {@code int} can hold, or the default, which may be larger. */
    public long number(String key, long usual) throws DriverException {
        String text = keys.get(key);
        if (text == null) {
            return usual;
        }
        try {
            return Integer.parseInt(text.trim());
        } catch (NumberFormatException wrong) {
            throw wrong(key, text, "a whole number");
        }
    }

    public boolean bool(String key, boolean usual) throws DriverException {
        String text = keys.get(key);
        if (text == null) {
            return usual;
        }
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> throw wrong(key, text, "a boolean");
        };
    }

    private static DriverException wrong(String key, String text, String expected) {
        return new DriverException(
                Kind.INVALID_CONFIGURATION, "reading " + key + ", which is '" + text + "' and not " + expected);
    }
}
