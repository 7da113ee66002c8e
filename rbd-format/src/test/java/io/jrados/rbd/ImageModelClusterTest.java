package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.io.ImageModel;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
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

    @ParameterizedTest
    @EnumSource(TestClient.Mode.class)
    @Covers({"K1", "K3", "K5", "K6", "K7", "K15", "K16", "H15", "H16", "H46", "H47", "H55"})
    void behavesAsAnArrayOfBytesAndCephsToolReadsTheSame(TestClient.Mode mode, CephCluster cluster) throws IOException {
        try (TestClient client = new TestClient(cluster, cluster.pool(ImageModelClusterTest.class), mode)) {
            ImageModel.runFor(
                    3,
                    80,
                    seed -> {
                        int size = (10 << ORDER) + 777;
                        String name = mode + "-" + names.incrementAndGet();
                        client.rbd.create(name, size, shape(seed));
                        return new ImageModel(seed, new OnCluster(client, name), size, 1 << ORDER);
                    },
                    model -> {
                        OnCluster last = (OnCluster) model.subject();
                        assertThat(client.exported(client.spec(last.name))).isEqualTo(model.expected());
                        last.image.close();
                    });
        }
    }

    private static ImageOptions shape(long seed) {
        ImageOptions plain = ImageOptions.LAYERING.withOrder(ORDER);
        return seed % 2 == 0 ? plain : plain.withStriping(1 << 14, 3);
    }

    private final class OnCluster implements ImageModel.Subject {
        private final TestClient client;
        private final String name;
        private Image image;

        OnCluster(TestClient client, String name) throws RadosException {
            this.client = client;
            this.name = name;
            this.image = client.rbd.open(name);
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
            client.rbd.clone(client.snapshot(name, snapshot), child, shape(child.length()));
            image.close();
            return new OnCluster(client, child);
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
