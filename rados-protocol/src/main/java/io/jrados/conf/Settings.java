package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Values of options by name, each from the strongest source that has one. */
final class Settings {
    /** Sources, the weakest first. */
    enum Source {
        /** The central configuration, which the monitors send. */
        CENTRAL,
        FILE,
        ENVIRONMENT,
        OVERRIDE,
        /** The metadata of a pool or an image. */
        METADATA;

        /** Whether others than this client's owner set it. */
        boolean isForeign() {
            return this == CENTRAL || this == METADATA;
        }
    }

    /**
     * A value.
     *
     * @param where for errors: a file and line, "CEPH_ARGS"
     */
    record Setting(String value, Source source, String where) {}

    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    /** The smallest key is 28 bytes in base 64. */
    private static final Pattern LIKE_A_KEY = Pattern.compile("[A-Za-z0-9+/]{36}");

    private final Map<String, Setting> settings = new HashMap<>();

    Settings() {}

    Settings(Settings other) {
        settings.putAll(other.settings);
    }

    /**
     * Sets a value unless a stronger source has.
     *
     * @throws RadosException EINVAL when the option is of a kind that the value is not; never names the value of a key
     */
    void put(String name, Setting setting) throws RadosException {
        if (Option.isKnown(name)) {
            check(Option.of(name), setting);
        }
        settings.merge(name, setting, (old, fresh) -> old.source.compareTo(fresh.source) > 0 ? old : fresh);
    }

    /** Sets a value as {@link #put} does; one that is not of its option's kind is left out, with a warning. */
    void putIfValid(String name, Setting setting) {
        offer(name, setting).ifPresent(why -> LOG.warn("ignored: {}", why));
    }

    /** Sets a value as {@link #put} does, or returns why it is left out. */
    Optional<String> offer(String name, Setting setting) {
        try {
            put(name, setting);
            return Optional.empty();
        } catch (RadosException nonsense) {
            return Optional.of(nonsense.getMessage());
        }
    }

    private static void check(Option option, Setting setting) throws RadosException {
        if (setting.value.isEmpty()) {
            return;
        }
        try {
            OptionValues.check(option.kind(), setting.value);
        } catch (IllegalArgumentException wrong) {
            throw new ConfigurationException(
                    Errno.EINVAL,
                    "reading option " + option.name() + " = " + shown(setting.value) + " in " + setting.where + " ["
                            + wrong.getMessage() + "]",
                    wrong);
        }
    }

    /** A value for a message. A key on a line that is not meant for it is not shown. */
    private static String shown(String value) {
        return LIKE_A_KEY.matcher(value).find() ? "(not shown: it may be a key)" : Printable.quoted(value);
    }

    void removeAll(Source source) {
        settings.values().removeIf(setting -> setting.source == source);
    }

    Optional<Setting> find(String name) {
        return Optional.ofNullable(settings.get(name));
    }
}
