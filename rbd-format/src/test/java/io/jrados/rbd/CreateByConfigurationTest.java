package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Images as options, ceph.conf, the monitors and the pool say; data in pools of every kind. */
@PrivateCephTest(osds = 3, store = PrivateCephTest.Store.BLUESTORE)
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CreateByConfigurationTest {
    private static final int MIB = 1 << 20;
    private static final Duration TRIMMED_WITHIN = Duration.ofSeconds(60);

    private TestClient client;

    @BeforeAll
    void connect(PrivateCephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(CreateByConfigurationTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private JsonNode info(String name) throws IOException {
        return Json.of(client, "info", client.spec(name));
    }

    private String features(String name) throws IOException {
        StringBuilder names = new StringBuilder();
        info(name).get("features").forEach(feature -> names.append(names.isEmpty() ? "" : ",")
                .append(feature.asText()));
        return names.toString();
    }

    @Test
    @Covers({"H02", "H03", "H04", "H11", "G44", "G45", "K18"})
    void featuresAreAddedToAndTakenFromTheDefault() throws IOException {
        client.rbd.create("default", MIB, ImageOptions.DEFAULT);
        client.rbd("create", client.spec("natively"), "--size", "1M");
        assertThat(features("default"))
                .isEqualTo(features("natively"))
                .isEqualTo("layering,exclusive-lock,object-map,fast-diff,deep-flatten");
        client.rbd.create(
                "changed",
                MIB,
                ImageOptions.DEFAULT
                        .withFeaturesSet(Features.DEEP_FLATTEN)
                        .withFeaturesClear(Features.OBJECT_MAP | Features.FAST_DIFF | Features.DEEP_FLATTEN));
        assertThat(features("changed")).isEqualTo("layering,exclusive-lock,deep-flatten");
        client.rbd.create("named", MIB, ImageOptions.DEFAULT.withFeatures(" exclusive-lock , layering"));
        assertThat(features("named")).isEqualTo("layering,exclusive-lock");
        client.rbd.create("numbered", MIB, ImageOptions.DEFAULT.withFeatures("13"));
        assertThat(features("numbered")).isEqualTo("layering,exclusive-lock,object-map,fast-diff");
        client.rbd.create(
                "implicit", MIB, ImageOptions.LAYERING.withFeatures(1 | Features.STRIPINGV2 | Features.DATA_POOL));
        assertThat(features("implicit")).isEqualTo("layering");
        for (String name : client.rbd.list()) {
            client.rbd.remove(name, Progress.NONE);
        }
    }

    @Test
    @Covers({"H115", "C22", "C23", "H106", "G45"})
    void thePoolIsStrongerThanTheFileAndTheFileThanTheMonitors() throws IOException {
        Path file = client.cluster.scratch().resolve("client.conf");
        Files.writeString(
                file,
                Files.readString(client.cluster.conf())
                        + "\n[client]\nrbd default order = 21\nrbd_default_features = layering,deep-flatten\n"
                        + "rbd_default_stripe_unit = 64K\nrbd_default_stripe_count = 3\n");
        client.cluster.run("ceph", "config", "set", "client", "rbd_default_order", "19");
        client.cluster.run("ceph", "config", "set", "client", "rbd_default_features", "33");
        try (Rados central = Rados.connect(TestConf.of(client.cluster));
                Rados filed = Rados.connect(CephConf.load(file))) {
            Rbd.on(central.pool(client.pool.name())).create("by the monitors", MIB, ImageOptions.DEFAULT);
            client.rbd("create", client.spec("natively by the monitors"), "--size", "1M");
            Rbd byFile = Rbd.on(filed.pool(client.pool.name()));
            byFile.create("by the file", MIB, ImageOptions.DEFAULT);
            client.rbd("--conf", file.toString(), "create", client.spec("natively by the file"), "--size", "1M");
            byFile.setConfig("rbd_default_order", "23");
            byFile.create("by the pool", MIB, ImageOptions.DEFAULT);
            client.rbd("--conf", file.toString(), "create", client.spec("natively by the pool"), "--size", "1M");
            byFile.create(
                    "by the caller", MIB, ImageOptions.LAYERING.withOrder(15).withStriping(4096, 2));
            byFile.removeConfig("rbd_default_order");

            assertThat(info("by the monitors").get("order").asInt()).isEqualTo(19);
            assertThat(features("by the monitors")).isEqualTo("layering,deep-flatten");
            assertThat(info("by the file").get("order").asInt()).isEqualTo(21);
            assertThat(info("by the file").get("stripe_count").asInt()).isEqualTo(3);
            assertThat(info("by the pool").get("order").asInt()).isEqualTo(23);
            assertThat(info("by the caller").get("order").asInt()).isEqualTo(15);
            assertThat(info("by the caller").get("stripe_unit").asInt()).isEqualTo(4096);
            for (String name : List.of("by the monitors", "by the file", "by the pool")) {
                JsonNode ours = info(name);
                JsonNode theirs = info("natively " + name);
                for (String field : List.of("order", "features", "stripe_unit", "stripe_count", "objects")) {
                    assertThat(ours.get(field)).as(name + " " + field).isEqualTo(theirs.get(field));
                }
            }
            assertThat(central.conf().integer("rbd_default_order")).isEqualTo(19);
        } finally {
            client.cluster.run("ceph", "config", "rm", "client", "rbd_default_order");
            client.cluster.run("ceph", "config", "rm", "client", "rbd_default_features");
        }
        for (String name : client.rbd.list()) {
            client.rbd.remove(name, Progress.NONE);
        }
    }

    @Test
    @Covers({"H05", "K17", "G39", "G23", "G03", "H03", "K13", "H104"})
    void dataLiesInAnErasureCodedPool() throws IOException {
        client.cluster.run(
                "ceph", "osd", "erasure-code-profile", "set", "small", "k=2", "m=1", "crush-failure-domain=osd");
        client.cluster.run("ceph", "osd", "pool", "create", "ec", "4", "4", "erasure", "small");
        RadosException noOverwrites = catchThrowableOfType(
                RadosException.class, () -> client.rbd.create("unfit", MIB, ImageOptions.LAYERING.withDataPool("ec")));
        assertThat(noOverwrites.errno()).isEqualTo(Errno.EINVAL);
        assertThat(noOverwrites).hasMessageContaining("allow_ec_overwrites");
        assertThat(client.rbd.list()).isEmpty();
        client.cluster.run("ceph", "osd", "pool", "set", "ec", "allow_ec_overwrites", "true");
        client.cluster.run("ceph", "osd", "pool", "application", "enable", "ec", "rbd");
        RadosException noOmap = catchThrowableOfType(RadosException.class, () -> Rbd.on(client.rados.pool("ec"))
                .create("unfit", MIB, ImageOptions.LAYERING));
        assertThat(noOmap.errno()).isEqualTo(Errno.EINVAL);

        client.rbd.createNamespace("tenant");
        Rbd tenant = Rbd.on(client.pool.inNamespace("tenant"));
        byte[] content = TestClient.bytes(1, 7 * MIB);
        tenant.create(
                "coded",
                8 * MIB,
                ImageOptions.LAYERING.withDataPool("ec").withOrder(20).withStriping(65536, 3));
        String spec = client.pool.name() + "/tenant/coded";
        try (Image image = tenant.open("coded")) {
            image.write(1000, ByteBuffer.wrap(content));
            image.createSnapshot("s");
            image.write(1000, ByteBuffer.wrap(new byte[3 * MIB]));
            image.discard(4 * MIB, 2 * MIB);
            byte[] now = TestClient.read(image);
            assertThat(client.exported(spec)).isEqualTo(now);
            image.rollBack("s", Progress.NONE);
            byte[] before = new byte[8 * MIB];
            System.arraycopy(content, 0, before, 1000, content.length);
            assertThat(client.exported(spec)).isEqualTo(before);
            assertThat(client.exported(spec + "@s")).isEqualTo(before);
            image.removeSnapshot("s");
        }
        JsonNode info = Json.of(client, "info", spec);
        assertThat(info.get("data_pool").asText()).isEqualTo("ec");
        String prefix = info.get("block_name_prefix").asText();
        assertThat(client.rados.pool("ec").inNamespace("tenant").objects()).allMatch(name -> name.startsWith(prefix));
        assertThat(client.pool.inNamespace("tenant").objects()).noneMatch(name -> name.startsWith(prefix));

        client.rbd(
                "import",
                "--no-progress",
                "--data-pool",
                "ec",
                "--image-feature",
                "layering",
                file(content),
                client.pool.name() + "/tenant/theirs");
        try (Image image = tenant.open("theirs")) {
            assertThat(TestClient.read(image)).isEqualTo(content);
            image.write(5, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        }
        tenant.remove("theirs", Progress.NONE);
        tenant.remove("coded", Progress.NONE);
        // OSDs take their time for the objects of removed snapshots.
        long deadline = System.nanoTime() + TRIMMED_WITHIN.toNanos();
        while (client.rados
                .pool("ec")
                .inNamespace("tenant")
                .objects()
                .iterator()
                .hasNext()) {
            assertThat(System.nanoTime()).as("trimmed in time").isLessThan(deadline);
        }
        client.rbd.removeNamespace("tenant");
    }

    private String file(byte[] content) throws IOException {
        Path file = client.cluster.scratch().resolve("content");
        Files.write(file, content);
        return file.toString();
    }
}
