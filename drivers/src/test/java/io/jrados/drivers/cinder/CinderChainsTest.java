package io.jrados.drivers.cinder;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.cinder.CinderFixture.MIB;
import static io.jrados.drivers.cinder.CinderFixture.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.PurgeResult;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes, snapshots and clones in all orders of deletion, with clones of format 1 and of format 2. */
@CephTest
@ParameterizedClass(name = "format {0}")
@ValueSource(ints = {1, 2})
class CinderChainsTest {
    @Parameter
    private int format;

    private CephCluster cluster;
    private CinderFixture cinder;
    private CinderVolumes volumes;
    private final byte[] bytes = data(1, 5 * MIB);

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        String pool = cluster.pool(CinderChainsTest.class, "format" + format);
        cinder = new CinderFixture(cluster, pool, "rbd_default_clone_format", Integer.toString(format));
        volumes = cinder.volumes;
        volumes.create("volume-a", 1);
        cinder.write("volume-a", bytes);
    }

    @AfterEach
    void leaveNothing() throws IOException {
        try {
            assertEmpty(cluster, cinder.pool);
        } finally {
            cinder.close();
            cluster.run("rados", "purge", cinder.pool, "--yes-i-really-really-mean-it");
        }
    }

    private boolean hasParent(String volume) throws IOException {
        return cinder.info(volume).contains("\"parent\"");
    }

    private void deleteAll(String... names) throws IOException {
        for (String each : names) {
            volumes.delete(each);
        }
    }

    @Test
    @Covers({"O48", "O49", "O50"})
    void item048And049ADeletedSnapshotLeavesItsClonesAlone() throws IOException {
        volumes.createSnapshot("volume-a", "snapshot-1");
        volumes.createFromSnapshot("volume-a", "snapshot-1", "volume-b", 1);
        volumes.createFromSnapshot("volume-a", "snapshot-1", "volume-c", 1);
        volumes.deleteSnapshot("volume-a", "snapshot-1");
        volumes.deleteSnapshot("volume-a", "snapshot-1");
        assertThat(hasParent("volume-b")).isEqualTo(format == 2);
        assertThat(hasParent("volume-c")).isEqualTo(format == 2);
        assertThat(cinder.snapshots("volume-a")).doesNotContain("\"snapshot-1\",\"size\"");
        assertThat(cinder.start("volume-b", bytes.length)).isEqualTo(bytes);
        assertThat(cinder.start("volume-c", bytes.length)).isEqualTo(bytes);
        deleteAll("volume-b", "volume-c", "volume-a");
    }

    @Test
    @Covers("O47")
    void item047ASnapshotWithACloneIsBusyWhenThePolicyIsStrict() throws IOException {
        CinderVolumes liberty = cinder.with(CinderOptions.LIBERTY);
        liberty.createSnapshot("volume-a", "snapshot-1");
        liberty.createFromSnapshot("volume-a", "snapshot-1", "volume-b", 1);
        if (format == 1) {
            assertFails(Kind.SNAPSHOT_IS_BUSY, () -> liberty.deleteSnapshot("volume-a", "snapshot-1"));
            assertThat(cinder.snapshots("volume-a")).contains("\"protected\":\"true\"");
        }
        liberty.delete("volume-b");
        liberty.deleteSnapshot("volume-a", "snapshot-1");
        liberty.delete("volume-a");
    }

    @Test
    @Covers("O54")
    void item054TheFlattenedMiddleOfAChainLeaksNothing() throws IOException {
        CinderVolumes plain = cinder.with(CinderOptions.DEFAULT.withFeatures(Features.LAYERING));
        plain.createClone("volume-a", "volume-b", 1);
        plain.createClone("volume-b", "volume-c", 1);
        cluster.run("rbd", "flatten", "--no-progress", cinder.pool + "/volume-b");
        deleteAll("volume-a", "volume-b");
        assertThat(cinder.names()).containsExactly("volume-a.deleted", "volume-b.deleted", "volume-c");
        assertThat(cinder.start("volume-c", bytes.length)).isEqualTo(bytes);
        volumes.delete("volume-c");
    }

    @Test
    @Covers("O54")
    void item054SourcesThatNobodyKnowsAnyMoreAreFound() throws IOException {
        volumes.createClone("volume-a", "volume-b", 1);
        volumes.createClone("volume-b", "volume-c", 1);
        volumes.delete("volume-a");
        // With deep-flatten the snapshots are detached too: nothing names volume-a.deleted any more.
        cluster.run("rbd", "flatten", "--no-progress", cinder.pool + "/volume-b");
        deleteAll("volume-b", "volume-c");
        assertThat(cinder.names()).containsExactly("volume-a.deleted");
        assertThat(volumes.releaseUnusedParents(Duration.ofHours(1))).isEmpty();
        assertThat(volumes.releaseUnusedParents(Duration.ZERO)).containsExactly("volume-a.deleted");
    }

    @Test
    @Covers("O55")
    void item055AFlattenedCloneDoesNotKeepItsSource() throws IOException {
        volumes.createClone("volume-a", "volume-b", 1);
        cluster.run("rbd", "flatten", "--no-progress", cinder.pool + "/volume-b");
        volumes.delete("volume-a");
        assertThat(cinder.names()).containsExactly("volume-b");
        volumes.delete("volume-b");
    }

    @Test
    @Covers("O57")
    void item057AVolumeWithASnapshotAndACloneGoesToTheTrash() throws IOException {
        volumes.createSnapshot("volume-a", "snapshot-1");
        volumes.createFromSnapshot("volume-a", "snapshot-1", "volume-b", 1);
        volumes.delete("volume-a");
        assertThat(cinder.names()).containsExactly("volume-b");
        assertThat(cinder.trash()).contains("volume-a");
        assertThat(hasParent("volume-b")).isEqualTo(format == 2);
        assertThat(cinder.start("volume-b", bytes.length)).isEqualTo(bytes);
        volumes.create("volume-a", 1);
        volumes.delete("volume-a");
        volumes.delete("volume-b");
        assertThat(volumes.purge().purged()).containsExactly("volume-a");
    }

    @Test
    @Covers("O58")
    void item058AVolumeWhoseDeletedSnapshotHasACloneGoesToTheTrash() throws IOException {
        volumes.createSnapshot("volume-a", "snapshot-1");
        volumes.createFromSnapshot("volume-a", "snapshot-1", "volume-b", 1);
        volumes.deleteSnapshot("volume-a", "snapshot-1");
        volumes.delete("volume-a");
        assertThat(cinder.names()).containsExactly("volume-b");
        assertThat(cinder.start("volume-b", bytes.length)).isEqualTo(bytes);
        volumes.delete("volume-b");
        assertThat(volumes.purge().failed()).isEmpty();
    }

    @Test
    @Covers("O62")
    void item062APurgedCloneLetsItsSourceGo() throws IOException {
        CinderVolumes deferring = cinder.with(CinderOptions.DEFAULT.withDeferredDeletion(0));
        deferring.createClone("volume-a", "volume-b", 1);
        deferring.createClone("volume-b", "volume-c", 1);
        for (String each : List.of("volume-a", "volume-b", "volume-c")) {
            deferring.delete(each);
        }
        assertThat(cinder.names()).containsExactly("volume-a.deleted", "volume-b.deleted");
        // Each purge ends one link of the chain, as its parent goes to the trash then.
        List<String> purged = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            PurgeResult result = deferring.purge();
            assertThat(result.failed()).isEmpty();
            purged.addAll(result.purged());
        }
        assertThat(purged).containsExactly("volume-c", "volume-b.deleted", "volume-a.deleted");
    }

    @Test
    @Covers("O53")
    void item053ASourceThatIsDeletedWhileItIsClonedLeavesNothing() throws IOException {
        List<String> steps = new ArrayList<>();
        DriverEvent.Hook deleter = event -> {
            steps.add(event.step());
            if (event.step().equals("snapshotted")) {
                try {
                    volumes.delete("volume-a");
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        };
        CinderVolumes cloning = new CinderVolumes(cinder.rados, cinder.inPool(CinderOptions.DEFAULT), deleter);
        assertFails(Kind.BACKEND, () -> cloning.createClone("volume-a", "volume-b", 1));
        assertThat(steps).containsExactly("snapshotted", "removed", "end");
    }

    @Test
    @Covers("O34")
    void item034LibertyFlattensTheSourceAtTheGreatestDepth() throws IOException {
        CinderVolumes liberty = cinder.with(CinderOptions.LIBERTY.withMaxCloneDepth(2));
        liberty.createClone("volume-a", "volume-b", 1);
        liberty.createClone("volume-b", "volume-c", 1);
        liberty.createClone("volume-c", "volume-d", 1);
        assertThat(hasParent("volume-c")).isFalse();
        assertThat(cinder.snapshots("volume-b")).isEqualTo("[]");
        assertThat(cinder.snapshots("volume-c")).contains("\"volume-d.clone_snap\"");
        assertThat(cinder.start("volume-d", bytes.length)).isEqualTo(bytes);
        for (String each : List.of("volume-d", "volume-c", "volume-b", "volume-a")) {
            liberty.delete(each);
        }
    }

    @Test
    @Covers("O31")
    void item031AnEncryptedVolumeKeepsItsHeader() throws IOException {
        volumes.create(Volume.of("volume-e", 1).withEncryption());
        assertThat(cinder.info("volume-e")).contains("\"size\":" + 1026L * MIB);
        volumes.createSnapshot("volume-e", "snapshot-1");
        volumes.createFromSnapshot(
                "volume-e", "snapshot-1", Volume.of("volume-f", 1).withEncryption());
        volumes.createClone("volume-e", Volume.of("volume-g", 2).withEncryption());
        assertThat(cinder.info("volume-f")).contains("\"size\":" + 1026L * MIB);
        assertThat(cinder.info("volume-g")).contains("\"size\":" + 2050L * MIB);
        deleteAll("volume-f", "volume-g");
        volumes.deleteSnapshot("volume-e", "snapshot-1");
        deleteAll("volume-e", "volume-a");
    }

    @Test
    @Covers("O29")
    void item029ATemporaryVolumeIsNotFlattened() throws IOException {
        CinderVolumes flattening = cinder.with(CinderOptions.DEFAULT.withFlattenVolumeFromSnapshot(true));
        flattening.createSnapshot("volume-a", "snapshot-1");
        flattening.createFromSnapshot(
                "volume-a", "snapshot-1", Volume.of("volume-t", 1).temporary());
        assertThat(hasParent("volume-t")).isTrue();
        deleteAll("volume-t");
        volumes.deleteSnapshot("volume-a", "snapshot-1");
        volumes.delete("volume-a");
    }

    @Test
    @Covers("O61")
    void item061ForeignEntriesStayInTheTrash() throws IOException {
        Rbd rbd = cinder.rbd();
        cinder.with(CinderOptions.DEFAULT.withDeferredDeletion(3600)).delete("volume-a");
        rbd.create("golden", MIB, ImageOptions.DEFAULT);
        rbd.moveToTrash("golden", Duration.ZERO);
        PurgeResult result = volumes.purge();
        assertThat(result.purged()).isEmpty();
        assertThat(result.deferred()).containsExactly("volume-a");
        assertThat(cinder.trash()).contains("golden", "volume-a");
        for (var entry : rbd.trash()) {
            rbd.removeFromTrash(entry.id(), true, Progress.NONE);
        }
    }

    @Test
    @Covers("O61")
    void item061ThePurgeIsRepeatedAndItsFailuresDoNotEndIt() throws IOException {
        List<Runnable> tasks = new ArrayList<>();
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long pause, TimeUnit unit) {
                assertThat(unit.toSeconds(pause)).isEqualTo(60);
                tasks.add(task);
                return super.scheduleWithFixedDelay(task, 1, 1, TimeUnit.DAYS);
            }
        };
        try {
            cinder.with(CinderOptions.DEFAULT.withDeferredDeletion(0)).delete("volume-a");
            assertThat(cinder.trash()).contains("volume-a");
            cinder.with(CinderOptions.DEFAULT).purgeRepeatedly(executor);
            new CinderVolumes(cinder.rados, CinderOptions.DEFAULT.withPool("no-such-pool")).purgeRepeatedly(executor);
            tasks.forEach(Runnable::run);
        } finally {
            executor.shutdownNow();
        }
        assertThat(cinder.trash()).isEmpty();
    }
}
