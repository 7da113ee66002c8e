package io.jrados.rados;

import io.jrados.conf.CephConf;
import io.jrados.conf.CephConfBuilder;
import io.jrados.error.RadosException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephUser;
import java.io.IOException;

/** Clients of a test cluster. */
public final class Clients {
    private Clients() {}

    public static CephConf conf(CephCluster cluster, CephUser user) throws RadosException {
        return CephConf.builder()
                .file(cluster.conf())
                .name(user.name())
                .set("key", user.key())
                .build();
    }

    /** Returns a configuration of the test class's user, see {@link CephCluster#limitedUser}. */
    public static CephConfBuilder builder(CephCluster cluster) throws IOException {
        CephConfBuilder conf = CephConf.builder().file(cluster.conf());
        cluster.limitedUser().ifPresent(user -> conf.name(user.name()).set("key", user.key()));
        return conf;
    }

    public static CephConf conf(CephCluster cluster) throws IOException {
        return builder(cluster).build();
    }

    public static Rados connect(CephCluster cluster) throws IOException {
        return Rados.connect(conf(cluster));
    }

    public static Rados connect(CephCluster cluster, CephUser user) throws RadosException {
        return Rados.connect(conf(cluster, user));
    }
}
