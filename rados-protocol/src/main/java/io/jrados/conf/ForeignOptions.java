package io.jrados.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Options that others set for this client: the monitors, and whoever may write the metadata of a pool or an image. They
 * decide how work is done, and never who this client is, where it looks for monitors and keys, and whom it trusts. So
 * only some names are accepted, values are short, and nothing in a value stands for anything else.
 */
final class ForeignOptions {
    /** Characters of a value, at most; a longer one is left out. */
    static final int MAX_VALUE = 1 << 10;

    /** Names of refused options in one line of the log, at most. */
    private static final int MOST_TOLD = 5;

    private static final String OF_IMAGES = "rbd_";

    /**
     * Options that Ceph marks with no_mon_update or startup (src/common/options/global.yaml.in), and those that decide
     * whom a client believes.
     */
    private static final Set<String> OWN = Set.of(
            "host",
            "fsid",
            "mon_host",
            "mon_host_override",
            "mon_dns_srv_name",
            "key",
            "keyfile",
            "keyring",
            "auth_supported",
            "auth_client_required",
            "auth_service_required",
            "auth_cluster_required",
            Option.LEAST_KEY,
            "ms_client_mode",
            "ms_mon_client_mode");

    private static final Logger log = LoggerFactory.getLogger(ForeignOptions.class);

    private ForeignOptions() {}

    /** Whether the monitors' configuration may set an option. */
    static boolean mayComeFromMonitors(String name) {
        return Option.isKnown(name) && !OWN.contains(name);
    }

    /** Whether the metadata of a pool or an image may. */
    static boolean mayComeFromMetadata(String name) {
        return name.startsWith(OF_IMAGES) && Option.isKnown(name);
    }

    /** Adds what is acceptable; one line of the log tells of values that are left out. */
    static void add(
            Settings settings,
            Map<String, String> options,
            Settings.Source source,
            Predicate<String> accepted,
            String where) {
        List<String> refused = new ArrayList<>();
        options.forEach((written, value) -> {
            // longer than any name: no time is spent on it
            String name = written.length() > MAX_VALUE ? written : Option.normal(written);
            if (!accepted.test(name)) {
                return;
            }
            if (value.length() > MAX_VALUE) {
                refused.add("option " + name + " in " + where + " is longer than " + MAX_VALUE + " characters");
            } else {
                settings.offer(name, new Settings.Setting(value, source, where)).ifPresent(refused::add);
            }
        });
        if (!refused.isEmpty()) {
            log.warn(
                    "ignored: {}{}",
                    String.join("; ", refused.subList(0, Math.min(MOST_TOLD, refused.size()))),
                    refused.size() > MOST_TOLD ? "; and " + (refused.size() - MOST_TOLD) + " more" : "");
        }
    }
}
