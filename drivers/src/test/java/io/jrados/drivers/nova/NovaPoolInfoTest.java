package io.jrados.drivers.nova;

import static io.jrados.drivers.nova.NovaCluster.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.nova.model.NovaOptions;
import io.jrados.drivers.nova.model.PoolInfo;
import io.jrados.error.Errno;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephUser;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Figures come from a manager. */
@PrivateCephTest(mgrs = 1)
class NovaPoolInfoTest {
    private static PoolInfo told(NovaDisks disks) throws IOException {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (true) {
            try {
                PoolInfo info = disks.poolInfo();
                if (info.free() > 0) {
                    return info;
                }
            } catch (DriverException notYet) {
                assertThat(notYet.kind()).isEqualTo(Kind.STORAGE_ERROR);
                assertThat(notYet.errno()).isEqualTo(Errno.EAGAIN);
            }
            assertThat(System.nanoTime()).as("no figures").isLessThan(end);
        }
    }

    private static boolean isNative(PrivateCephCluster cluster, String pool, PoolInfo info) throws IOException {
        String df = cluster.run("ceph", "df", "--format", "json");
        String ofPool = df.substring(df.indexOf("\"name\":\"" + pool + "\""));
        return df.contains("\"total_bytes\":" + info.total() + ",")
                && ofPool.substring(0, ofPool.indexOf('}')).contains("\"max_avail\":" + info.free());
    }

    @Test
    @Covers("O100")
    void item100_theRoomIsAsCephDfSays(PrivateCephCluster cluster) throws IOException {
        String pool = cluster.pool(NovaPoolInfoTest.class);
        CephUser user = cluster.rbdUser();
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .name(user.name())
                .set("key", user.key())
                .build();
        try (Rados rados = Rados.connect(conf)) {
            NovaDisks disks = new NovaDisks(rados, NovaOptions.DEFAULT.withPool(pool));
            PoolInfo info = told(disks);
            // the figures move a little between two questions
            boolean isNative = isNative(cluster, pool, info);
            for (int i = 0; i < 50 && !isNative; i++) {
                info = told(disks);
                isNative = isNative(cluster, pool, info);
            }
            assertThat(isNative).as("%s as of ceph df", info).isTrue();
            assertThat(info.freeGib()).isEqualTo(info.free() / 1073741824.0);
            NovaDisks nowhere = new NovaDisks(rados, NovaOptions.DEFAULT.withPool("no-such-pool"));
            assertFails(Kind.NOT_FOUND, nowhere::poolInfo);
        }
        try (Rados rados = Clusters.connect(cluster, "crc")) {
            assertThat(new NovaDisks(rados, NovaOptions.DEFAULT.withPool(pool))
                            .poolInfo()
                            .used())
                    .isNotNegative();
        }
    }
}
