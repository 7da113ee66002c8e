package io.jrados.drivers.cinder.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CinderOptionsTest {
    @TempDir
    private Path folder;

    private CinderOptions read(String text) throws IOException {
        return CinderOptions.DEFAULT.withFile(Files.writeString(folder.resolve("cinder.conf"), text), "ceph");
    }

    @Test
    void aSectionOfCinderConfIsRead() throws IOException {
        CinderOptions options = read(
                """
                [DEFAULT]
                rbd_pool = of nobody
                [backend_defaults]
                rbd_store_chunk_size = 8
                rbd_max_clone_depth = 7
                [ceph]
                # a comment
                rbd_pool = volumes
                rbd_user: cinder
                rbd_ceph_conf = /etc/ceph/ceph.conf
                rbd_secret_uuid = "457eb676-33da-42ec-9a8c-9293d545c337"
                rbd_max_clone_depth = 3
                rbd_flatten_volume_from_snapshot = True
                enable_deferred_deletion = yes
                deferred_deletion_delay = 90
                max_over_subscription_ratio = auto
                volume_driver = cinder.volume.drivers.rbd.RBDDriver
                """);
        assertThat(options.pool()).isEqualTo("volumes");
        assertThat(options.user()).contains("cinder");
        assertThat(options.cephConf()).contains("/etc/ceph/ceph.conf");
        assertThat(options.secretUuid()).contains("457eb676-33da-42ec-9a8c-9293d545c337");
        assertThat(options.chunkSize()).isEqualTo(8);
        assertThat(options.maxCloneDepth()).isEqualTo(3);
        assertThat(options.flattenVolumeFromSnapshot()).isTrue();
        assertThat(options.deferredDeletion()).isTrue();
        assertThat(options.deferredDeletionDelay()).isEqualTo(Duration.ofSeconds(90));
        assertThat(options.maxOverSubscriptionRatio()).isEqualTo("auto");
    }

    @Test
    void theDefaultsAreThoseOfUpstream() throws IOException {
        CinderOptions options = read("[ceph]\n");
        assertThat(options.pool()).isEqualTo("rbd");
        assertThat(options.clusterName()).isEqualTo("ceph");
        assertThat(options.maxCloneDepth()).isEqualTo(5);
        assertThat(options.chunkSize()).isEqualTo(4);
        assertThat(options.connectTimeout()).isEmpty();
        assertThat(options.connectionRetries()).isEqualTo(3);
        assertThat(options.connectionInterval()).isEqualTo(5);
        assertThat(options.purgeInterval()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.concurrentFlattens()).hasValue(3);
        assertThat(options.exclusivePool()).isTrue();
        assertThat(options.dynamicTotalCapacity()).isTrue();
        assertThat(options.deletePolicy()).isEqualTo(DeletePolicy.AUTO);
        assertThat(CinderOptions.LIBERTY.deletePolicy()).isEqualTo(DeletePolicy.STRICT);
        assertThat(CinderOptions.LIBERTY.isLiberty()).isTrue();
        assertThat(CinderOptions.DEFAULT.isLiberty()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[ceph]\\nrbd_store_chunk_size = 64|rbd_store_chunk_size",
                "[ceph]\\nrbd_store_chunk_size = four|rbd_store_chunk_size",
                "[ceph]\\nrbd_pool =|rbd_pool",
                "[ceph]\\nrbd_cluster_name =|rbd_cluster_name",
                "[ceph]\\nenable_deferred_deletion = perhaps|enable_deferred_deletion",
                "[ceph]\\nrados_connection_retries = 0|rados_connection_retries",
                "[ceph]\\nreplication_device = backend_id:secondary|replication_device",
                "[other]\\nrbd_pool = volumes|[ceph]",
                "[ceph]\\nno option|line 2"
            })
    void impossibleValuesAreNamed(String text, String named) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
                .hasMessageContaining(named)
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(Kind.INVALID_CONFIGURATION);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 64, 1024})
    void aChunkSizeThatNoImageHasIsRefusedAtOnce(int mib) {
        assertThatThrownBy(() -> CinderOptions.DEFAULT.withChunkSize(mib)).hasMessageContaining("1 to 63");
    }
}
