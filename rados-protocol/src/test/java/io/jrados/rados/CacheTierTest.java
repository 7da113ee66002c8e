package io.jrados.rados;

import static io.jrados.rados.NativeClients.bytes;
import static io.jrados.rados.NativeClients.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A pool that lies over another as its cache. */
@CephTest
class CacheTierTest {
    private static boolean isDirty(Pool cache, String object) throws RadosException {
        return cache.operate(object, new ReadOperation().isDirty()).flag(0);
    }

    @Test
    @Covers({"E08", "E71", "F22"})
    void operationsGoToTheCacheUntilTheyAreTold(CephCluster cluster) throws Exception {
        String below = cluster.pool(getClass(), "below");
        String above = cluster.pool(getClass(), "above");
        cluster.run("ceph", "osd", "tier", "add", below, above);
        try (Rados rados = Clients.connect(cluster)) {
            cluster.run("ceph", "osd", "tier", "cache-mode", above, "writeback");
            cluster.run("ceph", "osd", "tier", "set-overlay", below, above);
            Wait.on(rados.waitForLatestOsdMapAsync());
            inTheCache(rados.pool(below), rados.pool(above));
        } finally {
            remove(cluster, below, above);
        }
    }

    private static void inTheCache(Pool base, Pool cache) throws RadosException {
        assertThat(cache.isCacheTier()).isTrue();
        assertThat(base.isCacheTier()).isFalse();
        base.writeFull("o", bytes("cached"));
        assertThat(cache.objects()).containsExactly("o");
        assertThat(isDirty(cache, "o")).isTrue();
        assertThatThrownBy(() ->
                        base.operate("o", new ReadOperation().ignoreOverlay().stat()))
                .as("the pool itself does not have it yet")
                .isInstanceOfSatisfying(RadosException.class, absent -> assertThat(absent.errno())
                        .isEqualTo(Errno.ENOENT));
        assertThatThrownBy(() -> cache.operate("o", new ReadOperation().cacheEvict()))
                .as("it would be lost")
                .isInstanceOfSatisfying(
                        RadosException.class, dirty -> assertThat(dirty.errno()).isEqualTo(Errno.EBUSY));
        cache.operate("o", new ReadOperation().cacheFlush());
        assertThat(isDirty(cache, "o")).isFalse();
        assertThat(text(base.operate("o", new ReadOperation().ignoreOverlay().read(0, 100))
                        .data(0)))
                .isEqualTo("cached");
        cache.operate("o", new WriteOperation().cachePin(true));
        cache.operate("o", new WriteOperation().cachePin(false));
        cache.operate("o", new ReadOperation().cacheTryFlush());
        cache.operate("o", new ReadOperation().cacheEvict());
        assertThat(cache.objects()).isEmpty();
        assertThat(text(base.operate("o", new ReadOperation().read(0, 100)).data(0)))
                .isEqualTo("cached");
        base.operate("o", new WriteOperation().append(bytes("!")));
        cache.operate("o", new WriteOperation().undirty());
        assertThat(isDirty(cache, "o")).isFalse();
    }

    private static void remove(CephCluster cluster, String below, String above) throws IOException {
        cluster.exec("ceph", "osd", "tier", "cache-mode", above, "none", "--yes-i-really-mean-it");
        cluster.exec("ceph", "osd", "tier", "remove-overlay", below);
        cluster.run("ceph", "osd", "tier", "remove", below, above);
    }
}
