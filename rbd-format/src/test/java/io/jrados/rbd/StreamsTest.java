package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views of an image in memory whose requests end when, and how, a test says. */
class StreamsTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 64 * MIB;

    private final byte[] content = new byte[SIZE];
    private final Deque<CompletableFuture<Void>> held = new ConcurrentLinkedDeque<>();
    private final Set<Long> broken = new HashSet<>();
    private volatile boolean holding;
    private final Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    private int reads;
    private long farthest;
    private volatile int writes;
    private int zeroings;
    private int flushes;

    @TempDir
    private Path folder;

    private final Image image =
            (Image) Proxy.newProxyInstance(Image.class.getClassLoader(), new Class<?>[] {Image.class}, new InMemory());

    private final class InMemory implements InvocationHandler {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }
            return switch (method.getName()) {
                case "channel" -> new OpenImageChannel(image, (int) arguments[0]);
                case "inputStream" ->
                    new ImageInputStream(
                            image, (long) arguments[0], Transfer.end((long) arguments[0], (long) arguments[1]), (int)
                                    arguments[2]);
                case "outputStream" ->
                    new ImageOutputStream(
                            image, (long) arguments[0], Transfer.end((long) arguments[0], (long) arguments[1]), (int)
                                    arguments[2]);
                case "upload" ->
                    Transfer.upload(
                            image, (ReadableByteChannel) arguments[0], (int) arguments[1], (Progress) arguments[2]);
                case "download" ->
                    Transfer.download(
                            image, (WritableByteChannel) arguments[0], (int) arguments[1], (Progress) arguments[2]);
                case "size" -> (long) SIZE;
                case "name" -> "memory";
                case "isReadOnly" -> false;
                case "readAsync" -> {
                    ByteBuffer into = (ByteBuffer) arguments[1];
                    reads++;
                    farthest = Math.max(farthest, (long) arguments[0] + into.remaining());
                    arrays.add(into.array());
                    yield ended(
                            (long) arguments[0], () -> into.put(content, (int) (long) arguments[0], into.remaining()));
                }
                case "writeAsync" -> {
                    ByteBuffer data = (ByteBuffer) arguments[1];
                    writes++;
                    arrays.add(data.array());
                    yield ended(
                            (long) arguments[0], () -> data.get(content, (int) (long) arguments[0], data.remaining()));
                }
                case "writeZeroesAsync" -> {
                    zeroings++;
                    int from = (int) (long) arguments[0];
                    Arrays.fill(content, from, from + (int) (long) arguments[1], (byte) 0);
                    yield CompletableFuture.completedFuture(null);
                }
                case "flushAsync" -> {
                    flushes++;
                    yield CompletableFuture.completedFuture(null);
                }
                default -> throw new AssertionError(method);
            };
        }
    }

    private CompletableFuture<Void> ended(long offset, Runnable step) {
        if (broken.contains(offset)) {
            return CompletableFuture.failedFuture(new RadosException(Errno.EIO, "at " + offset));
        }
        step.run();
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (holding) {
            held.add(future);
        } else {
            future.complete(null);
        }
        return future;
    }

    private void fill() {
        new Random(1).nextBytes(content);
    }

    @Test
    void aReadThatFailsComesWhenTheReaderIsThereAndIsAskedAnew() throws IOException {
        fill();
        broken.add(8L * MIB);
        try (InputStream in = image.inputStream(0)) {
            assertThat(in.readNBytes(8 * MIB)).isEqualTo(Arrays.copyOf(content, 8 * MIB));
            assertThatThrownBy(in::read).isInstanceOf(RadosException.class).hasMessageContaining("at " + 8 * MIB);
            broken.clear();
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 8 * MIB, SIZE));
        }
    }

    @Test
    void aReaderIsNoFurtherAheadThanItsDepth() throws IOException {
        fill();
        try (InputStream in = image.inputStream(0, 2)) {
            in.readNBytes(20 * MIB);
            int before = reads;
            in.readNBytes(4 * MIB);
            assertThat(reads - before).isEqualTo(1);
        }
        reads = 0;
        try (InputStream in = image.inputStream(0, 0)) {
            in.read(new byte[8192]);
            in.read(new byte[8192]);
        }
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void aWriteThatFailsComesAtTheNextCallsAndAtClose() throws IOException {
        broken.add(4L * MIB);
        OutputStream out = image.outputStream(0, 1);
        byte[] piece = new byte[4 * MIB];
        out.write(piece);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 4; i++) {
                        out.write(piece);
                    }
                })
                .isInstanceOf(RadosException.class);
        assertThatThrownBy(() -> out.write(1)).hasMessageContaining("at " + 4 * MIB);
        assertThatThrownBy(out::close).hasMessageContaining("at " + 4 * MIB);
        out.close();
    }

    /** The same exception thrown twice cannot be suppressed by itself. */
    @Test
    void aFailureInTheBodyAndAtCloseAreTwoExceptions() {
        broken.add(0L);
        assertThatThrownBy(() -> {
                    try (OutputStream out = image.outputStream(0, 0)) {
                        out.write(new byte[9 * MIB]);
                    }
                })
                .isInstanceOf(RadosException.class)
                .satisfies(failed -> assertThat(failed.getSuppressed()).hasSize(1));
    }

    @Test
    void writesStayBehindByTheirDepthAndFlushWaits() throws Exception {
        holding = true;
        OutputStream out = image.outputStream(0, 3);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                out.write(new byte[17 * MIB]);
                out.flush();
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
        while (held.size() < 4) {
            Thread.onSpinWait();
        }
        assertThat(writing).isNotDone();
        assertThat(writes).isEqualTo(4);
        assertThat(flushes).isZero();
        holding = false;
        held.forEach(write -> write.complete(null));
        writing.get();
        assertThat(writes).isEqualTo(5);
        assertThat(flushes).isEqualTo(1);
    }

    @Test
    void aChannelReadsWhatItWrote() throws IOException {
        fill();
        byte[] fresh = new byte[3 * MIB];
        new Random(2).nextBytes(fresh);
        try (SeekableByteChannel channel = image.channel()) {
            ByteBuffer into = ByteBuffer.allocate(2 * MIB);
            channel.read(into);
            channel.read(into.clear());
            channel.write(ByteBuffer.wrap(fresh));
            channel.position(4 * MIB);
            channel.read(into.clear());
            assertThat(into.array()).isEqualTo(Arrays.copyOf(fresh, 2 * MIB));
        }
        assertThat(Arrays.copyOfRange(content, 4 * MIB, 7 * MIB)).isEqualTo(fresh);
    }

    @Test
    void aModelOfRandomCallsOfAChannel() throws IOException {
        fill();
        byte[] model = content.clone();
        Random random = new Random(3);
        try (SeekableByteChannel channel = image.channel(2)) {
            for (int i = 0; i < 400; i++) {
                if (random.nextInt(3) == 0) {
                    channel.position(random.nextInt(SIZE));
                }
                int at = (int) channel.position();
                byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 100 : 3 * MIB)];
                int count = Math.min(bytes.length, SIZE - at);
                if (random.nextBoolean()) {
                    random.nextBytes(bytes);
                    if (count > 0) {
                        assertThat(channel.write(ByteBuffer.wrap(bytes))).isEqualTo(count);
                        System.arraycopy(bytes, 0, model, at, count);
                    }
                } else {
                    assertThat(channel.read(ByteBuffer.wrap(bytes))).isEqualTo(count == 0 ? -1 : count);
                    assertThat(Arrays.equals(bytes, 0, count, model, at, at + count))
                            .isTrue();
                }
            }
        }
        assertThat(Arrays.equals(content, model)).isTrue();
    }

    @Test
    void anUploadLeavesZeroesOutAndMakesOldBytesZero() throws IOException {
        fill();
        byte[] source = new byte[SIZE - MIB];
        byte[] kept = Arrays.copyOfRange(content, SIZE - MIB, SIZE);
        new Random(4).nextBytes(source);
        Arrays.fill(source, 100, 30 * MIB + 100, (byte) 0);

        image.upload(Channels.newChannel(new ByteArrayInputStream(source)), Progress.NONE);

        assertThat(Arrays.equals(content, 0, source.length, source, 0, source.length))
                .isTrue();
        assertThat(Arrays.copyOfRange(content, SIZE - MIB, SIZE)).isEqualTo(kept);
        assertThat(writes).isLessThanOrEqualTo(10);
        assertThat(zeroings).isBetween(7, 10);
        assertThat(flushes).isEqualTo(1);
    }

    @Test
    void anUploadOfMoreThanTheImageHoldsFails() {
        byte[] more = new byte[SIZE + 1];
        assertThatThrownBy(() -> image.upload(Channels.newChannel(new ByteArrayInputStream(more)), Progress.NONE))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ENOSPC));
    }

    @Test
    void aTransferIsCancelledByItsProgress() {
        Progress cancelled = new Progress() {
            @Override
            public void report(long done, long total) {}

            @Override
            public boolean isCancelled() {
                return true;
            }
        };
        assertThatThrownBy(() -> image.upload(Channels.newChannel(new ByteArrayInputStream(new byte[MIB])), cancelled))
                .hasMessageContaining("ECANCELED");
        assertThatThrownBy(() -> image.download(Channels.newChannel(OutputStream.nullOutputStream()), cancelled))
                .hasMessageContaining("ECANCELED");
    }

    @Test
    void aDownloadOverwritesWhatAFileHas() throws IOException {
        new Random(5).nextBytes(content);
        Arrays.fill(content, MIB, 40 * MIB, (byte) 0);
        Arrays.fill(content, 60 * MIB, SIZE, (byte) 0);
        byte[] old = new byte[20 * MIB];
        Arrays.fill(old, (byte) 7);
        Path over = Files.write(folder.resolve("over"), old);
        try (FileChannel sink = FileChannel.open(over, StandardOpenOption.WRITE)) {
            assertThat(image.download(sink, Progress.NONE)).isEqualTo(SIZE);
        }
        assertThat(Arrays.equals(Files.readAllBytes(over), content)).isTrue();
        Path appended = Files.write(folder.resolve("appended"), new byte[] {1, 2, 3});
        try (FileChannel sink = FileChannel.open(appended, StandardOpenOption.APPEND)) {
            image.download(sink, Progress.NONE);
        }
        byte[] all = Files.readAllBytes(appended);
        assertThat(Arrays.equals(all, 3, all.length, content, 0, SIZE)).isTrue();
    }

    @Test
    void anInputStreamOfARangeAsksForNothingBehindIt() throws IOException {
        fill();
        try (InputStream in = image.inputStream(3 * MIB + 5, 13 * MIB, 4)) {
            assertThat(in.available()).isEqualTo(13 * MIB);
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 3 * MIB + 5, 16 * MIB + 5));
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.skip(1)).isZero();
        }
        assertThat(farthest).isEqualTo(16 * MIB + 5);
        try (InputStream in = image.inputStream(SIZE - 10, Long.MAX_VALUE, 4)) {
            assertThat(in.skip(Long.MAX_VALUE)).isEqualTo(10);
        }
        assertThat(image.inputStream(SIZE + 1L, 10, 4).read()).isEqualTo(-1);
        assertThat(image.inputStream(7, 0, 4).read()).isEqualTo(-1);
    }

    @Test
    void anOutputStreamOfARangeWritesNothingBehindIt() throws IOException {
        fill();
        byte[] model = content.clone();
        byte[] fresh = new byte[5 * MIB];
        new Random(6).nextBytes(fresh);
        System.arraycopy(fresh, 0, model, 2 * MIB + 7, fresh.length);
        try (OutputStream out = image.outputStream(2 * MIB + 7, fresh.length, 2)) {
            out.write(fresh, 0, MIB);
            assertThatThrownBy(() -> out.write(fresh))
                    .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                            .isEqualTo(Errno.ENOSPC))
                    .hasMessageContaining("its bytes before " + (7 * MIB + 7));
            out.write(fresh, MIB, 4 * MIB);
            assertThatThrownBy(() -> out.write(1)).hasMessageContaining("ENOSPC");
        }
        assertThat(Arrays.equals(content, model)).isTrue();
    }

    @Test
    void aChannelTransfersWithoutCopies() throws IOException {
        fill();
        byte[] got = new byte[21 * MIB];
        byte[] fresh = new byte[9 * MIB];
        new Random(7).nextBytes(fresh);
        int[] done = new int[2];
        try (ImageChannel channel = image.channel(2)) {
            WritableByteChannel sink = sink(bytes -> {
                assertThat(arrays.contains(bytes.array())).isTrue();
                int count = Math.min(bytes.remaining(), 3 * MIB);
                bytes.get(got, done[0], count);
                done[0] += count;
                return count;
            });
            assertThat(channel.transferTo(MIB + 3, got.length, sink)).isEqualTo(got.length);
            assertThat(Arrays.equals(got, Arrays.copyOfRange(content, MIB + 3, 22 * MIB + 3)))
                    .isTrue();
            assertThat(farthest).isEqualTo(22 * MIB + 3);
            assertThat(reads).isLessThanOrEqualTo(7);

            Set<byte[]> filled = Collections.newSetFromMap(new IdentityHashMap<>());
            ReadableByteChannel source = source(room -> {
                filled.add(room.array());
                int count = Math.min(Math.min(room.remaining(), MIB + 1), fresh.length - done[1]);
                room.put(fresh, done[1], count);
                done[1] += count;
                return count == 0 ? -1 : count;
            });
            ByteBuffer before = ByteBuffer.allocate(100);
            channel.position(5 * MIB).read(before);
            arrays.clear();
            assertThat(channel.transferFrom(source, 5 * MIB, Long.MAX_VALUE)).isEqualTo(fresh.length);
            assertThat(arrays).isNotEmpty();
            assertThat(filled.containsAll(arrays)).isTrue();
            assertThat(Arrays.equals(content, 5 * MIB, 14 * MIB, fresh, 0, fresh.length))
                    .isTrue();
            assertThat(channel.position()).isEqualTo(5 * MIB + 100);
            channel.position(5 * MIB).read(before.clear());
            assertThat(before.array()).isEqualTo(Arrays.copyOf(fresh, 100));
        }
    }

    @Test
    void aTransferComesBehindWhatTheChannelWroteAndEndsWhereItShould() throws IOException {
        try (ImageChannel channel = image.channel()) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            byte[] got = new byte[2];
            assertThat(channel.transferTo(0, 2, sink(bytes -> get(bytes, got)))).isEqualTo(2);
            assertThat(got).containsExactly(1, 2);
            channel.position(0).write(ByteBuffer.wrap(new byte[] {4, 5, 6}));
            assertThat(channel.transferFrom(Channels.newChannel(new ByteArrayInputStream(new byte[] {7, 8})), 1, 1))
                    .isEqualTo(1);
            assertThat(Arrays.copyOf(content, 3)).containsExactly(4, 7, 6);

            assertThat(channel.transferTo(SIZE, 5, sink(bytes -> 0))).isZero();
            assertThat(channel.transferTo(SIZE - 3, 5, sink(bytes -> get(bytes, got))))
                    .isEqualTo(3);
            assertThat(channel.transferTo(0, 5, sink(bytes -> 0))).isZero();
            assertThat(channel.transferFrom(source(room -> 0), 0, 5)).isZero();
            assertThat(channel.transferFrom(source(room -> -1), SIZE, 5)).isZero();
            ReadableByteChannel more = Channels.newChannel(new ByteArrayInputStream(new byte[9]));
            assertThat(channel.transferFrom(more, SIZE - 5, 9)).isEqualTo(5);
            assertThatThrownBy(() -> channel.transferFrom(more, SIZE, 4)).hasMessageContaining("ENOSPC");
            assertThatThrownBy(() -> channel.transferFrom(more, -1, 4)).hasMessage("position: -1");
            assertThatThrownBy(() -> channel.transferTo(0, -1, sink(bytes -> 0)))
                    .hasMessage("count: -1");
        }
    }

    @Test
    void aTransferThatFailsLeavesNothingUnderWay() throws IOException {
        holding = true;
        try (ImageChannel channel = image.channel()) {
            ReadableByteChannel breaking = source(room -> {
                if (writes == 2) {
                    holding = false;
                    held.forEach(write -> write.complete(null));
                    throw new IOException("the source broke");
                }
                int count = room.remaining();
                room.position(room.limit());
                return count;
            });
            assertThatThrownBy(() -> channel.transferFrom(breaking, 0, SIZE)).hasMessage("the source broke");
            assertThat(held).hasSize(2).allMatch(CompletableFuture::isDone);
            broken.add(8L * MIB);
            assertThatThrownBy(() -> channel.transferFrom(
                            Channels.newChannel(new ByteArrayInputStream(new byte[SIZE])), 0, SIZE))
                    .hasMessageContaining("at " + 8 * MIB);
            broken.clear();
            assertThat(channel.write(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    @Test
    void aTransferEndsWhenTheChannelIsClosed() {
        ImageChannel channel = image.channel();
        assertThatThrownBy(() -> channel.transferTo(0, SIZE, sink(bytes -> {
                    channel.close();
                    bytes.position(bytes.position() + 1);
                    return 1;
                })))
                .isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.transferFrom(source(room -> -1), 0, 1))
                .isInstanceOf(ClosedChannelException.class);
    }

    /** One call of a channel. */
    private interface Moving {
        int move(ByteBuffer bytes) throws IOException;
    }

    private static int get(ByteBuffer bytes, byte[] into) {
        int count = Math.min(into.length, bytes.remaining());
        bytes.get(into, 0, count);
        return count;
    }

    private static WritableByteChannel sink(Moving moving) {
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                return moving.move(bytes);
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    private static ReadableByteChannel source(Moving moving) {
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer room) throws IOException {
                return moving.move(room);
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void aDepthOutOfBoundsIsRefused() {
        assertThatThrownBy(() -> image.inputStream(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> image.outputStream(0, Image.MAX_DEPTH + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> image.channel(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
