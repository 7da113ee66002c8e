package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.Connection;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.RadosException;
import io.jrados.json.JsonReader;
import io.jrados.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells how a volume is attached: by the monitors' addresses, those of the legacy protocol where there are any. */
public final class ConnectVolume {
    private final Call call;

    public ConnectVolume(Call call) {
        this.call = call;
    }

    public Connection run(String volume) throws RadosException {
        List<String> hosts = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        for (String address : monitors()) {
            int colon = address.lastIndexOf(':');
            String host = address.substring(0, Math.max(colon, 0));
            hosts.add(host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
            ports.add(address.substring(colon + 1));
        }
        return new Connection(
                call.options().pool() + "/" + volume,
                hosts,
                ports,
                call.options().clusterName(),
                call.options().user(),
                call.options().secretUuid().orElse(call.rados().fsid().toString()),
                Names.volumeId(call.options(), volume).orElse(volume));
    }

    /** Addresses as {@code host:port}. */
    private List<String> monitors() throws RadosException {
        List<String> addresses = new ArrayList<>();
        try {
            byte[] map = call.rados()
                    .monCommand("{\"prefix\": \"mon dump\", \"format\": \"json\"}")
                    .output();
            for (JsonValue monitor : JsonReader.read(map).get("mons").elements()) {
                addresses.add(address(monitor));
            }
            return addresses;
        } catch (RadosException failed) {
            throw new DriverException(Kind.BACKEND, "asking the monitors for their addresses", failed);
        }
    }

    private static String address(JsonValue monitor) {
        Optional<JsonValue> all = monitor.find("public_addrs").flatMap(addresses -> addresses.find("addrvec"));
        if (all.isPresent()) {
            for (JsonValue each : all.get().elements()) {
                if (each.get("type").text().equals("v1")) {
                    return each.get("addr").text();
                }
            }
        }
        return monitor.get("addr").text().replaceFirst("/[0-9]*$", "");
    }
}
