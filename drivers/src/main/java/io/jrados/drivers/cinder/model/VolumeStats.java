package io.jrados.drivers.cinder.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The capacity and the abilities of the backend, as the scheduler wants them.
 *
 * @param totalGib GiB with two decimals, empty when the cluster does not answer
 * @param freeGib GiB with two decimals, empty when the cluster does not answer
 * @param provisionedGib the sum of the images' sizes, rounded up; only of a pool that others use too
 */
public record VolumeStats(
        CinderOptions options,
        String fsid,
        OptionalDouble totalGib,
        OptionalDouble freeGib,
        OptionalLong provisionedGib) {
    /** The text that tells migrations where this backend is. */
    public String locationInfo() {
        return options.clusterName() + ":" + options.cephConf().orElse("") + ":" + fsid + ":"
                + options.user().orElse("") + ":" + options.pool();
    }

    /** The map that {@code get_volume_stats} returns. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("vendor_name", "Open Source");
        map.put("driver_version", "1.3.0");
        map.put("storage_protocol", "ceph");
        map.put("total_capacity_gb", capacity(totalGib));
        map.put("free_capacity_gb", capacity(freeGib));
        map.put("reserved_percentage", options.reservedPercentage());
        map.put("multiattach", true);
        map.put("thin_provisioning_support", true);
        map.put("max_over_subscription_ratio", options.maxOverSubscriptionRatio());
        map.put("location_info", locationInfo());
        map.put("backend_state", totalGib.isPresent() ? "up" : "down");
        map.put("qos_support", true);
        map.put("replication_enabled", false);
        map.put("volume_backend_name", options.backendName());
        provisionedGib.ifPresent(sum -> map.put("provisioned_capacity_gb", sum));
        return map;
    }

    private static Object capacity(OptionalDouble gib) {
        return gib.isPresent() ? (Object) gib.getAsDouble() : "unknown";
    }
}
