package io.jrados.rbd.ops;

import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.ConfigOption.Source;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Options of a pool or an image that are stronger than the client's own (src/librbd/api/Config.cc): metadata whose keys
 * begin with {@code conf_}. An image's are stronger than its pool's.
 */
public final class ConfigOverrides {
    /** The prefix of an option's name in a key. */
    private static final String PREFIX = "conf_";

    private static final Set<String> NOT_OF_POOLS = Set.of(
            "rbd_auto_exclusive_lock_until_manual_request",
            "rbd_default_format",
            "rbd_default_pool",
            "rbd_discard_on_zeroed_write_same",
            "rbd_op_thread_timeout",
            "rbd_op_threads",
            "rbd_tracing",
            "rbd_validate_names",
            "rbd_validate_pool",
            "rbd_mirror_pool_replayers_refresh_interval",
            "rbd_config_pool_override_update_timestamp");

    private static final Set<String> NOT_OF_IMAGES = Set.of(
            "rbd_default_clone_format",
            "rbd_default_data_pool",
            "rbd_default_features",
            "rbd_default_order",
            "rbd_default_stripe_count",
            "rbd_default_stripe_unit",
            "rbd_journal_order",
            "rbd_journal_pool",
            "rbd_journal_splay_width");

    private final Pool pool;
    private final Optional<String> imageId;

    private ConfigOverrides(Pool pool, Optional<String> imageId) {
        this.pool = pool;
        this.imageId = imageId;
    }

    /** Returns the overrides of a pool. */
    public static ConfigOverrides of(Pool pool) {
        return new ConfigOverrides(pool, Optional.empty());
    }

    /** Returns the overrides of an image, and of its pool. */
    public static ConfigOverrides of(Pool pool, String imageId) {
        return new ConfigOverrides(pool, Optional.of(imageId));
    }

    /** The client's configuration with the overrides. */
    public CephConf effective() throws RadosException {
        CephConf conf = pool.rados().conf().withOverrides(ofPool(), "the metadata of pool " + pool.name());
        return imageId.isPresent()
                ? conf.withOverrides(ofImage(), "the metadata of image " + Header.spec(pool, imageId.get()))
                : conf;
    }

    /** All options that may be set here and that this client honours, in order of names. */
    public List<ConfigOption> list() throws RadosException {
        Map<String, String> pools = ofPool();
        Map<String, String> images = ofImage();
        List<ConfigOption> options = new ArrayList<>();
        for (String name : CephConf.optionNames()) {
            if (!name.startsWith("rbd_") || !mayBeSet(name)) {
                continue;
            }
            if (images.containsKey(name)) {
                options.add(new ConfigOption(name, images.get(name), Source.IMAGE));
            } else if (pools.containsKey(name)) {
                options.add(new ConfigOption(name, pools.get(name), Source.POOL));
            } else {
                options.add(new ConfigOption(name, pool.rados().conf().get(name), Source.CONFIG));
            }
        }
        return options;
    }

    /** One option as it is in force. EINVAL for one that cannot be set here, or that this client does not honour. */
    public ConfigOption get(String option) throws RadosException {
        if (!option.startsWith("rbd_")
                || !mayBeSet(option)
                || !CephConf.optionNames().contains(option)) {
            throw new RadosException(
                    Errno.EINVAL, "reading option " + option + " of " + place() + ": it is none of those");
        }
        Optional<String> images = imageId.isEmpty()
                ? Optional.empty()
                : value(new KeyValues(pool, ObjectNames.header(imageId.get())), option);
        if (images.isPresent()) {
            return new ConfigOption(option, images.get(), Source.IMAGE);
        }
        return value(new KeyValues(pool.inNamespace(""), ObjectNames.INFO), option)
                .map(pools -> new ConfigOption(option, pools, Source.POOL))
                .orElseGet(() -> new ConfigOption(option, pool.rados().conf().get(option), Source.CONFIG));
    }

    private static Optional<String> value(KeyValues pairs, String option) throws RadosException {
        return Tolerate.absent(() -> pairs.get(keyOf(option))).map(value -> new String(value, StandardCharsets.UTF_8));
    }

    private String place() {
        return imageId.isPresent() ? "an image" : "a pool";
    }

    /** The key of the metadata that overrides an option. */
    public static String keyOf(String option) {
        return PREFIX + option;
    }

    /** As {@link #keyOf(String)}. EINVAL for an option that cannot be set here, or a value of another kind. */
    public String keyOf(String option, String value) throws RadosException {
        if (!option.startsWith("rbd_") || !mayBeSet(option)) {
            throw new RadosException(
                    Errno.EINVAL,
                    "setting option " + option + " of " + place()
                            + ": it is none of those that can be overridden there");
        }
        CephConf.check(option, value);
        return keyOf(option);
    }

    private boolean mayBeSet(String option) {
        return !NOT_OF_POOLS.contains(option)
                && (imageId.isEmpty() || !NOT_OF_IMAGES.contains(option) && !option.startsWith("rbd_mirror_"));
    }

    private Map<String, String> ofPool() throws RadosException {
        return options(new KeyValues(pool.inNamespace(""), ObjectNames.INFO).list(PREFIX), ConfigOverrides.of(pool));
    }

    private Map<String, String> ofImage() throws RadosException {
        return imageId.isEmpty()
                ? Map.of()
                : options(new KeyValues(pool, ObjectNames.header(imageId.get())).list(PREFIX), this);
    }

    /** Returns the options; one that may not be set there is left out, as librbd does. */
    private static Map<String, String> options(Map<String, byte[]> pairs, ConfigOverrides where) {
        Map<String, String> options = new LinkedHashMap<>();
        pairs.forEach((key, value) -> {
            String option = key.substring(PREFIX.length());
            if (where.mayBeSet(option)) {
                options.put(option, new String(value, StandardCharsets.UTF_8));
            }
        });
        return options;
    }
}
