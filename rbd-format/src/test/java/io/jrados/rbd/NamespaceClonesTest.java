package io.jrados.rbd;

import static io.jrados.rbd.TwoClients.errno;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clones of format 1 inside a namespace, in the parent's pool and in another: who made them and who looks for them
 * differ.
 */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NamespaceClonesTest {
    private static final String NAMESPACE = "inside";

    private TestClient client;
    private Rbd here;
    private Rbd elsewhere;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(NamespaceClonesTest.class), TestClient.Mode.CRC);
        String other = cluster.pool(NamespaceClonesTest.class, "other");
        Rbd.on(client.pool).createNamespace(NAMESPACE);
        Rbd.on(client.rados.pool(other)).createNamespace(NAMESPACE);
        here = Rbd.on(client.pool.inNamespace(NAMESPACE));
        elsewhere = Rbd.on(client.rados.pool(other).inNamespace(NAMESPACE));
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private static String spec(Rbd rbd, String image) {
        return rbd.pool().name() + "/" + NAMESPACE + "/" + image;
    }

    private static ImageSpec named(Rbd rbd, String image) {
        return ImageSpec.of(rbd.pool().name(), image).inNamespace(NAMESPACE);
    }

    private byte[] makeAParent(String name) throws IOException {
        byte[] content = TestClient.bytes(name.hashCode(), 1 << 20);
        here.create(name, content.length, ImageOptions.LAYERING);
        try (Image parent = here.open(name)) {
            parent.write(0, ByteBuffer.wrap(content));
            parent.createSnapshot("s");
            parent.protectSnapshot("s");
        }
        return content;
    }

    private void cloneOfFormatOne(boolean natively, String parent, Rbd where, String child) throws IOException {
        if (natively) {
            client.rbd("clone", "--rbd-default-clone-format", "1", spec(here, parent) + "@s", spec(where, child));
        } else {
            ImageSpec snapshot = ImageSpec.of(here.pool().name(), parent)
                    .inNamespace(NAMESPACE)
                    .at("s");
            where.clone(snapshot, child, ImageOptions.LAYERING.withCloneFormat(1));
        }
    }

    @ParameterizedTest(name = "made natively: {0}")
    @ValueSource(booleans = {false, true})
    @Covers({"H52", "H55", "H56", "H58"})
    void keepTheProtectionOfTheirSnapshot(boolean natively) throws IOException {
        String name = "kept" + natively;
        byte[] content = makeAParent(name);
        for (Rbd where : new Rbd[] {here, elsewhere}) {
            cloneOfFormatOne(natively, name, where, name + " child");
            try (Image parent = here.open(name)) {
                assertThat(parent.children()).containsExactly(named(where, name + " child"));
                assertThat(parent.linkedChildren())
                        .extracting(LinkedImage::spec)
                        .containsExactly(named(where, name + " child"));
                assertThat(parent.descendants()).hasSize(1);
                assertThat(errno(() -> parent.unprotectSnapshot("s"))).isEqualTo(Errno.EBUSY);
                assertThat(parent.isSnapshotProtected("s")).isTrue();
            }
            assertThat(client.rbd("children", spec(here, name) + "@s").text()).contains(spec(where, name + " child"));
            assertThat(client.exported(spec(where, name + " child"))).isEqualTo(content);
            where.remove(name + " child", Progress.NONE);
            assertThat(client.rbd("children", spec(here, name) + "@s").text()).isEmpty();
        }
        try (Image parent = here.open(name)) {
            parent.unprotectSnapshot("s");
        }
        client.rbd("snap", "rm", "--no-progress", spec(here, name) + "@s");
    }

    @Test
    @Covers({"H58", "H56"})
    void areFlattenedBeforeTheirSnapshotIsRemovedByForce() throws IOException {
        byte[] content = makeAParent("forced");
        cloneOfFormatOne(true, "forced", here, "forced child");
        cloneOfFormatOne(false, "forced", elsewhere, "forced child");
        try (Image parent = here.open("forced")) {
            parent.forceRemoveSnapshot("s", Progress.NONE);
            assertThat(parent.snapshots()).isEmpty();
        }
        for (Rbd where : new Rbd[] {here, elsewhere}) {
            assertThat(client.exported(spec(where, "forced child"))).isEqualTo(content);
            assertThat(client.rbd("info", spec(where, "forced child")).text()).doesNotContain("parent");
        }
    }

    /** Shows that it is enough to look in namespaces of the parent's name: neither side makes others. */
    @Test
    @Covers("H55")
    void areNotMadeAcrossNamespaces() throws IOException {
        makeAParent("across");
        ImageSpec snapshot = ImageSpec.of(here.pool().name(), "across")
                .inNamespace(NAMESPACE)
                .at("s");
        assertThat(errno(() -> client.rbd.clone(snapshot, "child", ImageOptions.LAYERING.withCloneFormat(1))))
                .isEqualTo(Errno.EXDEV);
        assertThat(client.cluster
                        .exec(
                                "rbd",
                                "clone",
                                "--rbd-default-clone-format",
                                "1",
                                spec(here, "across") + "@s",
                                client.spec("child"))
                        .exit())
                .isEqualTo(Errno.EXDEV.number());
    }
}
