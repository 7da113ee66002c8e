package io.jrados.drivers.nova.model;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ServiceConf;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Options of the disks, with the names that nova.conf has for them. Immutable; begin with {@link #DEFAULT}.
 *
 * <pre>{@code NovaOptions.DEFAULT.with(NovaOptions.Key.IMAGES_RBD_POOL, "vms")}</pre>
 */
public final class NovaOptions {
    /** An option; its name in nova.conf is this one in small letters. */
    public enum Key {
        /** Must be {@code rbd}: nothing else is done here. */
        IMAGES_TYPE("libvirt", "rbd", Type.TEXT),
        /** The pool of the disks. */
        IMAGES_RBD_POOL("libvirt", "rbd", Type.TEXT),
        /** The file of the cluster's configuration; told to libvirt only, as the client is the caller's. */
        IMAGES_RBD_CEPH_CONF("libvirt", "", Type.TEXT),
        /** The user that libvirt connects as; empty for none. */
        RBD_USER("libvirt", "", Type.TEXT),
        /** The libvirt secret with that user's key; empty for none. */
        RBD_SECRET_UUID("libvirt", "", Type.TEXT),
        /** Whether a guest's discards reach the disk: {@code unmap}, {@code ignore}, or empty. */
        HW_DISK_DISCARD("libvirt", "", Type.TEXT),
        /** Seconds between attempts to remove a disk that is in use. */
        RBD_DESTROY_VOLUME_RETRY_INTERVAL("libvirt", "5", Type.NUMBER),
        /** The number of attempts to remove a disk that is in use. */
        RBD_DESTROY_VOLUME_RETRIES("libvirt", "12", Type.NUMBER),
        /** The store that Glance is asked to copy an image into that cannot be cloned; empty for none. */
        IMAGES_RBD_GLANCE_STORE_NAME("libvirt", "", Type.TEXT),
        /** Seconds between questions whether such a copy is done. */
        IMAGES_RBD_GLANCE_COPY_POLL_INTERVAL("libvirt", "15", Type.NUMBER),
        /** Seconds until such a copy is given up. */
        IMAGES_RBD_GLANCE_COPY_TIMEOUT("libvirt", "600", Type.NUMBER),
        /** Whether an image that cannot be cloned is refused and not imported. */
        NEVER_DOWNLOAD_IMAGE_IF_ON_RBD("workarounds", "false", Type.SWITCH);

        private final String section;
        private final String usual;
        private final Type type;

        Key(String section, String usual, Type type) {
            this.section = section;
            this.usual = usual;
            this.type = type;
        }

        /** The section of nova.conf. */
        public String section() {
            return section;
        }

        /** The name in that section. */
        public String option() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private enum Type {
        TEXT,
        NUMBER,
        SWITCH
    }

    /** Nova's defaults: pool {@code rbd}, 12 attempts to remove a disk, 5 s between them. */
    public static final NovaOptions DEFAULT = new NovaOptions(new EnumMap<>(Key.class));

    /** As {@link #DEFAULT}, with the 10 attempts and 1 s between them of Nova 12. */
    public static final NovaOptions LIBERTY = new NovaOptions(new EnumMap<>(Map.of(
            Key.RBD_DESTROY_VOLUME_RETRY_INTERVAL, "1",
            Key.RBD_DESTROY_VOLUME_RETRIES, "10")));

    private final Map<Key, String> values;

    private NovaOptions(Map<Key, String> values) {
        this.values = values;
    }

    /**
     * Reads the options of a nova.conf.
     *
     * @param conf for each section the options that it sets; others than these are passed over
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION} for an impossible value
     */
    public static NovaOptions of(Map<String, Map<String, String>> conf) throws DriverException {
        Objects.requireNonNull(conf, "conf");
        NovaOptions options = DEFAULT;
        for (Key key : Key.values()) {
            String value = conf.getOrDefault(key.section, Map.of()).get(key.option());
            options = value == null ? options : options.with(key, value);
        }
        options.check();
        return options;
    }

    /**
     * Reads {@code nova.conf}; what it lacks has Nova's default.
     *
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION} for an impossible value
     * @throws IOException when the file cannot be read
     */
    public static NovaOptions read(Path file) throws IOException {
        ServiceConf conf = ServiceConf.read(Objects.requireNonNull(file, "file"));
        Map<String, Map<String, String>> sections = new HashMap<>();
        for (Key key : Key.values()) {
            sections.computeIfAbsent(key.section, conf::section);
        }
        return of(sections);
    }

    /** With another value, in the spelling of nova.conf. */
    public NovaOptions with(Key key, String value) {
        Map<Key, String> more = new EnumMap<>(Key.class);
        more.putAll(values);
        more.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return new NovaOptions(more);
    }

    /** With another pool of the disks. */
    public NovaOptions withPool(String pool) {
        return with(Key.IMAGES_RBD_POOL, Objects.requireNonNull(pool, "pool"));
    }

    /** The value of an option in the spelling of nova.conf. */
    public String get(Key key) {
        return values.getOrDefault(Objects.requireNonNull(key, "key"), key.usual);
    }

    /** The pool of the disks. */
    public String pool() {
        return get(Key.IMAGES_RBD_POOL);
    }

    /** The number that an option is. */
    public int number(Key key) {
        return Integer.parseInt(get(key).trim());
    }

    /** The time that an option gives in seconds. */
    public Duration seconds(Key key) {
        return Duration.ofSeconds(number(key));
    }

    /** Whether an option is on. */
    public boolean isOn(Key key) {
        return switch (get(key).trim().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            default -> false;
        };
    }

    /** Refuses impossible values. */
    public void check() throws DriverException {
        for (Key key : Key.values()) {
            if (!isPossible(key)) {
                throw new DriverException(
                        Kind.INVALID_CONFIGURATION,
                        "reading " + key.option() + " of [" + key.section + "], which is '" + get(key) + "'");
            }
        }
    }

    private boolean isPossible(Key key) {
        String value = get(key).trim();
        return switch (key) {
            case IMAGES_TYPE -> value.equals("rbd");
            case IMAGES_RBD_POOL -> !value.isEmpty();
            case HW_DISK_DISCARD -> value.isEmpty() || value.equals("unmap") || value.equals("ignore");
            default ->
                switch (key.type) {
                    case TEXT -> true;
                    case NUMBER -> value.matches("[0-9]{1,9}");
                    case SWITCH -> value.toLowerCase(Locale.ROOT).matches("true|false|1|0|yes|no|on|off");
                };
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NovaOptions that
                && java.util.Arrays.stream(Key.values()).allMatch(key -> get(key).equals(that.get(key)));
    }

    @Override
    public int hashCode() {
        return Objects.hash(java.util.Arrays.stream(Key.values()).map(this::get).toArray());
    }

    @Override
    public String toString() {
        return "NovaOptions" + values;
    }
}
