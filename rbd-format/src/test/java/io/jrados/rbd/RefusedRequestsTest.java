package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** EROFS for all that would change an image that is open read-only; ESTALE for who acts on what is no longer so. */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedRequestsTest {
    private static final int MIB = 1 << 20;

    private CephCluster cluster;
    private TestClient client;

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        cluster = shared;
        client = new TestClient(shared, shared.pool(RefusedRequestsTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    /** A request that may fail. */
    @FunctionalInterface
    private interface Request {
        void make(Image image) throws RadosException;
    }

    private static Map<String, Request> changes() {
        Map<String, Request> changes = new LinkedHashMap<>();
        ByteBuffer block = ByteBuffer.allocate(512);
        changes.put("write", image -> image.write(0, block));
        changes.put("write buffers", image -> image.write(0, List.of(block)));
        changes.put("discard", image -> image.discard(0, MIB));
        changes.put("write zeroes", image -> image.writeZeroes(0, MIB, false));
        changes.put("write same", image -> image.writeSame(0, MIB, block));
        changes.put("compare and write", image -> image.compareAndWrite(0, block, block));
        changes.put("resize", image -> image.resize(MIB, Progress.NONE));
        changes.put("snapshot", image -> image.createSnapshot("another"));
        changes.put("remove a snapshot", image -> image.removeSnapshot("s"));
        changes.put("rename a snapshot", image -> image.renameSnapshot("s", "t"));
        changes.put("protect", image -> image.protectSnapshot("s"));
        changes.put("unprotect", image -> image.unprotectSnapshot("s"));
        changes.put("roll back", image -> image.rollBack("s", Progress.NONE));
        changes.put("limit", image -> image.setSnapshotLimit(OptionalLong.of(9)));
        changes.put("flatten", image -> image.flatten(Progress.NONE));
        changes.put("features", image -> image.updateFeatures(Features.OBJECT_MAP, false));
        changes.put("rebuild", image -> image.rebuildObjectMap(Progress.NONE));
        changes.put("set a key", image -> image.setMetadata("key", new byte[1]));
        changes.put("remove a key", image -> image.removeMetadata("key"));
        changes.put("set an option", image -> image.setConfig("rbd_cache", "false"));
        changes.put("remove an option", image -> image.removeConfig("rbd_cache"));
        changes.put("lock", image -> image.lock().acquire());
        return changes;
    }

    @Test
    @Covers({"E85", "H06"})
    void nothingChangesAnImageThatIsOpenReadOnly() throws IOException {
        client.imported(TestClient.bytes(1, 8 * MIB), client.spec("read"));
        client.rbd("snap", "create", "--no-progress", client.spec("read") + "@s");
        byte[] before = client.exported(client.spec("read"));
        try (Image head = client.rbd.openReadOnly("read");
                Image snapshot = client.rbd.openSnapshot("read", "s")) {
            for (Map.Entry<String, Request> change : changes().entrySet()) {
                for (Image image : List.of(head, snapshot)) {
                    assertThat(TwoClients.errno(() -> change.getValue().make(image)))
                            .as("%s of %s", change.getKey(), image)
                            .isEqualTo(Errno.EROFS);
                }
            }
        }
        assertThat(client.exported(client.spec("read"))).isEqualTo(before);
        assertThat(Json.of(client, "snap", "ls", client.spec("read"))).hasSize(1);
        try (NativeClient theirs = new NativeClient(cluster, client.pool.name())) {
            theirs.run("image = rbd.Image(ioctx, 'read', read_only=True)");
            assertThat(theirs.attempt(NativeClient.writing(0, 1, 512)))
                    .as("librbd says the same")
                    .startsWith("error " + Errno.EROFS.number() + " ");
            assertThat(theirs.attempt("image.create_snap('another')"))
                    .startsWith("error " + Errno.EROFS.number() + " ");
        }
    }

    private Errno refused(String object, WriteCall call) {
        return TwoClients.errno(() -> ClassCalls.write(client.pool, object, call));
    }

    @Test
    @Covers("E83")
    void whoActsOnWhatIsNoLongerSoIsToldThatItIsStale() throws IOException {
        String id = client.rbd.create("stale", 16 * MIB, ImageOptions.DEFAULT);
        String another = client.rbd.create("another", MIB, ImageOptions.LAYERING);
        long early = client.pool.createSnapId();
        try (Image image = client.rbd.open("stale")) {
            image.write(12 * MIB, ByteBuffer.wrap(TestClient.bytes(2, 512)));
            image.createSnapshot("s");
        }
        assertThat(refused(ObjectNames.header(id), SnapshotCalls.add("late", early, SnapshotNamespace.USER)))
                .as("an id that a newer snapshot has overtaken")
                .isEqualTo(Errno.ESTALE);
        assertThat(refused(ObjectNames.DIRECTORY, DirectoryCalls.dirRenameImage("stale", "other", another)))
                .as("a name that is another image's by now")
                .isEqualTo(Errno.ESTALE);
        assertThat(refused(ObjectNames.objectMap(id), ObjectMapCalls.resize(1, ObjectState.NONEXISTENT)))
                .as("a map cut off where an object has come into being")
                .isEqualTo(Errno.ESTALE);
        client.rbd("object-map", "check", "--no-progress", client.spec("stale"));
        assertThat(client.rbd.list()).contains("stale");
        try (Image image = client.rbd.open("stale")) {
            image.createSnapshot("a new id each time");
            image.resize(4 * MIB, Progress.NONE);
        }
        client.rbd.rename("stale", "other");
        client.rbd("object-map", "check", "--no-progress", client.spec("other"));
    }
}
