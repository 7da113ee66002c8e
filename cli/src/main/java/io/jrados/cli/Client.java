package io.jrados.cli;

import io.jrados.conf.CephConf;
import io.jrados.conf.CephConfBuilder;
import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The client's options, which every command takes, and connecting as they say. */
class Client {
    @Option(
            names = {"-c", "--conf"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "ceph.conf; by default CEPH_CONF, then the usual places")
    private Path conf;

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "who logs in, by default client.admin")
    private String name;

    @Option(
            names = "--set",
            paramLabel = "OPTION=VALUE",
            scope = ScopeType.INHERIT,
            description = "a client option, over ceph.conf's: --set ms_client_mode=secure")
    private final Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--quiet", scope = ScopeType.INHERIT, description = "no progress bars")
    private boolean quiet;

    /** A line of output: names in it may be others'. */
    static String line(Object text) {
        return Printable.of(String.valueOf(text));
    }

    /** Connects as the options say. */
    Rados connect() throws RadosException {
        CephConfBuilder builder = CephConf.builder().environment(System.getenv());
        if (conf != null) {
            builder.file(conf);
        }
        if (name != null) {
            builder.name(name);
        }
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            if (setting.getKey().strip().equals("key")) {
                System.err.println("jrados: --set key= shows the key to everybody who lists this machine's processes:"
                        + " put it into a file that only you can read, and name that with --set keyfile=");
            }
            try {
                builder.set(setting.getKey(), setting.getValue());
            } catch (IllegalArgumentException unknown) {
                throw new ConfigurationException(Errno.EINVAL, "reading --set: " + unknown.getMessage(), unknown);
            }
        }
        return Rados.connect(builder.build());
    }

    boolean isQuiet() {
        return quiet;
    }
}
