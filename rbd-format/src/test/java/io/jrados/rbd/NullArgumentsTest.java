package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Watch;
import io.jrados.rbd.change.ChangeOptions;
import io.jrados.rbd.change.ChangeReader;
import io.jrados.rbd.change.ImageChanges;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.ExtentReader;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.rbd.model.SummaryOptions;
import io.jrados.rbd.stream.Changes;
import io.jrados.rbd.stream.CopyOptions;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ExportOptions;
import io.jrados.rbd.stream.ImageFilling;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import io.jrados.testkit.BadArguments;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bad arguments of each call: a failure that names the argument, and in one way only. */
@CephTest
@Timeout(60)
class NullArgumentsTest {
    private static final Watch.Listener DEAF = new Watch.Listener() {
        @Override
        public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
            return new byte[0];
        }

        @Override
        public void onError(RadosException error) {}
    };

    private static final ChangeReader IDLE = new ChangeReader() {
        @Override
        public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<?> zero(long offset, long length) {
            return CompletableFuture.completedFuture(null);
        }
    };

    private static final QuiesceHook CALM = new QuiesceHook() {
        @Override
        public void quiesce() {}

        @Override
        public void unquiesce() {}
    };

    @Test
    void ofStreamsIsNamed(CephCluster cluster) throws Exception {
        try (TestClient client = new TestClient(cluster, cluster.pool(NullArgumentsTest.class), TestClient.Mode.CRC)) {
            BadArguments bad = new BadArguments()
                    .with(Rbd.class, client.rbd)
                    .with(Progress.class, Progress.NONE)
                    .with(ImageOptions.class, ImageOptions.DEFAULT)
                    .with(ExportOptions.class, ExportOptions.DEFAULT)
                    .with(ImportOptions.class, ImportOptions.DEFAULT)
                    .with(DiffExportOptions.class, DiffExportOptions.DEFAULT)
                    .with(CopyOptions.class, CopyOptions.DEFAULT)
                    .with(ImageFilling.class, image -> {})
                    .with(Changes.class, Changes.of(0, new TreeMap<>()))
                    .with(ReadableByteChannel.class, Channels.newChannel(InputStream.nullInputStream()))
                    .with(WritableByteChannel.class, Channels.newChannel(OutputStream.nullOutputStream()));
            bad.statics(ImageStreams.class).of(ImageStreams.class, ImageStreams.on(client.rbd));
            bad.of(ExportOptions.class, ExportOptions.DEFAULT).of(ImportOptions.class, ImportOptions.DEFAULT);
            bad.of(DiffExportOptions.class, DiffExportOptions.DEFAULT).of(CopyOptions.class, CopyOptions.DEFAULT);
            assertThat(bad.wrong()).isEmpty();
            assertThat(bad.calls()).isGreaterThan(50);
        }
    }

    @Test
    void aNullArgumentIsNamed(CephCluster cluster) throws Exception {
        try (TestClient client = new TestClient(cluster, cluster.pool(NullArgumentsTest.class), TestClient.Mode.CRC)) {
            client.rbd.create("image", 1 << 20, ImageOptions.DEFAULT);
            BadArguments bad = new BadArguments().anyNumber("id", "snapId", "snapshotId", "features", "bits", "open");
            bad.with(Instant.class, Instant.EPOCH)
                    .with(OptionalLong.class, OptionalLong.empty())
                    .with(Class.class, Object.class)
                    .with(Supplier.class, () -> 1);
            bad.with(ByteBuffer.class, ByteBuffer.allocate(1)).with(ReadOperation.class, new ReadOperation().stat());
            bad.with(WriteOperation.class, new WriteOperation().create(false))
                    .with(SnapContext.class, SnapContext.EMPTY);
            bad.with(ReadPolicy.class, ReadPolicy.DEFAULT)
                    .with(Pool.class, client.pool)
                    .with(Consumer.class, told -> {});
            bad.with(Watch.Listener.class, DEAF);
            bad.with(ImageOptions.class, ImageOptions.DEFAULT).with(Progress.class, Progress.NONE);
            bad.with(ImageSpec.class, ImageSpec.of("rbd", "image").at("snapshot"))
                    .with(DiffOptions.class, DiffOptions.ALL);
            bad.with(DiskUsageOptions.class, DiskUsageOptions.ALL)
                    .with(SummaryOptions.class, SummaryOptions.DEFAULT)
                    .with(ChangeOptions.class, ChangeOptions.DEFAULT.of("snapshot"))
                    .with(ChangeReader.class, IDLE);
            bad.with(ExtentReader.class, (at, bytes) -> CompletableFuture.completedFuture(null));
            bad.with(SnapshotQuiesce.class, SnapshotQuiesce.values()[0]).with(Runnable.class, () -> {});
            bad.with(QuiesceHook.class, CALM);
            bad.with(ReadableByteChannel.class, Channels.newChannel(InputStream.nullInputStream()));
            bad.with(WritableByteChannel.class, Channels.newChannel(OutputStream.nullOutputStream()));
            bad.of(Rados.class, client.rados);
            bad.of(Pool.class, client.pool);
            bad.of(Rbd.class, client.rbd);
            try (Image image = client.rbd.open("image")) {
                bad.of(Image.class, image);
                bad.of(ImageLock.class, image.lock());
                try (ImageChannel channel = image.channel()) {
                    bad.of(ImageChannel.class, channel);
                }
            }
            ImageSpec spec = ImageSpec.of("rbd", "image");
            bad.statics(Rbd.class)
                    .constructors(ImageSpec.class)
                    .statics(ImageSpec.class)
                    .of(ImageSpec.class, spec);
            bad.of(ImageOptions.class, ImageOptions.DEFAULT).of(DiffOptions.class, DiffOptions.ALL);
            bad.of(DiskUsageOptions.class, DiskUsageOptions.ALL).of(SummaryOptions.class, SummaryOptions.DEFAULT);
            bad.with(Rbd.class, client.rbd).statics(ImageChanges.class);
            bad.of(ImageChanges.class, ImageChanges.on(client.rbd)).of(ChangeOptions.class, ChangeOptions.DEFAULT);
            assertThat(bad.wrong()).isEmpty();
            assertThat(bad.calls()).isGreaterThan(150);
        }
    }
}
