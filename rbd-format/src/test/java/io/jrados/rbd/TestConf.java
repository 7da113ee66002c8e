package io.jrados.rbd;

import io.jrados.conf.CephConf;
import io.jrados.conf.CephConfBuilder;
import io.jrados.testkit.CephCluster;
import java.io.IOException;

/** Configurations of the clients that tests make. */
public final class TestConf {
    private TestConf() {}

    /** Returns a configuration of the test class's user, see {@link CephCluster#limitedUser}. */
    public static CephConfBuilder builder(CephCluster cluster) throws IOException {
        CephConfBuilder conf = CephConf.builder().file(cluster.conf());
        cluster.limitedUser().ifPresent(user -> conf.name(user.name()).set("key", user.key()));
        return conf;
    }

    public static CephConf of(CephCluster cluster) throws IOException {
        return builder(cluster).build();
    }
}
