package io.jrados.rbd.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.Image;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.ImageInfo;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes under way between an image and a stream: as many as the depth allows, however large the range is. */
class PiecesTest {
    private static final long LARGE = 30L * Pieces.LARGEST + 12345;

    private static final byte[] ONES = new byte[Pieces.LARGEST];

    static {
        Arrays.fill(ONES, (byte) 1);
    }

    private final ExecutorService later = Executors.newSingleThreadExecutor();
    private final AtomicLong underWay = new AtomicLong();
    private final AtomicLong most = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong zeroed = new AtomicLong();

    @AfterEach
    void stop() {
        later.shutdown();
    }

    private static final ImageInfo INFO = (ImageInfo) Proxy.newProxyInstance(
            PiecesTest.class.getClassLoader(), new Class<?>[] {ImageInfo.class}, (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("objectSize");
                return (long) Pieces.LARGEST;
            });

    /** An image whose reads and writes take their time; what it has is not zero. */
    private final Image image = (Image) Proxy.newProxyInstance(
            PiecesTest.class.getClassLoader(), new Class<?>[] {Image.class}, (proxy, method, arguments) -> {
                switch (method.getName()) {
                    case "info" -> {
                        return INFO;
                    }
                    case "writeAsync" -> {
                        return begun(((ByteBuffer) arguments[1]).remaining());
                    }
                    case "readAsync" -> {
                        ByteBuffer into = (ByteBuffer) arguments[1];
                        into.put(ONES, 0, into.remaining());
                        return begun(into.limit());
                    }
                    case "writeZeroesAsync" -> {
                        zeroed.addAndGet((long) arguments[1]);
                        return begun(0);
                    }
                    default -> throw new UnsupportedOperationException(method.toString());
                }
            });

    private CompletableFuture<Void> begun(int length) {
        bytes.addAndGet(length);
        most.accumulateAndGet(underWay.addAndGet(length), Math::max);
        return CompletableFuture.runAsync(() -> underWay.addAndGet(-length), later);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void noMoreThanTheDepthAllowsIsBeingWritten(int depth) throws IOException {
        IncomingPieces pieces = new IncomingPieces(image, depth, false);
        for (long at = 1000; at < LARGE; ) {
            ByteBuffer piece = pieces.take(Pieces.length(at, LARGE));
            int length = piece.remaining();
            piece.put(ONES, 0, length);
            pieces.data(at, piece.flip());
            at += length;
        }
        pieces.drain();
        assertThat(bytes).hasValue(LARGE - 1000);
        assertThat(most.get()).isBetween(1L, (depth + 1L) * Pieces.LARGEST);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void noMoreThanTheDepthAllowsIsReadAhead(int depth) throws IOException {
        AtomicLong next = new AtomicLong();
        OutgoingPieces.Sink sink = new OutgoingPieces.Sink() {
            @Override
            public void zero(long offset, long length) {
                assertThat(offset).isEqualTo(next.getAndAdd(length));
            }

            @Override
            public void data(long offset, ByteBuffer data) {
                assertThat(offset).isEqualTo(next.getAndAdd(data.remaining()));
            }
        };
        OutgoingPieces pieces = new OutgoingPieces(image, sink, depth);
        pieces.add(new DiffExtent(0, LARGE, true));
        pieces.add(new DiffExtent(LARGE, LARGE, false));
        pieces.drain();
        assertThat(next).as("in order, without a gap").hasValue(2 * LARGE);
        assertThat(bytes).hasValue(LARGE);
        assertThat(most.get()).isBetween(1L, (depth + 1L) * Pieces.LARGEST);
    }

    @Test
    void zeroesAreMadeZeroInBoundedRequestsOrLeftOutOfABlankImage() throws IOException {
        long size = 5L << 40;
        IncomingPieces pieces = new IncomingPieces(image, 4, false);
        pieces.zero(1, size);
        pieces.drain();
        assertThat(zeroed).hasValue(size);
        IncomingPieces blank = new IncomingPieces(image, 4, true);
        blank.zero(1, size);
        ByteBuffer piece = blank.take(Pieces.LARGEST).put(100_000, (byte) 1);
        blank.data(0, piece);
        blank.drain();
        assertThat(zeroed).hasValue(size);
        assertThat(bytes).as("the grain that is not zero").hasValue(ZeroRuns.GRAIN);
    }
}
