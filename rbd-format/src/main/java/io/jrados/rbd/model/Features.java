package io.jrados.rbd.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Feature bits of an image, their names and masks (src/include/rbd/features.h, src/librbd/Features.cc). */
public final class Features {
    public static final long LAYERING = 1;
    public static final long STRIPINGV2 = 1 << 1;
    public static final long EXCLUSIVE_LOCK = 1 << 2;
    public static final long OBJECT_MAP = 1 << 3;
    public static final long FAST_DIFF = 1 << 4;
    public static final long DEEP_FLATTEN = 1 << 5;
    public static final long JOURNALING = 1 << 6;
    public static final long DATA_POOL = 1 << 7;
    public static final long OPERATIONS = 1 << 8;
    public static final long MIGRATING = 1 << 9;
    public static final long NON_PRIMARY = 1 << 10;
    public static final long DIRTY_CACHE = 1 << 11;

    /** The features that a stock client gives a new image. */
    public static final long DEFAULT = LAYERING | EXCLUSIVE_LOCK | OBJECT_MAP | FAST_DIFF | DEEP_FLATTEN;

    /** The features that a client must know to open an image at all. */
    public static final long INCOMPATIBLE = LAYERING | STRIPINGV2 | DATA_POOL | DIRTY_CACHE;

    /** Every bit that has a name. */
    public static final long ALL = (DIRTY_CACHE << 1) - 1;

    /** The features that a client must know to write. */
    public static final long RW_INCOMPATIBLE = ALL;

    /** Can be switched on and off. */
    public static final long MUTABLE = EXCLUSIVE_LOCK | OBJECT_MAP | FAST_DIFF | JOURNALING | NON_PRIMARY | DIRTY_CACHE;

    /** Can be switched off, never on. */
    public static final long DISABLE_ONLY = DEEP_FLATTEN;

    /** Work only with one writing client at a time. */
    public static final long SINGLE_CLIENT = EXCLUSIVE_LOCK | OBJECT_MAP | FAST_DIFF | JOURNALING | DIRTY_CACHE;

    /** Come by themselves with what needs them; asking for them is ignored. */
    public static final long IMPLICIT_ENABLE =
            STRIPINGV2 | DATA_POOL | FAST_DIFF | OPERATIONS | MIGRATING | NON_PRIMARY | DIRTY_CACHE;

    /** The features that people cannot set. */
    public static final long INTERNAL = OPERATIONS | MIGRATING;

    /** Features that this client keeps true when it writes. */
    public static final long WRITABLE = DEFAULT | STRIPINGV2 | DATA_POOL | OPERATIONS;

    /** Features of images that this client reads; a dirty cache elsewhere may hold newer data. */
    public static final long READABLE = ALL & ~DIRTY_CACHE;

    private static final Map<String, Long> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("layering", LAYERING);
        BY_NAME.put("striping", STRIPINGV2);
        BY_NAME.put("exclusive-lock", EXCLUSIVE_LOCK);
        BY_NAME.put("object-map", OBJECT_MAP);
        BY_NAME.put("fast-diff", FAST_DIFF);
        BY_NAME.put("deep-flatten", DEEP_FLATTEN);
        BY_NAME.put("journaling", JOURNALING);
        BY_NAME.put("data-pool", DATA_POOL);
        BY_NAME.put("operations", OPERATIONS);
        BY_NAME.put("migrating", MIGRATING);
        BY_NAME.put("non-primary", NON_PRIMARY);
        BY_NAME.put("dirty-cache", DIRTY_CACHE);
    }

    private Features() {}

    /** Names in order of bits, joined by commas; bits without a name as one hexadecimal number. */
    public static String toString(long features) {
        return String.join(",", names(features));
    }

    /**
     * The bits of a number, or of names joined by commas.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static long parse(String text) {
        Objects.requireNonNull(text, "text");
        String trimmed = text.trim();
        if (trimmed.matches("[0-9]+|0x[0-9a-fA-F]+")) {
            return Long.decode(trimmed.replaceFirst("^0+(?=[1-9])", ""));
        }
        long features = 0;
        for (String name : trimmed.split(",")) {
            Long bit = BY_NAME.get(name.trim());
            if (bit == null) {
                throw new IllegalArgumentException(
                        "no feature is called '" + name.trim() + "': there are " + String.join(", ", BY_NAME.keySet()));
            }
            features |= bit;
        }
        return features;
    }

    /**
     * The bits of a configured value, as rbd_default_features: of a number those that people may ask for, the
     * {@link #DEFAULT} of nothing.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    public static long parseConfigured(String text) {
        Objects.requireNonNull(text, "text");
        return text.isBlank() ? DEFAULT : parse(text) & ALL & ~(INTERNAL | NON_PRIMARY | DIRTY_CACHE);
    }

    private static List<String> names(long features) {
        List<String> names = new ArrayList<>();
        BY_NAME.forEach((name, bit) -> {
            if ((features & bit) != 0) {
                names.add(name);
            }
        });
        if ((features & ~ALL) != 0) {
            names.add("0x" + Long.toHexString(features & ~ALL));
        }
        return names;
    }

    /**
     * Explains why an image cannot be opened at all.
     *
     * @param incompatible which features a client must know to read it, as the cluster says
     * @param image as the {@code rbd} command names it
     * @return a sentence, empty if it can be opened
     */
    public static Optional<String> whyNotReadable(long incompatible, String image) {
        Objects.requireNonNull(image, "image");
        if ((incompatible & DIRTY_CACHE) != 0) {
            return Optional.of("a cache elsewhere holds newer data of " + image
                    + ": flush it with 'rbd persistent-cache flush " + image + "'");
        }
        long unknown = incompatible & ~READABLE;
        return unknown == 0
                ? Optional.empty()
                : Optional.of(image + " has features that this client does not know: " + toString(unknown));
    }

    /**
     * Explains why an image can be read but not written.
     *
     * @param features which it has
     * @param image as the {@code rbd} command names it
     * @return a sentence with the command that changes it, empty if the image can be written
     */
    public static Optional<String> whyNotWritable(long features, String image) {
        Objects.requireNonNull(image, "image");
        long wanting = features & ~WRITABLE;
        if (wanting == 0) {
            return Optional.empty();
        }
        String has = image + " is read-only here: this client does not keep "
                + toString(wanting).replace(",", ", ") + " true";
        if ((wanting & ~ALL) != 0) {
            return Optional.of(has);
        }
        if ((wanting & MIGRATING) != 0) {
            return Optional.of(has + "; finish its migration with 'rbd migration commit " + image + "'");
        }
        if ((wanting & NON_PRIMARY) != 0) {
            return Optional.of(has + "; make it primary with 'rbd mirror image promote " + image + "'");
        }
        if ((wanting & DIRTY_CACHE) != 0) {
            return Optional.of(has + "; flush the cache with 'rbd persistent-cache flush " + image + "'");
        }
        List<String> dependentFirst = new ArrayList<>();
        for (long bit : new long[] {JOURNALING, FAST_DIFF, OBJECT_MAP, EXCLUSIVE_LOCK}) {
            if ((wanting & bit) != 0) {
                dependentFirst.add(toString(bit));
            }
        }
        return Optional.of(
                has + "; disable with 'rbd feature disable " + image + " " + String.join(" ", dependentFirst) + "'");
    }
}
