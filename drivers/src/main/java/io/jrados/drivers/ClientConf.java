package io.jrados.drivers;

import io.jrados.conf.CephConf;
import io.jrados.conf.CephConfBuilder;
import io.jrados.error.RadosException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** The configuration of a driver's client, as the options of a service give it. */
public final class ClientConf {
    private static final String[] TIMEOUTS = {"rados_osd_op_timeout", "rados_mon_op_timeout", "client_mount_timeout"};

    private ClientConf() {}

    /**
     * Reads the cluster's file.
     *
     * @param file empty for the usual places
     * @param user without {@code client.}; empty for {@code admin}
     * @param timeout seconds for connecting and for each operation; empty for the client's own
     */
    public static CephConf of(String cluster, Optional<String> file, Optional<String> user, OptionalInt timeout)
            throws RadosException {
        CephConfBuilder conf = CephConf.builder().cluster(cluster).environment(System.getenv());
        if (file.isPresent()) {
            conf.file(Path.of(file.get()));
        }
        if (user.isPresent()) {
            conf.name("client." + user.get());
        }
        if (timeout.isPresent()) {
            for (String each : TIMEOUTS) {
                conf.set(each, Integer.toString(timeout.getAsInt()));
            }
        }
        return conf.build();
    }
}
