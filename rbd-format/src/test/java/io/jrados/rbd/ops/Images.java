package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.TestConf;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.image.ImageIo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.shared.SharedOtherImages;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.NativeResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Images of one test class: made by our verbs or by the native tool, and looked at by both. */
final class Images implements AutoCloseable {
    static final long MIB = 1 << 20;

    static final OtherImages OTHERS = new SharedOtherImages();

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The objects that a pool keeps when its last image is gone. */
    private static final Set<String> LASTING = Set.of(
            ObjectNames.DIRECTORY,
            ObjectNames.CHILDREN,
            ObjectNames.TRASH,
            ObjectNames.INFO,
            ObjectNames.NAMESPACE,
            ObjectNames.MIRRORING,
            "rbd_group_directory");

    private static final Set<String> EMPTIED = Set.of(ObjectNames.DIRECTORY, ObjectNames.CHILDREN, ObjectNames.TRASH);

    private static final Duration TRIMMED_WITHIN = Duration.ofSeconds(30);

    final CephCluster cluster;
    final Rados rados;
    final Pool pool;

    Images(CephCluster cluster, Class<?> test) throws IOException {
        this(cluster, test, Rados.connect(TestConf.of(cluster)));
    }

    private Images(CephCluster cluster, Class<?> test, Rados rados) throws IOException {
        this.cluster = cluster;
        this.rados = rados;
        this.pool = rados.pool(cluster.pool(test));
    }

    /**
     * Returns the images of a client that takes a name without a header for free at once: nobody else is creating any.
     */
    static Images alone(CephCluster cluster, Class<?> test) throws IOException {
        return new Images(
                cluster,
                test,
                Rados.connect(TestConf.builder(cluster)
                        .set("osd_client_watch_timeout", "0")
                        .build()));
    }

    @Override
    public void close() {
        rados.close();
    }

    String spec(String name) {
        return Header.spec(pool, name);
    }

    String create(String name, long size) throws RadosException {
        return create(name, size, ImageOptions.LAYERING);
    }

    String create(String name, long size, ImageOptions options) throws RadosException {
        return new CreateImage(pool, name, size, options).run();
    }

    void remove(String name) throws RadosException {
        new RemoveImage(pool, name, Progress.NONE, Images.OTHERS).run();
    }

    List<String> list() throws RadosException {
        return new ListImages(pool).run();
    }

    String id(String name) throws RadosException {
        return IdObject.find(pool, name).orElseThrow();
    }

    ImageContext open(String name) throws RadosException {
        return open(pool, name);
    }

    static ImageContext open(Pool pool, String name) throws RadosException {
        String id = IdObject.find(pool, name).orElseThrow();
        return Wait.on(ImageContext.openAsync(pool, id, name, SnapContext.HEAD, false));
    }

    void snapshot(String name, String snapshot) throws RadosException {
        new CreateSnapshot(open(name), snapshot).run();
    }

    String clone(String parent, String snapshot, String child, int format) throws RadosException {
        return new CloneImage(
                        pool,
                        ImageSpec.of(pool.name(), parent)
                                .inNamespace(pool.namespace())
                                .at(snapshot),
                        child,
                        ImageOptions.LAYERING.withCloneFormat(format),
                        Images.OTHERS)
                .run();
    }

    /** Fills a range with bytes that depend on the seed, and returns them. */
    byte[] write(String name, long offset, int length, long seed) throws RadosException {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        Wait.on(new ImageIo(open(name)).write(offset, ByteBuffer.wrap(data)));
        return data;
    }

    /** The whole image, as the native tool reads it. */
    byte[] export(String spec) throws IOException {
        return rbd("export", spec, "-").output();
    }

    NativeResult rbd(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("rbd"));
        command.addAll(List.of(words));
        return cluster.exec(command.toArray(String[]::new)).succeeded();
    }

    JsonNode json(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("--format", "json"));
        return JSON.readTree(rbd(command.toArray(String[]::new)).output());
    }

    /**
     * No image is left in a pool, nor a part of one. OSDs take their time for the objects of removed snapshots, and
     * list them until then: it is over when they get no fewer.
     */
    void assertNothingLeft(Pool looked) throws RadosException {
        long deadline = System.nanoTime() + TRIMMED_WITHIN.toNanos();
        Set<String> left = leftIn(looked);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            Set<String> now = leftIn(looked);
            if (now.size() < left.size()) {
                deadline = System.nanoTime() + TRIMMED_WITHIN.toNanos();
            }
            left = now;
        }
        assertThat(left).isEmpty();
    }

    private static Set<String> leftIn(Pool looked) throws RadosException {
        Set<String> left = new TreeSet<>();
        for (String object : looked.objects()) {
            if (!LASTING.contains(object)) {
                left.add(object);
            }
            if (EMPTIED.contains(object)) {
                looked.omap(object).keySet().stream()
                        .filter(key -> !key.equals("state"))
                        .forEach(key -> left.add(object + " " + key));
            }
        }
        return left;
    }

    void assertNothingLeft() throws RadosException {
        assertNothingLeft(pool);
    }
}
