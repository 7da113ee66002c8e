package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.ExtentReader;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.rbd.model.SummaryOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.testkit.EveryCall;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shows that no call of a closed image, or of one whose client is closed, waits. */
@CephTest
@Timeout(180)
class ClosedImageTest {
    /** Calls that only tell what is known, or end something, and so does not fail. */
    private static final Set<String> QUIET = Set.of(
            "Rbd.awaitVerbs()",
            "Rbd.awaitVerbsAsync()",
            "Image.name()",
            "Image.id()",
            "Image.size()",
            "Image.info()",
            "Image.isReadOnly()",
            "Image.inDoubt()",
            "Image.invalidateCache()",
            "Image.lock()",
            "Image.channel()",
            "Image.inputStream(long)",
            "Image.outputStream(long)",
            "Image.channel(int)",
            "Image.inputStream(long, int)",
            "Image.outputStream(long, int)",
            "Image.inputStream(long, long, int)",
            "Image.outputStream(long, long, int)",
            "Image.close()",
            "Image.closeAsync()",
            "Image.pool()",
            "ImageLock.image()",
            "ImageLock.isOwned()",
            "Rbd.pool()");

    private static <T> T none(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            throw new AssertionError(method + " of a closed image was called");
        }));
    }

    /** A source that fills a buffer once, and then ends, each time anew. */
    private static final class ShortSource implements ReadableByteChannel {
        private boolean ends;

        @Override
        public int read(ByteBuffer into) {
            ends = !ends;
            if (!ends) {
                return -1;
            }
            int count = into.remaining();
            into.position(into.limit());
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private static EveryCall everyCall() {
        return new EveryCall()
                .with(String.class, "rbd_cache") // an option's name is looked at first
                .with(ByteBuffer.class, ByteBuffer.allocate(1))
                .with(List.class, List.of(ByteBuffer.allocate(1)))
                .with(ExtentReader.class, none(ExtentReader.class))
                .with(QuiesceHook.class, none(QuiesceHook.class))
                .with(Progress.class, Progress.NONE)
                .with(SnapshotQuiesce.class, SnapshotQuiesce.SKIP)
                .with(OptionalLong.class, OptionalLong.empty())
                .with(DiffOptions.class, DiffOptions.ALL)
                .with(DiskUsageOptions.class, DiskUsageOptions.ALL)
                .with(SummaryOptions.class, SummaryOptions.DEFAULT)
                .with(double.class, 0.5)
                .with(Consumer.class, extent -> {})
                .with(Runnable.class, () -> {})
                .with(ImageOptions.class, ImageOptions.DEFAULT)
                .with(ImageSpec.class, ImageSpec.of("pool", "parent").at("snapshot"))
                .with(ReadableByteChannel.class, new ShortSource())
                .with(WritableByteChannel.class, Channels.newChannel(OutputStream.nullOutputStream()))
                .with(Instant.class, Instant.EPOCH);
    }

    private static void allEnded(EveryCall calls) {
        List<String> others = new ArrayList<>();
        calls.outcomes().forEach((call, outcome) -> {
            boolean right =
                    QUIET.contains(call) ? outcome.failure().isEmpty() : outcome.cause() instanceof ClosedException;
            if (!right) {
                others.add(call + ": " + (outcome.cause() == null ? outcome.value() : outcome.cause()));
            }
        });
        assertThat(others).isEmpty();
        assertThat(calls.outcomes()).hasSizeGreaterThan(50);
    }

    @Test
    @Covers("C34")
    void everyCallOfAClosedImageEndsAtOnce(CephCluster cluster) throws Exception {
        try (Rados rados = Rados.connect(TestConf.of(cluster))) {
            Rbd rbd = Rbd.on(rados.pool(cluster.pool(getClass())));
            rbd.create("closed", 4 << 20, ImageOptions.DEFAULT);
            Image image = rbd.open("closed");
            image.write(0, ByteBuffer.allocate(512));
            image.close();

            allEnded(everyCall().of(Image.class, image).of(ImageLock.class, image.lock()));
        }
    }

    /** Until its watch has told an image of its client's end, what it knows of its header is its answer. */
    private static void awaitThatItHears(Image image) throws RadosException {
        try {
            while (image.opFeatures() >= 0) {
                Thread.onSpinWait();
            }
        } catch (ClosedException heard) {
            assertThat(heard.errno()).isEqualTo(Errno.EBADF);
        }
    }

    @Test
    @Covers("C34")
    void everyCallEndsAtOnceWhenTheClientWasClosedFirst(CephCluster cluster) throws Exception {
        Rados rados = Rados.connect(TestConf.of(cluster));
        Rbd rbd = Rbd.on(rados.pool(cluster.pool(getClass())));
        rbd.create("orphan", 4 << 20, ImageOptions.DEFAULT);
        Image image = rbd.open("orphan");
        image.write(0, ByteBuffer.allocate(512));
        rados.close();
        awaitThatItHears(image);

        String[] askNobody = {
            "close",
            "closeAsync",
            "flush",
            "flushAsync",
            "onUpdate",
            "onQuiesce",
            "setConfig",
            "updateFeatures",
            "release"
        };
        allEnded(everyCall()
                .of(Image.class, image, askNobody)
                .of(ImageLock.class, image.lock(), askNobody)
                .of(Rbd.class, rbd, askNobody));
        everyCall()
                .of(Image.class, image)
                .of(ImageLock.class, image.lock())
                .outcomes()
                .forEach((call, outcome) -> assertThat(outcome.cause() instanceof TimeoutException)
                        .as("%s waits", call)
                        .isFalse());
    }

    /** An open snapshot hears of the end through its watch, which is no fence. */
    @Test
    @Covers("C34")
    void everyCallOfAnOpenSnapshotSaysThatItsClientIsClosed(CephCluster cluster) throws Exception {
        Rados rados = Rados.connect(TestConf.of(cluster));
        Rbd rbd = Rbd.on(rados.pool(cluster.pool(getClass())));
        rbd.create("watched", 4 << 20, ImageOptions.DEFAULT);
        try (Image head = rbd.open("watched")) {
            head.createSnapshot("s");
        }
        Image snapshot = rbd.openSnapshot("watched", "s");
        rados.close();

        String[] askNobody = {
            "close", "closeAsync", "flush", "flushAsync", "onUpdate", "onQuiesce", "setConfig", "updateFeatures"
        };
        allEnded(everyCall().of(Image.class, snapshot, askNobody));
    }
}
