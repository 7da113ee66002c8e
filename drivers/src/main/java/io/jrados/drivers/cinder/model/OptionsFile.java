package io.jrados.drivers.cinder.model;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ServiceConf;
import io.jrados.drivers.cinder.model.CinderOptions.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Reads the options out of a service's configuration file. */
final class OptionsFile {
    private static final String DEFAULTS = "backend_defaults";
    private static final List<String> TRUE = List.of("true", "1", "yes", "on");
    private static final List<String> FALSE = List.of("false", "0", "no", "off");

    private final ServiceConf conf;
    private final String section;
    private final Values values;

    private OptionsFile(ServiceConf conf, String section, Values values) {
        this.conf = conf;
        this.section = section;
        this.values = values;
    }

    static CinderOptions read(CinderOptions base, Path file, String section) throws IOException {
        ServiceConf conf = ServiceConf.read(file);
        if (!conf.hasSection(section)) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION, "reading " + file + ", which has no section [" + section + "]");
        }
        DriverException[] wrong = new DriverException[1];
        CinderOptions read = base.with(values -> {
            try {
                new OptionsFile(conf, section, values).all();
            } catch (DriverException failed) {
                wrong[0] = failed;
            }
        });
        if (wrong[0] != null) {
            throw wrong[0];
        }
        read.check();
        return read;
    }

    private void all() throws DriverException {
        refuseReplication();
        text("rbd_cluster_name", value -> values.clusterName = value);
        text("rbd_pool", value -> values.pool = value);
        text("rbd_user", value -> values.user = Optional.of(value).filter(name -> !name.isEmpty()));
        text("rbd_ceph_conf", value -> values.cephConf = Optional.of(value).filter(path -> !path.isEmpty()));
        text("rbd_secret_uuid", value -> values.secretUuid = Optional.of(value).filter(id -> !id.isEmpty()));
        text("max_over_subscription_ratio", value -> values.maxOverSubscriptionRatio = value);
        text("volume_backend_name", value -> values.backendName = value);
        text("volume_name_template", value -> values.volumeNameTemplate = value);
        text("snapshot_name_template", value -> values.snapshotNameTemplate = value);
        flag("rbd_flatten_volume_from_snapshot", value -> values.flattenVolumeFromSnapshot = value);
        flag("report_dynamic_total_capacity", value -> values.dynamicTotalCapacity = value);
        flag("rbd_exclusive_cinder_pool", value -> values.exclusivePool = value);
        flag("enable_deferred_deletion", value -> values.deferredDeletion = value);
        number("rbd_max_clone_depth", value -> values.maxCloneDepth = value);
        number("rbd_store_chunk_size", value -> values.chunkSize = value);
        number("rados_connect_timeout", value -> values.connectTimeout = unless(value <= 0, value));
        number("rados_connection_retries", value -> values.connectionRetries = value);
        number("rados_connection_interval", value -> values.connectionInterval = value);
        number("deferred_deletion_delay", value -> values.deferredDeletionDelay = value);
        number("deferred_deletion_purge_interval", value -> values.purgeInterval = value);
        number("rbd_concurrent_flatten_operations", value -> values.concurrentFlattens = unless(value == 0, value));
        number("reserved_percentage", value -> values.reservedPercentage = value);
    }

    private void refuseReplication() throws DriverException {
        if (find("replication_device").filter(value -> !value.isEmpty()).isPresent()) {
            throw wrong("replication_device", "is set, and replication is not supported");
        }
    }

    /** The value, unless the file's way to say none. */
    private static OptionalInt unless(boolean none, int value) {
        return none ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private Optional<String> find(String option) {
        return conf.find(section, option).or(() -> conf.find(DEFAULTS, option));
    }

    private void text(String option, Consumer<String> set) {
        find(option).ifPresent(set);
    }

    private void flag(String option, Consumer<Boolean> set) throws DriverException {
        Optional<String> value = find(option).map(text -> text.toLowerCase(Locale.ROOT));
        if (value.isPresent() && !TRUE.contains(value.get()) && !FALSE.contains(value.get())) {
            throw wrong(option, "is '" + value.get() + "' and neither true nor false");
        }
        value.map(TRUE::contains).ifPresent(set);
    }

    private void number(String option, Consumer<Integer> set) throws DriverException {
        Optional<String> value = find(option);
        try {
            value.map(Integer::valueOf).ifPresent(set);
        } catch (NumberFormatException notOne) {
            throw wrong(option, "is '" + value.orElse("") + "' and no whole number");
        }
    }

    private DriverException wrong(String option, String why) {
        return new DriverException(
                Kind.INVALID_CONFIGURATION, "reading " + conf + ", where " + option + " of [" + section + "] " + why);
    }
}
