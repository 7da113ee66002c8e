package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DataCalls;
import io.jrados.rbd.format.LegacyCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Calls that this client has no use for itself, on a cluster. */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LegacyCallsTest {
    private static final int MIB = 1 << 20;
    private static final ParentImageSpec NONE = new ParentImageSpec(-1, "", "", SnapContext.HEAD);

    private TestClient client;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(LegacyCallsTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private void write(String header, WriteCall call) throws IOException {
        ClassCalls.write(client.pool, header, call);
    }

    private LegacyCalls.Parent parent(String header, long snapId) throws IOException {
        return ClassCalls.read(client.pool, header, LegacyCalls.getParent(snapId));
    }

    private JsonNode info(String name) throws IOException {
        return Json.of(client, "info", client.spec(name));
    }

    @Test
    @Covers({"G66", "G67"})
    void snapshotsOfANativeImage() throws IOException {
        client.rbd("create", "--size", "8M", client.spec("snapped"));
        client.rbd("snap", "create", "--no-progress", client.spec("snapped") + "@one");
        String header = ObjectNames.header(info("snapped").get("id").asText());
        try (Image image = client.rbd.openReadOnly("snapped")) {
            long id = image.snapshots().get(0).id();
            assertThat(ClassCalls.read(client.pool, header, LegacyCalls.getSnapshotName(id)))
                    .isEqualTo("one");
            assertThat(ClassCalls.read(client.pool, header, LegacyCalls.getSnapshotTimestamp(id))
                            .toInstant())
                    .isEqualTo(image.snapshots().get(0).timestamp());
            assertThat(TwoClients.errno(
                            () -> ClassCalls.read(client.pool, header, LegacyCalls.getSnapshotName(id + 1))))
                    .isEqualTo(Errno.ENOENT);
            assertThat(TwoClients.errno(
                            () -> ClassCalls.read(client.pool, header, LegacyCalls.getSnapshotTimestamp(id + 1))))
                    .isEqualTo(Errno.ENOENT);
        }
    }

    @Test
    @Covers({"G77", "G78", "G79"})
    void parentsAreSeenAndSetAndTakenAwayAsTheNativeToolSees() throws IOException {
        client.rbd("create", "--size", "8M", client.spec("parent"));
        client.rbd("snap", "create", "--no-progress", client.spec("parent") + "@s");
        client.rbd("clone", "--rbd-default-clone-format", "2", client.spec("parent") + "@s", client.spec("child"));
        client.rbd("create", "--size", "4M", client.spec("adopted"));
        String child = ObjectNames.header(info("child").get("id").asText());
        String adopted = ObjectNames.header(info("adopted").get("id").asText());
        LegacyCalls.Parent parent = parent(child, SnapContext.HEAD);
        assertThat(parent.overlap()).isEqualTo(8 * MIB);
        assertThat(parent.spec().imageId()).isEqualTo(info("parent").get("id").asText());
        assertThat(parent.spec().pool()).isEqualTo(client.pool.id());
        assertThat(parent(adopted, SnapContext.HEAD).spec()).isEqualTo(NONE);

        write(adopted, LegacyCalls.setParent(parent));
        assertThat(info("adopted").at("/parent/image").asText()).isEqualTo("parent");
        assertThat(info("adopted").at("/parent/overlap").asLong())
                .as("no more than it has")
                .isEqualTo(4 * MIB);
        assertThat(parent(adopted, SnapContext.HEAD)).isEqualTo(new LegacyCalls.Parent(parent.spec(), 4 * MIB));
        assertThat(TwoClients.errno(() -> write(adopted, LegacyCalls.setParent(parent))))
                .isEqualTo(Errno.EEXIST);
        assertThat(TwoClients.errno(
                        () -> write(adopted, LegacyCalls.setParent(new LegacyCalls.Parent(parent.spec(), 0)))))
                .isEqualTo(Errno.EINVAL);
        write(adopted, LegacyCalls.removeParent());
        assertThat(info("adopted").has("parent")).isFalse();
        assertThat(TwoClients.errno(() -> write(adopted, LegacyCalls.removeParent())))
                .isEqualTo(Errno.ENOENT);
    }

    @Test
    @Covers({"G77", "G79"})
    void parentsInANamespaceAreOutOfTheirReach() throws IOException {
        client.rbd("namespace", "create", client.pool.name() + "/far");
        Pool far = client.pool.inNamespace("far");
        Rbd rbd = Rbd.on(far);
        rbd.create("parent", MIB, ImageOptions.LAYERING);
        try (Image image = rbd.open("parent")) {
            image.createSnapshot("s");
        }
        String id = client.rbd.clone(
                ImageSpec.of(client.pool.name(), "parent").inNamespace("far").at("s"),
                "of-far",
                ImageOptions.LAYERING.withCloneFormat(2));
        String header = ObjectNames.header(id);
        assertThat(TwoClients.errno(() -> parent(header, SnapContext.HEAD))).isEqualTo(Errno.EXDEV);
        assertThat(TwoClients.errno(() -> write(header, LegacyCalls.removeParent())))
                .isEqualTo(Errno.EXDEV);
        assertThatThrownBy(() ->
                        LegacyCalls.setParent(new LegacyCalls.Parent(new ParentImageSpec(1, "far", "id", 1), 4096)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Covers({"G112", "K3"})
    void aGuardByTheSnapshotsThatAnObjectHasSeen() throws IOException {
        assertThat(refused("absent", 1, true)).isNull();
        assertThat(refused("absent", 1, false)).isEqualTo(Errno.ERANGE);
        long first = client.pool.createSnapId();
        long second = client.pool.createSnapId();
        client.pool.operate(
                "seen",
                new WriteOperation().write(0, ByteBuffer.wrap(new byte[10])),
                new SnapContext(first, new long[] {first}));
        assertThat(refused("seen", first, true)).isEqualTo(Errno.ERANGE);
        assertThat(refused("seen", first, false)).isNull();
        assertThat(refused("seen", second, true)).isNull();
        assertThat(refused("seen", second, false)).isEqualTo(Errno.ERANGE);
    }

    private @Nullable Errno refused(String object, long sequence, boolean newer) throws IOException {
        WriteOperation operation = new WriteOperation();
        DataCalls.assertSnapcSeq(sequence, newer).addTo(operation);
        operation.setXattr("changed", new byte[] {1});
        try {
            client.pool.operate(object, operation);
            client.pool.operate(object, new WriteOperation().removeXattr("changed"));
            if (object.equals("absent")) {
                client.pool.operate(object, new WriteOperation().delete());
            }
            return null;
        } catch (RadosException failed) {
            return failed.errno();
        }
    }
}
