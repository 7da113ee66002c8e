package io.jrados.rbd;

import static io.jrados.rbd.TwoClients.MIB;
import static io.jrados.rbd.TwoClients.errno;
import static io.jrados.rbd.TwoClients.filled;
import static io.jrados.rbd.TwoClients.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.rbd.lock.ClientId;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.RequestId;
import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Verbs that a client asks the owner of the image's lock for: a librbd process of this client, and this client of it.
 */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxiedVerbsTest {
    private TwoClients clients;
    private TestClient ours;
    private NativeClient theirs;
    private Notifications notifications;

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        clients = new TwoClients(shared, ProxiedVerbsTest.class);
        ours = clients.ours;
        theirs = clients.theirs;
        notifications = new Notifications(ours);
    }

    @AfterAll
    void disconnect() throws IOException {
        clients.close();
    }

    @Test
    @Covers({"H72", "H73", "H74", "H75", "H76", "H77", "H78", "H81", "H83", "H84", "K7"})
    void theOwnerDoesWhatTheyAskFor() throws IOException {
        try (Image image = clients.open("served")) {
            write(image, 0, 1, MIB);
            assertThat(image.lock().isOwned()).isTrue();
            theirs.run("image.resize(12 << 20)");
            assertThat(image.size()).isEqualTo(12 * MIB);
            theirs.run("image.create_snap('theirs')");
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("theirs");
            write(image, 0, 2, MIB);
            theirs.run("image.resize(5 << 20)");
            assertThat(image.size()).isEqualTo(5 * MIB);
            theirs.run("image.metadata_set('key', 'value')");
            assertThat(image.metadata()).containsKey("key");
            theirs.run("image.metadata_remove('key')");
            assertThat(image.metadata()).isEmpty();
            theirs.run("image.update_features(rbd.RBD_FEATURE_DEEP_FLATTEN, False)");
            assertThat(image.info().features()).isEqualTo(Features.DEFAULT & ~Features.DEEP_FLATTEN);
            assertThat(image.lock().isOwned()).as("all that was done here").isTrue();
            theirs.run("image.remove_snap('theirs')");
            assertThat(image.snapshots()).isEmpty();
            write(image, MIB, 3, MIB);
            assertThat(theirs.read(MIB, MIB)).isEqualTo(3);
            NotifyMessage shrink = new NotifyMessage.Resize(MIB, new RequestId(new ClientId(1, 2), 3), false);
            assertThat(notifications.ended(image, shrink)).isEqualTo(-Errno.EINVAL.number());
            assertThat(image.size()).isEqualTo(5 * MIB);
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H75", "H78", "H84"})
    void theOwnerFlattensAndProtectsForThem() throws IOException {
        ours.rbd("create", "--size", "8M", "--image-feature", "layering,exclusive-lock", ours.spec("parent"));
        try (Image parent = ours.rbd.open("parent")) {
            write(parent, 0, 5, 8 * MIB);
            parent.createSnapshot("s");
            parent.protectSnapshot("s");
        }
        ours.rbd("clone", "--image-feature", "layering,exclusive-lock", ours.spec("parent") + "@s", ours.spec("child"));
        try (Image image = clients.openBoth("child")) {
            write(image, 0, 6, 4096);
            theirs.run("progress = []");
            theirs.run("image.flatten(lambda done, total: progress.append((done, total)))");
            assertThat(image.lock().isOwned()).isTrue();
            assertThat(image.info().parent()).isEmpty();
            assertThat(theirs.read(0, 4096)).isEqualTo(6);
            assertThat(theirs.read(4096, 8 * MIB - 4096)).isEqualTo(5);
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H72", "H73", "H74", "H75", "H76", "H77", "H78", "H79", "H81", "H84"})
    void theyDoAsOwnersWhatWeAskFor() throws IOException {
        try (Image image = clients.open("proxied")) {
            theirs.write(0, 1, MIB);
            image.resize(12 * MIB, Progress.NONE);
            assertThat(theirs.run("image.size()")).isEqualTo(Integer.toString(12 * MIB));
            image.createSnapshot("ours");
            assertThat(theirs.run("[s['name'] for s in image.list_snaps()]")).isEqualTo("['ours']");
            theirs.write(0, 2, MIB);
            image.protectSnapshot("ours");
            assertThat(theirs.run("image.is_protected_snap('ours')")).isEqualTo("True");
            image.unprotectSnapshot("ours");
            image.renameSnapshot("ours", "renamed");
            assertThat(theirs.run("[s['name'] for s in image.list_snaps()]")).isEqualTo("['renamed']");
            assertThat(errno(() -> image.createSnapshot("renamed"))).isEqualTo(Errno.EEXIST);
            assertThat(errno(() -> image.removeSnapshot("unknown"))).isEqualTo(Errno.ENOENT);
            image.removeSnapshot("renamed");
            List<Long> progress = new ArrayList<>();
            image.resize(MIB, (done, total) -> progress.add(done));
            assertThat(progress).isSorted();
            assertThat(image.size()).isEqualTo(MIB);
            assertThat(clients.theyOwn()).isTrue();
            assertThat(image.lock().isOwned()).isFalse();
            assertThat(theirs.read(0, MIB)).isEqualTo(2);
            assertThat(TestClient.read(image)).isEqualTo(filled(2, MIB));
        }
        theirs.run("image.close()");
    }

    /** A rollback would happen under a guest that goes on writing. */
    @Test
    @Covers({"H53", "K6", "K7"})
    void rollingBackIsRefusedWhileAnotherClientHasTheLock() throws IOException {
        try (Image image = clients.open("kept back")) {
            write(image, 0, 1, MIB);
            image.createSnapshot("s");
            write(image, 0, 2, MIB);
            assertThat(theirs.attempt("image.rollback_to_snap('s')")).startsWith("error 30 ");
            assertThat(image.lock().isOwned()).isTrue();

            theirs.write(0, 3, MIB);
            assertThat(errno(() -> image.rollBack("s", Progress.NONE))).isEqualTo(Errno.EROFS);
            assertThat(clients.theyOwn()).isTrue();
            assertThat(theirs.read(0, MIB)).isEqualTo(3);
            try (TestClient second = new TestClient(ours.cluster, ours.pool.name(), TestClient.Mode.CRC);
                    Image vm = second.rbd.open("kept back")) {
                write(vm, 0, 4, MIB);
                assertThat(errno(() -> image.rollBack("s", Progress.NONE))).isEqualTo(Errno.EROFS);
                assertThat(vm.lock().isOwned()).isTrue();
                assertThat(TestClient.read(vm, 0, MIB)).isEqualTo(filled(4, MIB));
            }
            image.rollBack("s", Progress.NONE);
            assertThat(theirs.read(0, MIB)).isEqualTo(1);
        }
        theirs.run("image.close()");
        clients.checkObjectMap("kept back");
    }

    /** A snapshot that is found by its id, as one in the trash namespace, is removed by the owner too. */
    @Test
    @Covers({"H47", "H78"})
    void theOwnerRemovesSnapshotsOfTheTrashNamespace() throws IOException {
        try (Image image = clients.open("pruned")) {
            for (boolean natively : new boolean[] {false, true}) {
                String child = "child of " + natively;
                write(image, 0, 1, MIB);
                image.createSnapshot("s");
                ours.rbd("clone", "--rbd-default-clone-format", "2", ours.spec("pruned") + "@s", ours.spec(child));
                image.removeSnapshot("s");
                assertThat(image.snapshots()).hasSize(1);
                if (natively) {
                    ours.rbd("rm", "--no-progress", ours.spec(child));
                    assertThat(image.lock().isOwned()).as("asked by them").isTrue();
                } else {
                    theirs.write(0, 2, MIB);
                    ours.rbd.remove(child, Progress.NONE);
                    assertThat(clients.theyOwn()).as("asked by us").isTrue();
                }
                assertThat(image.snapshots()).isEmpty();
            }
        }
        theirs.run("image.close()");
        clients.checkObjectMap("pruned");
    }

    @Test
    @Covers({"H80", "H83", "H84", "H13", "H105", "H106"})
    void namesKeysAndOptionsAreChangedByTheOwner() throws IOException {
        try (Image image = clients.open("named")) {
            theirs.write(0, 1, 4096);
            image.setMetadata("key", "ours".getBytes(StandardCharsets.UTF_8));
            assertThat(theirs.run("image.metadata_get('key')")).isEqualTo("'ours'");
            image.removeMetadata("key");
            assertThat(errno(() -> image.removeMetadata("key"))).isEqualTo(Errno.ENOENT);
            image.setConfig("rbd_discard_granularity_bytes", "8192");
            assertThat(theirs.run("image.metadata_get('conf_rbd_discard_granularity_bytes')"))
                    .isEqualTo("'8192'");
            image.removeConfig("rbd_discard_granularity_bytes");
            assertThat(theirs.run("len(list(image.metadata_list()))")).isEqualTo("0");
            ours.rbd.rename("named", "renamed by them");
            assertThat(clients.theyOwn()).as("all that was done there").isTrue();
            assertThat(image.lock().isOwned()).isFalse();
            assertThat(ours.rbd.list()).contains("renamed by them").doesNotContain("named");
            byte[] noText = {1, (byte) 0xff, 2};
            image.setMetadata("raw", noText);
            assertThat(image.metadata().get("raw")).isEqualTo(noText);
            assertThat(image.lock().isOwned())
                    .as("they can be told of text only")
                    .isTrue();

            theirs.run("image.metadata_set('key', 'theirs')");
            assertThat(image.metadata().get("key")).isEqualTo("theirs".getBytes(StandardCharsets.UTF_8));
            theirs.run("image.config_set('rbd_cache', 'false')");
            assertThat(image.config()).contains(new ConfigOption("rbd_cache", "false", ConfigOption.Source.IMAGE));
            theirs.run("image.config_remove('rbd_cache')");
            assertThat(theirs.attempt("image.metadata_remove('unknown')")).contains("KeyError");
            theirs.run("rbd.RBD().rename(ioctx, 'renamed by them', 'renamed by us')");
            assertThat(theirs.attempt("rbd.RBD().rename(ioctx, 'renamed by us', 'renamed by us')"))
                    .startsWith("error 17 ");
            assertThat(image.lock().isOwned()).as("all that was done here").isTrue();
            write(image, 0, 2, 4096);
            assertThat(image.lock().isOwned()).isTrue();
            assertThat(ours.rbd.list()).contains("renamed by us").doesNotContain("renamed by them");
            assertThat(errno(() -> ours.rbd.rename("renamed by us", "renamed by us")))
                    .isEqualTo(Errno.EEXIST);
            assertThat(errno(() -> ours.rbd.rename("named", "other"))).isEqualTo(Errno.ENOENT);
            assertThat(theirs.read(0, 4096)).isEqualTo(2);
        }
        theirs.run("image.close()");
        ours.rbd.rename("renamed by us", "named");
        assertThat(ours.rbd("lock", "ls", ours.spec("named")).text()).isEmpty();
        assertThat(ours.rbd("status", ours.spec("named")).text()).contains("Watchers: none");
    }
}
