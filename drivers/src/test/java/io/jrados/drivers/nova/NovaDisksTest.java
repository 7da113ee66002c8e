package io.jrados.drivers.nova;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.export;
import static io.jrados.drivers.nova.NovaCluster.MIB;
import static io.jrados.drivers.nova.NovaCluster.QUICK;
import static io.jrados.drivers.nova.NovaCluster.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.CreatedDisk;
import io.jrados.drivers.nova.model.CreatedDisk.Origin;
import io.jrados.drivers.nova.model.DiskNames;
import io.jrados.drivers.nova.model.NovaOptions.Key;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.CephUser;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@CephTest
class NovaDisksTest extends NovaStage {
    @BeforeEach
    void connect(CephCluster cluster) throws IOException {
        connect(cluster, 2);
    }

    @Test
    @Covers("O90")
    void item090_aRawImageOfThisClusterIsCloned() throws IOException {
        byte[] bytes = data(90, 9 * MIB);
        BaseImage image = at.glance.inPool("golden", bytes);
        CreatedDisk made = create(image, 64L * MIB);
        assertThat(made).isEqualTo(new CreatedDisk(ROOT, Origin.CLONED, 64L * MIB));
        assertThat(at.disk(ROOT))
                .contains("\"size\":" + 64 * MIB, "\"pool\":\"" + at.images + "\"", "\"image\":\"golden\"")
                .contains("\"snapshot\":\"snap\"");
        assertThat(at.cluster.run("rbd", "children", at.images + "/golden@snap"))
                .isEqualTo(at.pool + "/" + ROOT);
        byte[] whole = export(at.cluster, at.pool + "/" + ROOT);
        assertThat(whole).isEqualTo(Arrays.copyOf(bytes, 64 * MIB));
        assertThat(create(image).origin()).isEqualTo(Origin.PRESENT);
        assertThat(create(image, 80L * MIB)).isEqualTo(new CreatedDisk(ROOT, Origin.PRESENT, 80L * MIB));
    }

    @Test
    @Covers("O91")
    void item091_aQcow2ImageIsImportedSparse() throws IOException {
        Path raw = Files.createTempFile(at.cluster.scratch(), "nova", ".raw");
        Path qcow2 = Path.of(raw + ".qcow2");
        byte[] bytes = new byte[48 * MIB];
        System.arraycopy(data(91, 3 * MIB), 0, bytes, 17 * MIB + 12345, 3 * MIB);
        Files.write(raw, bytes);
        at.cluster.run("qemu-img", "convert", "-c", "-O", "qcow2", raw.toString(), qcow2.toString());
        BaseImage image = at.glance.inFile("compressed", "qcow2", qcow2);
        assertThat(create(image, 50L * MIB).origin()).isEqualTo(Origin.IMPORTED);
        assertThat(at.disk(ROOT)).doesNotContain("\"parent\"").contains("\"size\":" + 50 * MIB);
        assertThat(export(at.cluster, at.pool + "/" + ROOT)).isEqualTo(Arrays.copyOf(bytes, 50 * MIB));
        assertThat(at.cluster.run("rados", "-p", at.pool, "ls").lines().filter(name -> name.startsWith("rbd_data.")))
                .as("objects of 4 MiB that 3 MiB of data reach into")
                .hasSizeLessThanOrEqualTo(2);
        Files.delete(raw);
        Files.delete(qcow2);
    }

    @Test
    @Covers("O91")
    void item091_anImageOfAnotherClusterIsImportedOrRefused() throws IOException {
        byte[] bytes = data(92, 5 * MIB + 77);
        BaseImage image = at.glance.elsewhere("far", bytes);
        NovaDisks never =
                new NovaDisks(at.rados, QUICK.withPool(at.pool).with(Key.NEVER_DOWNLOAD_IMAGE_IF_ON_RBD, "True"));
        assertFails(Kind.IMAGE_UNACCEPTABLE, () -> never.create(ROOT, image, at.glance, Progress.NONE));
        assertEmpty(at.cluster, at.pool);
        assertThat(create(image)).isEqualTo(new CreatedDisk(ROOT, Origin.IMPORTED, bytes.length));
        assertThat(at.disk(ROOT)).doesNotContain("\"parent\"");
        assertThat(export(at.cluster, at.pool + "/" + ROOT)).isEqualTo(bytes);
    }

    @Test
    void item091_anImageThatIsNotOfItsFormatIsRefused() throws IOException {
        byte[] disguised = data(93, MIB);
        System.arraycopy(new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3}, 0, disguised, 0, 8);
        assertFails(Kind.IMAGE_UNACCEPTABLE, () -> create(at.glance.elsewhere("disguised", disguised)));
        Path vmdk = Files.createTempFile(at.cluster.scratch(), "nova", ".vmdk");
        at.cluster.run("qemu-img", "create", "-q", "-f", "vmdk", vmdk.toString(), "1M");
        assertFails(Kind.IMAGE_UNACCEPTABLE, () -> create(at.glance.inFile("vm", "vmdk", vmdk)));
        Files.delete(vmdk);
        assertEmpty(at.cluster, at.pool);
    }

    @Test
    void item091_glanceIsAskedToCopyTheImageIntoItsStoreHere() throws IOException {
        byte[] bytes = data(94, MIB);
        BaseImage image = at.glance.elsewhere("far", bytes);
        NovaDisks copying = new NovaDisks(
                at.rados, QUICK.withPool(at.pool).with(Key.IMAGES_RBD_GLANCE_STORE_NAME, TestGlance.STORE));
        assertThat(copying.create(ROOT, image, at.glance, Progress.NONE).origin())
                .isEqualTo(Origin.CLONED);
        assertThat(at.glance.questions()).isEqualTo(2);
        NovaDisks hopeless = new NovaDisks(
                at.rados,
                QUICK.withPool(at.pool)
                        .with(Key.IMAGES_RBD_GLANCE_STORE_NAME, "none")
                        .with(Key.IMAGES_RBD_GLANCE_COPY_TIMEOUT, "0"));
        assertFails(
                Kind.IMAGE_UNACCEPTABLE,
                () -> hopeless.create(
                        DiskNames.of(INSTANCE, "disk.eph0"),
                        at.glance.elsewhere("further", bytes),
                        at.glance,
                        Progress.NONE));
    }

    @Test
    @Covers("O92")
    void item092_aFlavorSmallerThanTheImage() throws IOException {
        BaseImage image = at.glance.inPool("large", data(95, 5 * MIB));
        assertFails(Kind.FLAVOR_DISK_SMALLER_THAN_IMAGE, () -> create(image, 4L * MIB));
        assertFails(
                Kind.FLAVOR_DISK_SMALLER_THAN_IMAGE,
                () -> create(at.glance.elsewhere("far", new byte[5 * MIB]), 4L * MIB));
        create(image);
        assertFails(Kind.FLAVOR_DISK_SMALLER_THAN_IMAGE, () -> create(image, 4L * MIB));
        assertThat(at.disk(ROOT)).contains("\"size\":" + 5 * MIB);
        disks.delete(INSTANCE, Progress.NONE);
        assertEmpty(at.cluster, at.pool);
    }

    @Test
    @Covers("O93")
    void item093_theBaseImageTellsThePoolOfAFlattenedDisk() throws IOException {
        BaseImage image = at.glance.inPool("golden", data(99, MIB));
        create(image);
        disks.flatten(ROOT, Progress.NONE);
        assertFails(
                Kind.IMAGE_UNACCEPTABLE,
                () -> disks.snapshot(ROOT, "one", List.of("file:///x", "rbd://other/p/i/s"), Progress.NONE));
        assertThat(disks.snapshot(ROOT, "one", image.locations(), Progress.NONE))
                .endsWith("/one/snap");
        assertThat(export(at.cluster, at.images + "/one@snap")).isEqualTo(data(99, MIB));
    }

    @Test
    @Covers("O94")
    void item094_whoMayNotWriteToTheImagesIsForbidden() throws IOException {
        BaseImage image = at.glance.inPool("golden", data(100, MIB));
        create(image);
        String name = "client.nova-limited";
        at.cluster.run(
                "ceph",
                "auth",
                "get-or-create",
                name,
                "mon",
                "profile rbd",
                "osd",
                "profile rbd pool=" + at.pool + ", profile rbd-read-only pool=" + at.images);
        CephUser user = new CephUser(name, at.cluster.run("ceph", "auth", "get-key", name));
        try (Rados limited = Rados.connect(CephConf.builder()
                .file(at.cluster.conf())
                .name(user.name())
                .set("key", user.key())
                .set("rbd_default_clone_format", "2")
                .build())) {
            NovaDisks theirs = new NovaDisks(limited, QUICK.withPool(at.pool));
            assertFails(Kind.FORBIDDEN, () -> theirs.snapshot(ROOT, "one", image.locations(), Progress.NONE));
            assertThat(at.snapshots(at.pool + "/" + ROOT)).isEqualTo("[]");
            assertThat(at.list(at.images)).containsExactly("golden");
            String second = DiskNames.root(OTHER);
            assertThat(theirs.create(second, image, at.glance, Progress.NONE).origin())
                    .isEqualTo(Origin.CLONED);
            theirs.flatten(second, Progress.NONE);
            theirs.delete(OTHER, Progress.NONE);
        } finally {
            at.cluster.run("ceph", "auth", "rm", name);
        }
    }

    /** A second resize could only be reverted to what the disk was before the first. */
    @Test
    @Covers("O95")
    void item095_aResizeThatWasNotConfirmedIsNotForgotten() throws IOException {
        create(at.glance.inPool("golden", data(105, MIB)));
        disks.finishResize(ROOT, 2L * MIB, Progress.NONE);
        at.write(ROOT, 0, data(106, MIB));
        byte[] between = export(at.cluster, at.pool + "/" + ROOT);
        assertThatThrownBy(() -> disks.finishResize(ROOT, 3L * MIB, Progress.NONE))
                .isInstanceOf(AlreadyExistsException.class);
        disks.confirmResize(ROOT);
        disks.finishResize(ROOT, 3L * MIB, Progress.NONE);
        at.write(ROOT, 0, data(107, MIB));
        disks.revertResize(ROOT, Progress.NONE);
        assertThat(export(at.cluster, at.pool + "/" + ROOT)).isEqualTo(between);
    }

    @Test
    @Covers("O95")
    void item095_aResizeIsRevertedOrConfirmed() throws IOException {
        byte[] bytes = data(101, 6 * MIB);
        create(at.glance.inPool("golden", bytes), 8L * MIB);
        disks.finishResize(ROOT, 16L * MIB, Progress.NONE);
        disks.finishResize(ROOT, 16L * MIB, Progress.NONE);
        assertThat(at.snapshots(at.pool + "/" + ROOT))
                .contains("\"name\":\"nova-resize\"", "\"size\":" + 8 * MIB, "\"protected\":\"false\"");
        assertThat(at.disk(ROOT)).contains("\"size\":" + 16 * MIB);
        at.write(ROOT, 3 * MIB, data(102, 9 * MIB));
        disks.revertResize(ROOT, Progress.NONE);
        assertThat(export(at.cluster, at.pool + "/" + ROOT)).isEqualTo(Arrays.copyOf(bytes, 8 * MIB));
        assertThat(at.snapshots(at.pool + "/" + ROOT)).isEqualTo("[]");
        assertFails(Kind.SNAPSHOT_NOT_FOUND, () -> disks.revertResize(ROOT, Progress.NONE));

        disks.finishResize(ROOT, MIB, Progress.NONE);
        assertThat(at.disk(ROOT)).as("never smaller").contains("\"size\":" + 8 * MIB);
        disks.confirmResize(ROOT);
        disks.confirmResize(ROOT);
        disks.confirmResize(DiskNames.root(OTHER));
        assertThat(at.snapshots(at.pool + "/" + ROOT)).isEqualTo("[]");
        assertThatThrownBy(() -> disks.resize(ROOT, MIB, Progress.NONE))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.EINVAL));
        disks.resize(ROOT, 9L * MIB, Progress.NONE);
        assertThat(at.disk(ROOT)).contains("\"size\":" + 9 * MIB);
    }

    @Test
    @Covers("O96")
    void item096_aRescuedInstance() throws IOException {
        BaseImage image = at.glance.inPool("golden", data(103, MIB));
        create(image, 2L * MIB);
        at.write(ROOT, 0, data(104, MIB));
        byte[] before = export(at.cluster, at.pool + "/" + ROOT);
        CreatedDisk rescue = disks.rescue(INSTANCE, image, at.glance, Progress.NONE);
        assertThat(rescue.origin()).isEqualTo(Origin.CLONED);
        assertThat(rescue.size()).isEqualTo(MIB);
        String config = DiskNames.of(INSTANCE, DiskNames.CONFIG_RESCUE);
        disks.importConfigDrive(config, channel(data(105, 5000)), Progress.NONE);
        assertThat(at.list(at.pool)).containsExactly(ROOT, config, ROOT + ".rescue");
        disks.unrescue(INSTANCE);
        assertThat(at.list(at.pool)).containsExactly(ROOT);
        assertThat(export(at.cluster, at.pool + "/" + ROOT)).isEqualTo(before);
    }

    @Test
    @Covers("O97")
    void item097_aDiskInUseIsNamedAndTheOthersGo() throws IOException {
        BaseImage image = at.glance.inPool("golden", data(107, MIB));
        create(image);
        disks.create(DiskNames.of(INSTANCE, DiskNames.LOCAL), image, at.glance, Progress.NONE);
        try (Rados guest = Clusters.connect(at.cluster, "crc");
                Image running = Rbd.on(guest.pool(at.pool)).open(ROOT)) {
            assertThat(running.isReadOnly()).isFalse();
            assertThatThrownBy(() -> disks.delete(INSTANCE, Progress.NONE))
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining(ROOT)
                    .hasMessageContaining("2 attempts");
            assertThat(at.list(at.pool)).containsExactly(ROOT);
        }
        at.cluster.run("rbd", "snap", "create", "--no-progress", at.pool + "/" + ROOT + "@mine");
        assertThatThrownBy(() -> disks.delete(INSTANCE, Progress.NONE))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ENOTEMPTY));
        disks.removeSnapshot(ROOT, "mine", false);
        disks.removeSnapshot(ROOT, "mine", false);
    }

    @Test
    @Covers("O99")
    void item099_aConfigDriveStaysAndAFileIsReplaced() throws IOException {
        String config = DiskNames.of(INSTANCE, DiskNames.CONFIG);
        byte[] first = data(109, 64 * 1024 + 512);
        assertThat(disks.importConfigDrive(config, channel(first), Progress.NONE))
                .isTrue();
        assertThat(disks.importConfigDrive(config, channel(data(110, 1024)), Progress.NONE))
                .isFalse();
        assertThat(export(at.cluster, at.pool + "/" + config)).isEqualTo(first);
        disks.importFile(config, channel(data(111, 2048)), Progress.NONE);
        assertThat(export(at.cluster, at.pool + "/" + config)).isEqualTo(data(111, 2048));
    }
}
