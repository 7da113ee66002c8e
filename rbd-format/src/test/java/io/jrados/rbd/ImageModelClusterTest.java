package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.image.ImageModel;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images on a real cluster against arrays of bytes, with Ceph's own tool as the last judge. */
@CephTest
@Timeout(3600)
class ImageModelClusterTest {
    private static final int ORDER = 17;

    private final AtomicInteger names = new AtomicInteger();

    /** The shape of the first image of a model; clones are shaped otherwise. */
    private enum Shape {
        PLAIN(TestClient.Mode.CRC, ImageOptions.LAYERING.withOrder(ORDER)),
        DEFAULT(TestClient.Mode.SECURE, ImageOptions.DEFAULT.withOrder(ORDER)),
        STRIPED(TestClient.Mode.CRC, ImageOptions.DEFAULT.withOrder(ORDER).withStriping(1 << 14, 3));

        private final TestClient.Mode mode;
        private final ImageOptions options;

        Shape(TestClient.Mode mode, ImageOptions options) {
            this.mode = mode;
            this.options = options;
        }

        ImageOptions options(CephCluster cluster, int generation) throws IOException {
            return switch (this) {
                case PLAIN -> generation % 2 == 0 ? options : options.withStriping(1 << 14, 3);
                case DEFAULT -> options;
                case STRIPED -> {
                    String dataPool = cluster.pool(ImageModelClusterTest.class, "data");
                    yield (generation % 2 == 0 ? options : options.withDefaultStriping()).withDataPool(dataPool);
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    @Covers({
        "K1", "K2", "K3", "K5", "K6", "K7", "K8", "K14", "K15", "K16", "K17", "H15", "H16", "H29", "H30", "H31", "H35",
        "K4", "H46", "H47", "H53", "H55", "H87", "G103", "G104", "G105"
    })
    void behavesAsAnArrayOfBytesAndCephsToolReadsTheSame(Shape shape, CephCluster cluster) throws IOException {
        String pool = cluster.pool(ImageModelClusterTest.class);
        try (TestClient client = new TestClient(cluster, pool, shape.mode);
                NativeClient other = new NativeClient(cluster, pool)) {
            ImageModel.runFor(
                    4,
                    80,
                    seed -> {
                        int size = (10 << ORDER) + 777;
                        String name = shape + "-" + names.incrementAndGet();
                        client.rbd.create(name, size, shape.options(cluster, 0));
                        return new ImageModel(seed, new OnCluster(client, other, shape, name, 0), size, 1 << ORDER);
                    },
                    model -> {
                        OnCluster last = (OnCluster) model.subject();
                        last.close();
                        last.judge(model);
                    });
        }
    }

    private final class OnCluster implements ImageModel.Subject {
        private final TestClient client;
        private final NativeClient other;
        private final Shape shape;
        private final String name;
        private final int generation;
        private Image image;
        private boolean isOpenElsewhere;

        OnCluster(TestClient client, NativeClient other, Shape shape, String name, int generation) throws IOException {
            this.client = client;
            this.other = other;
            this.shape = shape;
            this.name = name;
            this.generation = generation;
            this.image = client.rbd.open(name);
        }

        /** The native tool sees the same bytes, and maps that tell the truth. */
        void judge(ImageModel model) throws IOException {
            String spec = client.spec(name);
            assertThat(client.exported(spec)).isEqualTo(model.expected());
            check(spec);
            byte[] before = new byte[0];
            String from = "";
            // Asked about an image that had another size once, or has none, Ceph's own tool aborts
            // (src/librbd/api/DiffIterate.cc, release 16).
            int size = model.expected().length;
            boolean diffs = size > 0 && model.snapshots().values().stream().allMatch(then -> then.length == size);
            for (Map.Entry<String, byte[]> snapshot : model.snapshots().entrySet()) {
                String then = spec + "@" + snapshot.getKey();
                assertThat(client.exported(then)).isEqualTo(snapshot.getValue());
                check(then);
                if (diffs) {
                    checkDiff(then, before, snapshot.getValue(), from);
                }
                before = snapshot.getValue();
                from = snapshot.getKey();
            }
            if (diffs) {
                checkDiff(spec, before, model.expected(), from);
            }
        }

        private boolean hasMap() {
            return shape != Shape.PLAIN;
        }

        /**
         * Native checks find the map right and called valid. A snapshot's object that is called changed and is not (1
         * for 3) is harmless, and librbd leaves such ones too: zeroes past an object's end change nothing there.
         */
        private void check(String spec) throws IOException {
            if (hasMap()) {
                assertThat(client.rbd("info", spec).text()).doesNotContain("invalid");
                assertThat(client.rbd("object-map", "check", "--no-progress", spec)
                                .errors()
                                .lines()
                                .filter(line -> line.contains("object map error"))
                                .filter(line -> !line.endsWith(" marked as 1, but should be 3")))
                        .isEmpty();
            }
        }

        /** Checks that the changed objects of the object maps cover all bytes that changed. */
        private void checkDiff(String spec, byte[] before, byte[] now, String from) throws IOException {
            if (!hasMap()) {
                return;
            }
            List<String> words = new ArrayList<>(List.of("diff", "--whole-object", "--format", "json", spec));
            if (!from.isEmpty()) {
                words.addAll(List.of("--from-snap", from));
            }
            BitSet told = new BitSet();
            new ObjectMapper()
                    .readTree(client.rbd(words.toArray(String[]::new)).output())
                    .forEach(extent -> told.set(
                            extent.get("offset").asInt(),
                            extent.get("offset").asInt() + extent.get("length").asInt()));
            for (int at = 0; at < now.length; at++) {
                if (now[at] != (at < before.length ? before[at] : 0) && !told.get(at)) {
                    throw new AssertionError("diff of " + spec + " from '" + from + "' does not tell of byte " + at);
                }
            }
        }

        void close() throws IOException {
            closeElsewhere();
            image.close();
        }

        private void closeElsewhere() throws IOException {
            if (isOpenElsewhere) {
                other.run("image.close()");
                isOpenElsewhere = false;
            }
        }

        @Override
        public boolean isShared() {
            return true;
        }

        /** Closes the other client first: while that has the lock, a rollback is refused. */
        @Override
        public void rollBack(String snapshot) throws RadosException {
            try {
                closeElsewhere();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            image.rollBack(snapshot, Progress.NONE);
        }

        /** With a lock the other client has it then, and gives it back with the next write here. */
        @Override
        public void writeElsewhere(long offset, int value, int length) throws IOException {
            if (!isOpenElsewhere) {
                other.open(name);
                isOpenElsewhere = true;
            }
            // It looks at the size that it knows, before it reads a header that has changed: this makes it read.
            other.run("image.size()");
            other.write(offset, value, length);
            if (!hasMap()) {
                closeElsewhere();
            }
        }

        @Override
        public void reopen() throws RadosException {
            image.close();
            image = client.rbd.open(name);
        }

        @Override
        public CompletableFuture<Void> read(long offset, ByteBuffer into) {
            return image.readAsync(offset, into);
        }

        @Override
        public CompletableFuture<Void> write(long offset, ByteBuffer data) {
            return image.writeAsync(offset, data);
        }

        @Override
        public CompletableFuture<Void> discard(long offset, long length) {
            return image.discardAsync(offset, length);
        }

        @Override
        public CompletableFuture<Void> write(long offset, List<ByteBuffer> data) {
            return image.writeAsync(offset, data);
        }

        @Override
        public CompletableFuture<Void> writeZeroes(long offset, long length, boolean thick) {
            return image.writeZeroesAsync(offset, length, thick);
        }

        @Override
        public CompletableFuture<Void> writeSame(long offset, long length, ByteBuffer pattern) {
            return image.writeSameAsync(offset, length, pattern);
        }

        @Override
        public CompletableFuture<Void> compareAndWrite(long offset, ByteBuffer expected, ByteBuffer data) {
            return image.compareAndWriteAsync(offset, expected, data);
        }

        @Override
        public CompletableFuture<Void> flush() {
            return image.flushAsync();
        }

        @Override
        public void resize(long size) throws RadosException {
            image.resize(size, Progress.NONE);
        }

        @Override
        public void createSnapshot(String snapshot) throws RadosException {
            image.createSnapshot(snapshot);
            image.protectSnapshot(snapshot);
        }

        @Override
        public void removeSnapshot(String snapshot) throws RadosException {
            image.unprotectSnapshot(snapshot);
            image.removeSnapshot(snapshot);
        }

        @Override
        public void flatten() throws RadosException {
            image.flatten(Progress.NONE);
        }

        @Override
        public ImageModel.Subject cloneOf(String snapshot) throws RadosException {
            String child = name + "c";
            try {
                client.rbd.clone(client.snapshot(name, snapshot), child, shape.options(client.cluster, generation + 1));
                close();
                return new OnCluster(client, other, shape, child, generation + 1);
            } catch (RadosException failed) {
                throw failed;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void readSnapshot(String snapshot, ByteBuffer into) throws RadosException {
            try (Image then = client.rbd.openSnapshot(name, snapshot)) {
                assertThat(then.size()).isEqualTo(into.remaining());
                then.read(0, into);
            }
        }

        @Override
        public Layout layout() {
            ImageInfo info = image.info();
            return new Layout(info.order(), info.stripeUnit(), info.stripeCount());
        }
    }
}
