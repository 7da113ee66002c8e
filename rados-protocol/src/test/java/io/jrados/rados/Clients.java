package io.jrados.rados;

import io.jrados.conf.CephConf;
import io.jrados.error.RadosException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephUser;

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

    public static Rados connect(CephCluster cluster, CephUser user) throws RadosException {
        return Rados.connect(conf(cluster, user));
    }
}
