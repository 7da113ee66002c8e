package io.jrados.rados;

import static io.jrados.rados.NativeClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The oldest release that we speak to, 14 (from 14.2.11 on, with messenger 2.1). On request:
 * {@code -Dtest=NautilusCheck}.
 */
@PrivateCephTest(release = "14")
class NautilusCheck {
    private static Rados connect(PrivateCephCluster cluster, String mode) throws Exception {
        return Rados.connect(CephConf.builder()
                .file(cluster.conf())
                .set("ms_client_mode", mode)
                .set("ms_mon_client_mode", mode)
                .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"crc", "secure"})
    void writesReadsAndWatches(String mode, PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass());
        try (Rados rados = connect(cluster, mode)) {
            Pool pool = rados.pool(name);
            pool.writeFull(mode, bytes("content"));
            assertThat(cluster.run("rados", "-p", name, "get", mode, "-")).isEqualTo("content");
            pool.operate(mode, new WriteOperation().setXattr("key", new byte[] {0x76, 0x61}));
            assertThat(cluster.run("rados", "-p", name, "getxattr", mode, "key"))
                    .isEqualTo("va");
            CompletableFuture<byte[]> heard = new CompletableFuture<>();
            Watch watch = Wait.on(pool.watchAsync(mode, new Watch.Listener() {
                @Override
                public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                    heard.complete(message);
                    return new byte[] {7};
                }

                @Override
                public void onError(RadosException error) {
                    heard.completeExceptionally(error);
                }
            }));
            assertThat(Wait.on(pool.notifyAsync(mode, new byte[] {1}, Duration.ofSeconds(10)))
                            .replies())
                    .hasSize(1);
            assertThat(heard.join()).containsExactly(1);
            Wait.on(watch.closeAsync());
            assertThat(rados.connections())
                    .extracting(each -> each.mode().toString())
                    .containsOnly(mode);
        }
    }

    @Test
    void fencesByTheNameThatBlocklistsHadThen(PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass());
        try (Rados rados = connect(cluster, "crc");
                Rados victim = connect(cluster, "crc")) {
            Pool pool = victim.pool(name);
            pool.writeFull("fenced", bytes("before"));
            rados.admin().blocklist().add(victim.address(), Optional.of(Duration.ofMinutes(1)));
            assertThat(cluster.run("ceph", "osd", "blacklist", "ls")).contains(victim.address());
            assertThatThrownBy(() -> pool.writeFull("fenced", bytes("after"))).isInstanceOf(FencedException.class);
            rados.admin().blocklist().remove(victim.address());
            assertThat(cluster.run("ceph", "osd", "blacklist", "ls")).doesNotContain(victim.address());
        }
    }
}
