package io.jrados.rbd.image;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.io.MemoryImage;
import io.jrados.rbd.io.MemoryObject;
import io.jrados.rbd.io.MemoryPool;
import io.jrados.rbd.io.MemoryRados;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.io.ObjectMapTest;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Gate;
import io.jrados.rbd.wait.Window;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The data plane against arrays of bytes, on pools in memory whose replies come on another thread. */
@Timeout(3600)
class ImageModelTest {
    private static final int OBJECT = 1 << 17;

    private final ExecutorService osd = Executors.newSingleThreadExecutor();
    private MemoryRados rados = new MemoryRados();
    private int images;

    enum Shape {
        PLAIN,
        STRIPED,
        MAPPED
    }

    @AfterEach
    void stops() throws InterruptedException {
        osd.shutdown();
        osd.awaitTermination(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    @Covers({
        "K1", "K3", "K5", "K6", "K15", "K16", "H24", "H25", "H26", "H28", "H29", "H30", "H31", "H32", "H34", "H35", "K4"
    })
    void behavesAsAnArrayOfBytes(Shape shape) throws IOException {
        ImageModel.runFor(3, 250, seed -> {
            int size = 10 * OBJECT + 777;
            rados = new MemoryRados();
            return new ImageModel(seed, new InMemory(root(shape, size)), size, OBJECT);
        });
    }

    private MemoryImage root(Shape shape, int size) {
        MemoryImage image = new MemoryImage(pool(images), "i" + images++, size);
        image.order = 17;
        return switch (shape) {
            case PLAIN -> image;
            case STRIPED -> image.striped(17, 1 << 14, 3);
            case MAPPED -> withMap(image);
        };
    }

    private static MemoryImage withMap(MemoryImage image) {
        image.mapped();
        long objects = (image.size + (1L << image.order) - 1) >> image.order;
        BitVector map = new BitVector(objects, ObjectState.NONEXISTENT);
        image.pool.put("rbd_object_map." + image.id, Encoder.bytesOf(map::encode));
        return image;
    }

    private MemoryPool pool(int number) {
        MemoryPool pool = rados.pool(1 + number % 3, number % 2 == 0 ? "" : "ns");
        pool.runOn(osd);
        pool.keepNoLog();
        return pool;
    }

    private final class InMemory implements ImageModel.Subject {
        private final MemoryImage header;
        private ImageContext image;
        private ImageIo io;

        InMemory(MemoryImage header) throws RadosException {
            this.header = header;
            // Each second image reads ahead of two reads that follow each other.
            header.metadata.put("conf_rbd_cache_policy", bytes(images % 2 == 0 ? "writeback" : "writearound"));
            header.metadata.put("conf_rbd_readahead_trigger_requests", bytes("1"));
            header.metadata.put("conf_rbd_readahead_disable_after_bytes", bytes("0"));
            reopen();
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        private ImageContext open(long snapId) throws RadosException {
            ImageContext opened = Wait.on(
                    ImageContext.openAsync(header.pool, header.id, header.id, snapId, snapId != SnapContext.HEAD));
            if (opened.needsLock() && snapId == SnapContext.HEAD) {
                opened.access(ObjectMapTest.OWNED);
                opened.refresh();
            }
            return opened;
        }

        @Override
        public void reopen() throws RadosException {
            image = open(SnapContext.HEAD);
            io = new ImageIo(image);
        }

        @Override
        public CompletableFuture<Void> read(long offset, ByteBuffer into) {
            return io.read(offset, into);
        }

        @Override
        public CompletableFuture<Void> write(long offset, ByteBuffer data) {
            return io.write(offset, data);
        }

        @Override
        public CompletableFuture<Void> discard(long offset, long length) {
            return io.discard(offset, length);
        }

        @Override
        public CompletableFuture<Void> write(long offset, List<ByteBuffer> data) {
            return io.write(offset, data);
        }

        @Override
        public CompletableFuture<Void> writeZeroes(long offset, long length, boolean thick) {
            return io.commands().writeZeroes(offset, length, thick);
        }

        @Override
        public CompletableFuture<Void> writeSame(long offset, long length, ByteBuffer pattern) {
            return io.commands().writeSame(offset, length, pattern);
        }

        @Override
        public CompletableFuture<Void> compareAndWrite(long offset, ByteBuffer expected, ByteBuffer data) {
            return io.commands().compareAndWrite(offset, expected, data);
        }

        @Override
        public CompletableFuture<Void> flush() {
            return io.flush();
        }

        @Override
        public void resize(long size) throws RadosException {
            try (Gate.Hold hold = image.hold("a test")) {
                Wait.on(image.refreshAsync(hold));
                if (size < header.size) {
                    trim(size);
                }
                Optional<ObjectMap> map = image.objectMap();
                if (map.isPresent()) {
                    map.get().resize(size);
                }
                header.resize(size);
                Wait.on(image.refreshAsync(hold));
            }
        }

        private void trim(long size) throws RadosException {
            Layout layout = image.layout();
            long end = layout.objectCount(header.size);
            long whole = Math.min(end, (size + layout.period() - 1) / layout.period() * layout.stripeCount());
            Optional<ObjectMap> map = image.objectMap();
            if (map.isPresent()) {
                map.get().deleting(whole, end);
            }
            Window.of(Progress.NONE)
                    .each(
                            size / layout.period() * layout.stripeCount(),
                            end,
                            object -> object < whole
                                    ? image.objects().trim(object, layout.lengthBelow(object, size))
                                    : image.objects().remove(object));
            if (map.isPresent()) {
                map.get().deleted(whole, end);
            }
        }

        @Override
        public void createSnapshot(String name) throws RadosException {
            if (image.objectMap().isPresent()) {
                try (Gate.Hold hold = image.hold("a test")) {
                    image.objectMap().get().addSnapshot(header.snapshot(name));
                    Wait.on(image.refreshAsync(hold));
                }
                return;
            }
            // As after a notification: the next request must find out by itself.
            header.snapshot(name);
            image.invalidate();
        }

        @Override
        public void removeSnapshot(String name) {
            header.snapshots.values().removeIf(snapshot -> snapshot.name().equals(name));
            image.invalidate();
        }

        @Override
        public void flatten() throws RadosException {
            Window.of(Progress.NONE)
                    .each(
                            0,
                            image.layout().objectCount(header.size),
                            object -> image.inside(() -> image.objects().copyUp(object)));
            header.overlap = Optional.empty();
            if (header.snapshots.isEmpty()) {
                header.parent = new ParentImageSpec(-1, "", "", 0);
            }
            image.invalidate();
        }

        @Override
        public ImageModel.Subject cloneOf(String snapshot) throws RadosException {
            MemoryImage child = header.child(pool(images), "i" + images++, id(snapshot));
            if (images % 2 == 0) {
                child.order = 18;
                child.stripeUnit = 1 << 18;
            } else {
                child.striped(17, 1 << 13, 4);
            }
            return new InMemory(image.objectMap().isPresent() && child.stripeCount == 1 ? withMap(child) : child);
        }

        private long id(String snapshot) {
            return header.snapshots.values().stream()
                    .filter(known -> known.name().equals(snapshot))
                    .findFirst()
                    .orElseThrow()
                    .id();
        }

        @Override
        public void readSnapshot(String name, ByteBuffer into) throws RadosException {
            Wait.on(new ImageIo(open(id(name))).read(0, into));
        }

        @Override
        public Layout layout() {
            return image.layout();
        }

        @Override
        public String explain(int offset) {
            Layout.Extent extent = image.layout().extentAt(offset, 1);
            MemoryObject object = header.pool.objects.get(image.dataObject(extent.object()));
            return header.snapshots + " " + header.snapSequence + " " + header.overlap + " " + extent + " "
                    + (object == null ? "absent" : object.sizes());
        }
    }
}
