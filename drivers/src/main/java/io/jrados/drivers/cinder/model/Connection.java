package io.jrados.drivers.cinder.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The way to a volume for who attaches it.
 *
 * @param name {@code <pool>/<volume>}
 * @param hosts the monitors' addresses, IPv6 without brackets
 * @param ports one for each host
 * @param clusterName of the client's configuration
 * @param authUsername the user without {@code client.}, empty if none is configured
 * @param secretUuid the secret of libvirt with the user's key
 * @param volumeId the volume's id
 */
public record Connection(
        String name,
        List<String> hosts,
        List<String> ports,
        String clusterName,
        Optional<String> authUsername,
        String secretUuid,
        String volumeId) {
    /** Copies the lists. */
    public Connection {
        hosts = List.copyOf(hosts);
        ports = List.copyOf(ports);
    }

    /** The map that {@code initialize_connection} returns: {@code driver_volume_type} and {@code data}. */
    public Map<String, Object> toMap() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("name", name);
        data.put("hosts", hosts);
        data.put("ports", ports);
        data.put("cluster_name", clusterName);
        data.put("auth_enabled", authUsername.isPresent());
        data.put("auth_username", authUsername.orElse(""));
        data.put("secret_type", "ceph");
        data.put("secret_uuid", secretUuid);
        data.put("volume_id", volumeId);
        data.put("discard", true);
        return Map.of("driver_volume_type", "rbd", "data", data);
    }
}
