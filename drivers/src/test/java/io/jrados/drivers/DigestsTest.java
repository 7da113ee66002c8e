package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DigestsTest {
    @Test
    void takesChunksInTheirOrderHoweverFarMd5IsBehind() throws DriverException, NoSuchAlgorithmException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
        Digests digests = Digests.of("sha512");
        Random random = new Random(11);
        List<ChunkPipeline.Use> uses = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            byte[] bytes = new byte[random.nextInt(300_000)];
            random.nextBytes(bytes);
            md5.update(bytes);
            sha512.update(bytes);
            ByteBuffer chunk =
                    ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            uses.add(digests.update(chunk));
            assertThat(chunk.remaining()).isEqualTo(bytes.length);
            if (i % 7 == 6) {
                uses.forEach(ChunkPipeline.Use::end);
                uses.clear();
            }
        }
        assertThat(digests.md5()).isEqualTo(HexFormat.of().formatHex(md5.digest()));
        assertThat(digests.multihash()).isEqualTo(HexFormat.of().formatHex(sha512.digest()));
    }

    @Test
    void aChunkThatWasEndedMayBeFilledAgain() throws DriverException, NoSuchAlgorithmException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        Digests digests = Digests.of("sha256");
        ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
        byte[] bytes = new byte[chunk.capacity()];
        for (int i = 0; i < 20; i++) {
            new Random(i).nextBytes(bytes);
            md5.update(bytes);
            chunk.clear().put(bytes).flip();
            digests.update(chunk).end();
        }
        assertThat(digests.md5()).isEqualTo(HexFormat.of().formatHex(md5.digest()));
    }

    @Test
    void whoWaitsDoesTheWorkOfABusyPool() throws InterruptedException {
        int threads = Math.max(1, ForkJoinPool.getCommonPoolParallelism());
        CountDownLatch busy = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
        CountDownLatch free = new CountDownLatch(1);
        for (int i = 0; i < threads; i++) {
            ForkJoinPool.commonPool().execute(() -> {
                busy.countDown();
                try {
                    free.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        try {
            assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
            InOrder inOrder = new InOrder();
            List<Integer> done = new ArrayList<>();
            List<InOrder.Piece> pieces = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                pieces.add(inOrder.add(() -> done.add(number)));
            }
            inOrder.await(pieces.get(2));
            assertThat(done).containsExactly(0, 1, 2);
            inOrder.await(pieces.get(4));
            assertThat(done).containsExactly(0, 1, 2, 3, 4);
        } finally {
            free.countDown();
        }
    }

    @Test
    void aPieceThatFailsDoesNotKeepTheNextFromRunning() {
        InOrder inOrder = new InOrder();
        InOrder.Piece failing = inOrder.add(() -> {
            throw new IllegalStateException("on purpose");
        });
        InOrder.Piece next = inOrder.add(() -> {});
        assertThatThrownBy(() -> inOrder.await(failing))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("on purpose");
        inOrder.await(next);
    }
}
