package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.TrashEntry;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Features, trash, namespaces, metadata and options by way of the public API, seen natively and the other way round.
 */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageControlTest {
    private static final int MIB = 1 << 20;

    /** No object map: one test looks for those of its pool. */
    private static final ImageOptions LOCKED =
            ImageOptions.LAYERING.withFeatures(Features.LAYERING | Features.EXCLUSIVE_LOCK);

    private TestClient client;
    private TestClient others;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(ImageControlTest.class), TestClient.Mode.CRC);
        others = new TestClient(cluster, cluster.pool(ImageControlTest.class, "empty"), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
        others.close();
    }

    private JsonNode json(String... words) throws IOException {
        return Json.of(client, words);
    }

    private List<String> features(String name) throws IOException {
        List<String> names = new ArrayList<>();
        json("info", client.spec(name)).get("features").forEach(feature -> names.add(feature.asText()));
        return names;
    }

    @Test
    @Covers({"H12", "G48", "G62", "G25", "G36", "G44"})
    void featuresAreSwitchedOnALiveImage() throws IOException {
        client.rbd.create("switched", 9 * MIB, ImageOptions.LAYERING.withFeatures("layering,deep-flatten"));
        byte[] content = TestClient.bytes(1, 5 * MIB);
        try (Image image = client.rbd.open("switched")) {
            image.write(0, ByteBuffer.wrap(content));
            image.createSnapshot("s");
            assertThat(errno(() -> image.updateFeatures(Features.OBJECT_MAP, true)))
                    .isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> image.updateFeatures(Features.LAYERING, false)))
                    .isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> image.updateFeatures(Features.DEEP_FLATTEN, true)))
                    .isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> image.updateFeatures(Features.EXCLUSIVE_LOCK, false)))
                    .isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> image.updateFeatures(0, true))).isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> image.updateFeatures(Features.JOURNALING, true)))
                    .isEqualTo(Errno.ENOSYS);
            assertThat(errno(() -> image.updateFeatures(Features.DIRTY_CACHE, true)))
                    .isEqualTo(Errno.EINVAL);

            image.updateFeatures(Features.DEEP_FLATTEN, false);
            assertThat(features("switched")).containsExactly("layering");
            image.updateFeatures(Features.EXCLUSIVE_LOCK | Features.OBJECT_MAP, true);
            assertThat(features("switched"))
                    .containsExactlyInAnyOrder("layering", "exclusive-lock", "object-map", "fast-diff");
            assertThat(json("info", client.spec("switched")).get("flags").toString())
                    .contains("object map invalid", "fast diff invalid");
            assertThat(image.info().flags()).isEqualTo(3);
        }
        client.rbd("object-map", "rebuild", "--no-progress", client.spec("switched"));
        client.rbd("object-map", "rebuild", "--no-progress", client.spec("switched") + "@s");
        client.rbd("object-map", "check", "--no-progress", client.spec("switched"));
        client.rbd("object-map", "check", "--no-progress", client.spec("switched") + "@s");
        assertThat(json("info", client.spec("switched")).get("flags")).isEmpty();
        try (Image image = client.rbd.open("switched")) {
            assertThat(image.info().flags()).isZero();
            image.write(0, ByteBuffer.wrap(content, 0, 100));
            image.write(6 * MIB, ByteBuffer.wrap(content, 0, 100));
            assertThat(errno(() -> image.updateFeatures(Features.EXCLUSIVE_LOCK, false)))
                    .isEqualTo(Errno.EINVAL);
            client.rbd("feature", "disable", client.spec("switched"), "object-map", "exclusive-lock");
            image.write(0, ByteBuffer.wrap(content, 0, 100));
            assertThat(image.info().features()).isEqualTo(Features.LAYERING);
            client.rbd("feature", "enable", client.spec("switched"), "exclusive-lock");
            image.write(0, ByteBuffer.wrap(content, 0, 200));
            assertThat(image.info().features()).isEqualTo(Features.LAYERING | Features.EXCLUSIVE_LOCK);
            image.updateFeatures(Features.OBJECT_MAP, true);
            image.write(8 * MIB, ByteBuffer.wrap(content, 0, 100));
            image.updateFeatures(Features.OBJECT_MAP | Features.EXCLUSIVE_LOCK, false);
            image.write(0, ByteBuffer.wrap(content, 0, 300));
            assertThat(features("switched")).containsExactly("layering");
            client.rbd("feature", "enable", client.spec("switched"), "exclusive-lock");
        }
        client.rbd("feature", "disable", client.spec("switched"), "exclusive-lock");
        assertThat(features("switched")).containsExactly("layering");
        assertThat(client.exported(client.spec("switched"))).startsWith(content);
        assertThat(client.pool.objects()).noneMatch(name -> name.startsWith("rbd_object_map"));
        client.rbd("snap", "rm", "--no-progress", client.spec("switched") + "@s");
        client.rbd("rm", "--no-progress", client.spec("switched"));
    }

    /** Without fast-diff a map knows no clean objects, so that one of an image with a snapshot would be wrong. */
    @ParameterizedTest(name = "fast-diff is switched off and on natively: {0}")
    @ValueSource(booleans = {false, true})
    @Covers({"H12", "G48", "H20"})
    void fastDiffTakesTheObjectMapWithIt(boolean natively) throws IOException {
        String name = "together" + natively;
        client.rbd.create(name, 9 * MIB, ImageOptions.DEFAULT);
        try (Image image = client.rbd.open(name)) {
            image.write(0, ByteBuffer.wrap(TestClient.bytes(1, 9 * MIB)));
            image.createSnapshot("s");
            switchFastDiff(natively, image, false);
            assertThat(features(name)).containsExactlyInAnyOrder("layering", "exclusive-lock", "deep-flatten");
            assertThat(client.pool.objects()).noneMatch(object -> object.contains("object_map." + image.id()));
            image.write(0, ByteBuffer.wrap(TestClient.bytes(2, 100)));
            switchFastDiff(natively, image, true);
            assertThat(image.info().features()).isEqualTo(Features.DEFAULT);
            assertThat(image.info().flags()).isEqualTo(3);
            image.rebuildObjectMap(Progress.NONE);
        }
        for (String spec : new String[] {name, name + "@s"}) {
            client.rbd("object-map", "check", "--no-progress", client.spec(spec));
            assertThat(json("info", client.spec(spec)).get("flags")).as(spec).isEmpty();
        }
        client.rbd("snap", "rm", "--no-progress", client.spec(name) + "@s");
        client.rbd("rm", "--no-progress", client.spec(name));
    }

    private void switchFastDiff(boolean natively, Image image, boolean on) throws IOException {
        if (natively) {
            client.rbd("feature", on ? "enable" : "disable", client.spec(image.name()), "fast-diff");
            image.refresh();
        } else {
            image.updateFeatures(Features.FAST_DIFF, on);
        }
    }

    @Test
    @Covers({"H10", "G56", "G57", "G58", "H06", "G93"})
    void gettersSayWhatTheNativeToolSays() throws IOException {
        client.rbd("create", client.spec("told"), "--size", "9M", "--image-feature", "layering");
        JsonNode info = json("info", client.spec("told"));
        String id = info.get("id").asText();
        try (Image image = client.rbd.openReadOnly("told");
                Image byId = client.rbd.openByIdReadOnly(id)) {
            assertThat(byId.name()).isEqualTo("told");
            assertThat(byId.isReadOnly()).isTrue();
            assertThat(image.info().dataPrefix())
                    .isEqualTo(info.get("block_name_prefix").asText());
            assertThat(image.info().order()).isEqualTo(info.get("order").asInt());
            assertThat(image.info().objectCount()).isEqualTo(info.get("objects").asLong());
            assertThat(image.times().created()).isEqualTo(image.times().modified());
            String created = client.cluster.run(
                    "/usr/bin/python3",
                    "-c",
                    "import rados, rbd, sys, os\n"
                            + "with rados.Rados(conffile=os.environ['CEPH_CONF']) as c:\n"
                            + "  with c.open_ioctx(sys.argv[1]) as i:\n"
                            + "    with rbd.Image(i, 'told', read_only=True) as m:\n"
                            + "      print(int(m.create_timestamp().replace(tzinfo=__import__('datetime').timezone.utc)"
                            + ".timestamp()), m.op_features(), m.overlap(), m.stripe_unit())",
                    client.pool.name());
            assertThat(created)
                    .isEqualTo(image.times().created().getEpochSecond() + " " + image.opFeatures() + " "
                            + image.info().overlap() + " " + image.info().stripeUnit());
            assertThat(image.group()).isEmpty();
            assertThat(image.parent()).isEmpty();
        }
    }

    @Test
    @Covers({"H103", "G08", "G133", "G134", "G135", "G136", "G137", "H121"})
    void theTrashIsSharedWithTheNativeTool() throws IOException {
        byte[] content = TestClient.bytes(2, MIB);
        client.imported(content, client.spec("thrown"), "--image-feature", "layering");
        client.rbd.create("other", MIB, ImageOptions.LAYERING);
        client.rbd.moveToTrash("thrown", Duration.ofHours(1));
        client.rbd("trash", "mv", client.spec("other"));
        JsonNode listed = json("trash", "ls", client.pool.name());
        List<TrashEntry> trash = client.rbd.trash();
        assertThat(trash).extracting(TrashEntry::name).containsExactlyInAnyOrder("thrown", "other");
        assertThat(trash).extracting(TrashEntry::source).containsOnly(TrashEntry.Source.USER);
        assertThat(listed.findValuesAsText("id"))
                .containsExactlyInAnyOrderElementsOf(
                        trash.stream().map(TrashEntry::id).toList());
        TrashEntry thrown = trash.stream()
                .filter(entry -> entry.name().equals("thrown"))
                .findFirst()
                .orElseThrow();
        assertThat(Duration.between(thrown.deleted(), thrown.defermentEnd())).isEqualTo(Duration.ofHours(1));
        assertThat(client.rbd.trashEntry(thrown.id())).isEqualTo(thrown);
        assertThat(errno(() -> client.rbd.trashEntry("none"))).isEqualTo(Errno.ENOENT);
        try (Image image = client.rbd.openByIdReadOnly(thrown.id())) {
            assertThat(image.name()).isEqualTo("thrown");
            assertThat(TestClient.read(image)).isEqualTo(content);
        }

        assertThat(errno(() -> client.rbd.removeFromTrash(thrown.id(), false, Progress.NONE)))
                .isEqualTo(Errno.EPERM);
        client.rbd.create("thrown", MIB, ImageOptions.LAYERING);
        assertThat(errno(() -> client.rbd.restoreFromTrash(thrown.id()))).isEqualTo(Errno.EEXIST);
        client.rbd.restoreFromTrash(thrown.id(), "again");
        assertThat(client.exported(client.spec("again"))).isEqualTo(content);
        assertThat(errno(() -> client.rbd.restoreFromTrash(thrown.id()))).isEqualTo(Errno.ENOENT);

        client.rbd.moveToTrash("again", Duration.ofHours(1));
        client.rbd("trash", "restore", client.pool.name() + "/" + thrown.id());
        client.rbd.remove("again", Progress.NONE);
        client.rbd.moveToTrash("thrown", Duration.ofHours(1));
        client.rbd.purgeTrash(Instant.now().plusSeconds(5), Progress.NONE);
        assertThat(client.rbd.trash()).extracting(TrashEntry::name).containsExactly("thrown");
        client.rbd.removeFromTrash(client.rbd.trash().get(0).id(), true, Progress.NONE);
        assertThat(json("trash", "ls", client.pool.name())).isEmpty();
        assertThat(errno(() -> client.rbd.removeFromTrash("none", true, Progress.NONE)))
                .isEqualTo(Errno.ENOENT);
    }

    @Test
    @Covers({"H103", "H121", "H58"})
    void aPurgeDeletesClonesBeforeTheirParents() throws IOException {
        others.rbd.create("0", MIB, ImageOptions.LAYERING);
        for (int depth = 0; depth < 3; depth++) {
            try (Image image = others.rbd.open(Integer.toString(depth))) {
                image.createSnapshot("s");
                others.rbd.clone(
                        ImageSpec.of(others.pool.name(), Integer.toString(depth))
                                .at("s"),
                        Integer.toString(depth + 1),
                        ImageOptions.LAYERING.withCloneFormat(2));
                image.removeSnapshot("s");
            }
        }
        for (int depth = 0; depth <= 3; depth++) {
            others.rbd.moveToTrash(Integer.toString(depth), Duration.ZERO);
        }
        long[] told = new long[2];
        others.rbd.purgeTrash(Instant.now().plusSeconds(5), (done, total) -> {
            assertThat(done).isGreaterThan(told[0]);
            told[0] = done;
            told[1] = total;
        });
        assertThat(told).containsExactly(4, 4);
        assertThat(others.rbd.trash()).isEmpty();

        others.rbd.create("held", MIB, ImageOptions.LAYERING);
        try (Image image = others.rbd.open("held")) {
            image.createSnapshot("s");
        }
        others.rbd.create("free", MIB, ImageOptions.LAYERING);
        others.rbd.moveToTrash("held", Duration.ZERO);
        others.rbd.moveToTrash("free", Duration.ZERO);
        assertThat(errno(() -> others.rbd.purgeTrash(Instant.now().plusSeconds(5), Progress.NONE)))
                .isEqualTo(Errno.ENOTEMPTY);
        assertThat(others.rbd.trash()).extracting(TrashEntry::name).containsExactly("held");
        others.rbd.restoreFromTrash(others.rbd.trash().get(0).id());
        others.rbd("snap", "purge", "--no-progress", others.spec("held"));
        others.rbd.remove("held", Progress.NONE);
    }

    @Test
    @Covers({"H104", "G12", "G98", "G99", "G138", "G139", "G140"})
    void namespacesAreMadeAndRemovedBothWays() throws IOException {
        String pool = client.pool.name();
        client.rbd.createNamespace("ours");
        client.rbd("namespace", "create", pool + "/theirs");
        assertThat(client.rbd.namespaces()).containsExactly("ours", "theirs");
        assertThat(json("namespace", "ls", pool).findValuesAsText("name")).containsExactly("ours", "theirs");
        assertThat(client.rbd.namespaceExists("theirs")).isTrue();
        assertThat(client.rbd.namespaceExists("none")).isFalse();
        assertThat(errno(() -> client.rbd.createNamespace("theirs"))).isEqualTo(Errno.EEXIST);
        assertThat(errno(() -> client.rbd.createNamespace(""))).isEqualTo(Errno.EINVAL);
        assertThat(errno(() -> client.rbd.removeNamespace("none"))).isEqualTo(Errno.ENOENT);

        client.rbd("create", pool + "/ours/image", "--size", "1M", "--image-feature", "layering");
        Rbd inside = Rbd.on(client.pool.inNamespace("ours"));
        assertThat(inside.list()).containsExactly("image");
        assertThat(errno(() -> client.rbd.removeNamespace("ours"))).isEqualTo(Errno.EBUSY);
        inside.moveToTrash("image", Duration.ZERO);
        assertThat(errno(() -> client.rbd.removeNamespace("ours"))).isEqualTo(Errno.EBUSY);
        assertThat(client.rbd.namespaceExists("ours")).isTrue();
        inside.create("another", MIB, ImageOptions.LAYERING);
        inside.remove("another", Progress.NONE);
        inside.purgeTrash(Instant.now().plusSeconds(5), Progress.NONE);
        client.rbd("group", "create", pool + "/ours/g");
        assertThat(errno(() -> client.rbd.removeNamespace("ours"))).isEqualTo(Errno.EBUSY);
        client.rbd("group", "rm", pool + "/ours/g");

        client.rbd.removeNamespace("ours");
        client.rbd.removeNamespace("theirs");
        assertThat(client.rbd("namespace", "ls", pool).text()).isEmpty();
        assertThat(client.pool.inNamespace("ours").objects()).isEmpty();
        assertThat(client.pool.inNamespace("theirs").objects()).isEmpty();
        assertThat(errno(() -> inside.create("late", MIB, ImageOptions.LAYERING)))
                .isEqualTo(Errno.ENOENT);
    }

    @Test
    @Covers({"H105", "H106", "G29", "G106", "G107", "G108", "G109", "G14"})
    void metadataIsSharedWithTheNativeTool() throws IOException {
        client.rbd.create("described", MIB, ImageOptions.LAYERING);
        String spec = client.spec("described");
        try (Image image = client.rbd.open("described")) {
            for (int i = 0; i < 150; i++) {
                image.setMetadata("key" + i, bytes("value " + i));
            }
            JsonNode listed = json("image-meta", "ls", spec);
            assertThat(listed).hasSize(150);
            assertThat(listed.get("key77").asText()).isEqualTo("value 77");
            client.rbd("image-meta", "set", spec, "theirs", "x");
            assertThat(image.metadata()).hasSize(151).containsEntry("theirs", bytes("x"));
            client.rbd("image-meta", "remove", spec, "theirs");
            image.removeMetadata("key77");
            assertThat(image.metadata()).hasSize(149);
            assertThat(errno(() -> image.removeMetadata("key77"))).isEqualTo(Errno.ENOENT);
            assertThat(image.metadata("key76")).isEqualTo(bytes("value 76"));
            assertThat(errno(() -> image.metadata("key77"))).isEqualTo(Errno.ENOENT);
        }
        client.rbd.setMetadata("pool key", bytes("pool value"));
        String python = "import rados, rbd, sys, os\n"
                + "with rados.Rados(conffile=os.environ['CEPH_CONF']) as c:\n"
                + "  with c.open_ioctx(sys.argv[1]) as i:\n"
                + "    r = rbd.RBD()\n"
                + "    print(r.pool_metadata_get(i, 'pool key'))\n"
                + "    r.pool_metadata_remove(i, 'pool key')\n"
                + "    r.pool_metadata_set(i, 'theirs', 'y')";
        assertThat(client.cluster.run("/usr/bin/python3", "-c", python, client.pool.name()))
                .isEqualTo("pool value");
        assertThat(client.rbd.metadata()).containsEntry("theirs", bytes("y")).doesNotContainKey("pool key");
        assertThat(client.rbd.metadata("theirs")).isEqualTo(bytes("y"));
        client.rbd.removeMetadata("theirs");
        assertThat(errno(() -> client.rbd.removeMetadata("theirs"))).isEqualTo(Errno.ENOENT);
        assertThat(errno(() -> client.rbd.metadata("theirs"))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void oneOptionIsReadFromWhereItIsSet() throws IOException {
        client.rbd.create("optioned", MIB, ImageOptions.LAYERING);
        String option = "rbd_qos_iops_limit";
        try (Image image = client.rbd.open("optioned")) {
            assertThat(image.config(option)).isEqualTo(new ConfigOption(option, "0", ConfigOption.Source.CONFIG));
            client.rbd("config", "pool", "set", client.pool.name(), option, "900");
            assertThat(client.rbd.config(option))
                    .isEqualTo(new ConfigOption(option, "900", ConfigOption.Source.POOL))
                    .isEqualTo(image.config(option));
            client.rbd("config", "image", "set", client.spec("optioned"), option, "800");
            assertThat(image.config(option)).isEqualTo(new ConfigOption(option, "800", ConfigOption.Source.IMAGE));
            assertThat(image.config()).contains(image.config(option));
            client.rbd.removeConfig(option);
            assertThat(errno(() -> image.config("rbd_default_order"))).isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> client.rbd.config("rbd_no_such"))).isEqualTo(Errno.EINVAL);
        }
    }

    @Test
    void aResizeThatMustNotShrinkRefusesTo() throws IOException {
        client.rbd.create("grown", 2 * MIB, LOCKED);
        try (Image image = client.rbd.open("grown");
                Image other = client.rbd.open("grown")) {
            image.resize(4 * MIB, false, Progress.NONE);
            assertThat(errno(() -> image.resize(3 * MIB, false, Progress.NONE))).isEqualTo(Errno.EINVAL);
            image.lock().acquireTransient();
            assertThat(errno(() -> other.resize(3 * MIB, false, Progress.NONE))).isEqualTo(Errno.EINVAL);
            assertThat(json("info", client.spec("grown")).get("size").asLong()).isEqualTo(4 * MIB);
            other.resize(3 * MIB, true, Progress.NONE);
            assertThat(json("info", client.spec("grown")).get("size").asLong()).isEqualTo(3 * MIB);
        }
    }

    @Test
    void anOptionThatIsChangedHoldsForImagesThatComeAfter() throws IOException {
        try (TestClient own = new TestClient(client.cluster, client.pool.name(), TestClient.Mode.CRC)) {
            own.rados.setOption("rbd default order", "20");
            own.rbd.create("small-objects", MIB, ImageOptions.DEFAULT.withFeatures(Features.LAYERING));
            assertThat(json("info", client.spec("small-objects")).get("order").asInt())
                    .isEqualTo(20);
            assertThat(own.rbd.config("rbd_default_order").value()).isEqualTo("20");
            own.rados.setOption("rados_osd_op_timeout", "77");
            assertThat(own.rados.pool(client.pool.name()).deadline()).isEqualTo(Duration.ofSeconds(77));
            assertThat(errno(() -> own.rados.setOption("ms_client_mode", "secure")))
                    .isEqualTo(Errno.ENOSYS);
            assertThat(errno(() -> own.rados.setOption("rbd_default_order", "twenty")))
                    .isEqualTo(Errno.EINVAL);
            assertThat(own.rados.conf().integer("rbd_default_order")).isEqualTo(20);
        }
    }

    /** librbd, as the owner of the lock, is asked in its own words. */
    @Test
    void aNativeOwnerRefusesToShrinkForWhoMustNot() throws IOException {
        client.rbd.create("theirs-to-grow", 2 * MIB, LOCKED);
        try (NativeClient theirs = new NativeClient(client.cluster, client.pool.name());
                Image image = client.rbd.open("theirs-to-grow")) {
            theirs.run("i = rbd.Image(ioctx, 'theirs-to-grow')");
            theirs.run("i.lock_acquire(rbd.RBD_LOCK_MODE_EXCLUSIVE)");
            assertThat(errno(() -> image.resize(MIB, false, Progress.NONE))).isEqualTo(Errno.EINVAL);
            image.resize(3 * MIB, false, Progress.NONE);
            assertThat(theirs.run("i.size()")).isEqualTo(Long.toString(3 * MIB));
        }
    }

    @Test
    void idsAreListedByNames() throws IOException {
        String id = client.rbd.create("identified", MIB, ImageOptions.LAYERING);
        assertThat(client.rbd.ids()).containsEntry("identified", id);
        assertThat(json("info", client.spec("identified")).get("id").asText()).isEqualTo(id);
        client.rbd.rename("identified", "renamed");
        assertThat(client.rbd.ids()).containsEntry("renamed", id).doesNotContainKey("identified");
    }

    @Test
    void theParentsIdStaysWhenItIsRenamed() throws IOException {
        String id = client.rbd.create("root", MIB, ImageOptions.LAYERING);
        try (Image root = client.rbd.open("root")) {
            root.createSnapshot("s");
        }
        client.rbd.clone(client.snapshot("root", "s"), "leaf", ImageOptions.LAYERING.withCloneFormat(2));
        client.rbd.rename("root", "stem");
        try (Image leaf = client.rbd.open("leaf")) {
            assertThat(leaf.info().parentId()).contains(id);
            assertThat(leaf.info().parent()).contains(client.snapshot("stem", "s"));
            JsonNode parent = json("info", client.spec("leaf")).get("parent");
            assertThat(parent.get("id").asText()).isEqualTo(id);
            leaf.flatten(Progress.NONE);
            assertThat(leaf.info().parentId()).isEmpty();
        }
    }

    @Test
    void aProtectedSnapshotIsRemovedInOneCallAndItsClonesStay() throws IOException {
        client.rbd.create("guarded", MIB, ImageOptions.LAYERING);
        try (Image image = client.rbd.open("guarded")) {
            for (String name : new String[] {"free", "cloned", "plain"}) {
                image.createSnapshot(name);
            }
            image.protectSnapshot("free");
            image.protectSnapshot("cloned");
            client.rbd.clone(client.snapshot("guarded", "cloned"), "old", ImageOptions.LAYERING.withCloneFormat(1));
            image.unprotectAndRemoveSnapshot("free");
            image.unprotectAndRemoveSnapshot("plain");
            assertThat(errno(() -> image.unprotectAndRemoveSnapshot("free"))).isEqualTo(Errno.ENOENT);
            assertThat(errno(() -> image.unprotectAndRemoveSnapshot("cloned"))).isEqualTo(Errno.EBUSY);
            JsonNode left = json("snap", "ls", client.spec("guarded"));
            assertThat(left).hasSize(1);
            assertThat(left.get(0).get("name").asText()).isEqualTo("cloned");
            assertThat(left.get(0).get("protected").asText()).isEqualTo("true");
            assertThat(json("info", client.spec("old")).has("parent")).isTrue();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Covers({"H106", "H126", "H105", "C22"})
    void anImagesOptionsAreStrongerThanItsPools() throws IOException {
        String pool = others.pool.name();
        String option = "rbd_discard_granularity_bytes";
        others.rbd.create("configured", MIB, ImageOptions.LAYERING);
        try (Image image = others.rbd.open("configured")) {
            assertThat(value(image.config(), option)).isEqualTo(ConfigOption.Source.CONFIG);
            others.rbd("config", "pool", "set", pool, option, "8192");
            assertThat(value(others.rbd.config(), option)).isEqualTo(ConfigOption.Source.POOL);
            assertThat(value(image.config(), option)).isEqualTo(ConfigOption.Source.POOL);
            image.setConfig(option, "16384");
            assertThat(others.rbd("config", "image", "get", others.spec("configured"), option)
                            .text())
                    .isEqualTo("16384");
            assertThat(image.config())
                    .contains(new ConfigOption(option, "16384", ConfigOption.Source.IMAGE))
                    .noneMatch(known -> known.name().equals("rbd_default_order"));

            JsonNode natively = Json.of(others, "config", "image", "list", others.spec("configured"));
            for (ConfigOption known : image.config()) {
                if (known.name().equals("rbd_qos_exclude_ops")) {
                    continue; // newer than the oldest release whose tool is asked here
                }
                assertThat(natively)
                        .as("%s", known)
                        .filteredOn(other -> other.get("name").asText().equals(known.name()))
                        .extracting(other -> other.get("source").asText())
                        .containsExactly(known.source() == ConfigOption.Source.CONFIG ? "config" : "image");
            }
            assertThat(errno(() -> image.setConfig("rbd_default_order", "22"))).isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> image.setConfig("fsid", "22"))).isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> image.setConfig(option, "much"))).isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> others.rbd.setConfig("rbd_validate_pool", "false")))
                    .isEqualTo(Errno.EINVAL);
            image.removeConfig(option);
            others.rbd.removeConfig(option);
            assertThat(value(image.config(), option)).isEqualTo(ConfigOption.Source.CONFIG);
            assertThat(errno(() -> image.removeConfig(option))).isEqualTo(Errno.ENOENT);
        }
        others.rbd.setConfig("rbd_default_order", "20");
        others.rbd.setConfig("rbd_default_features", "layering");
        others.rbd.create("ordered", MIB, ImageOptions.DEFAULT);
        others.rbd("create", others.spec("natively ordered"), "--size", "1M");
        for (String name : List.of("ordered", "natively ordered")) {
            JsonNode info = Json.of(others, "info", others.spec(name));
            assertThat(info.get("order").asInt()).isEqualTo(20);
            assertThat(info.get("features").toString()).isEqualTo("[\"layering\"]");
        }
        others.rbd.removeConfig("rbd_default_order");
        others.rbd.removeConfig("rbd_default_features");
        for (String name : others.rbd.list()) {
            others.rbd.remove(name, Progress.NONE);
        }
    }

    private static ConfigOption.Source value(List<ConfigOption> options, String name) {
        return options.stream()
                .filter(option -> option.name().equals(name))
                .findFirst()
                .orElseThrow()
                .source();
    }

    @Test
    @Covers({"H107", "C31", "H05", "G14"})
    void aPoolIsInitializedAsTheNativeToolDoes() throws IOException {
        String bare = "bare-" + others.pool.name();
        client.cluster.run("ceph", "osd", "pool", "create", bare, "4");
        try {
            Rbd rbd = Rbd.on(client.rados.pool(bare));
            client.cluster.run("ceph", "osd", "pool", "application", "enable", bare, "rgw");
            assertThat(errno(() -> rbd.initializePool(false))).isEqualTo(Errno.EPERM);
            rbd.initializePool(true);
            rbd.initializePool(true);
            assertThat(client.cluster.run("ceph", "osd", "pool", "application", "get", bare, "rbd"))
                    .isEqualTo("{}");
            assertThat(rbd.pool().objects()).containsExactlyInAnyOrder("rbd_trash", "rbd_info");
            assertThat(client.cluster.run("rados", "-p", bare, "get", "rbd_info", "-"))
                    .isEqualTo("overwrite validated");
        } finally {
            client.cluster.run("ceph", "osd", "pool", "rm", bare, bare, "--yes-i-really-really-mean-it");
        }
    }

    /** A call that is expected to fail. */
    private interface Call {
        void run() throws IOException;
    }

    private static Errno errno(Call call) {
        return catchThrowableOfType(RadosException.class, call::run).errno();
    }
}
