package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes and reads runs of blocks of 512 bytes, each with the image's id, its address, a version and the seed in it.
 * A version that is read must be between the last that was acknowledged and the last that was issued.
 */
final class VersionedBlocks {
    private static final int BLOCK = 512;
    private static final int LONGEST = 200;
    private static final int IN_FLIGHT = 12;

    private final Image image;
    private final long seed;
    private final Random random;
    private final long[] issued;
    private final long[] acknowledged;
    private final boolean[] busy;
    private final ArrayDeque<Run> runs = new ArrayDeque<>();
    private long version;
    private int reads;

    private record Run(int first, int count, long version, ByteBuffer bytes, CompletableFuture<Void> done) {}

    VersionedBlocks(Image image, long seed) {
        this.image = image;
        this.seed = seed;
        this.random = new Random(seed);
        int blocks = (int) (image.size() / BLOCK);
        this.issued = new long[blocks];
        this.acknowledged = new long[blocks];
        this.busy = new boolean[blocks];
    }

    /** So many more requests are done, one of three a read. */
    void go(int requests) throws IOException {
        for (int i = 0; i < requests; i++) {
            while (runs.size() >= IN_FLIGHT) {
                await(runs.remove());
            }
            begin();
        }
    }

    /** So many writes are issued and not waited for: the cluster, or the client, goes away. */
    void goWithoutWaiting(int requests) {
        for (int i = 0; i < requests; i++) {
            begin();
        }
    }

    void finish() throws IOException {
        while (!runs.isEmpty()) {
            await(runs.remove());
        }
        assertThat(reads).isPositive();
    }

    private void begin() {
        int first = random.nextInt(issued.length);
        int count = Math.min(1 + random.nextInt(random.nextInt(4) == 0 ? LONGEST : 8), issued.length - first);
        for (int block = first; block < first + count; block++) {
            if (busy[block]) {
                count = block - first;
            }
        }
        if (count == 0) {
            return;
        }
        boolean read = random.nextInt(3) == 0;
        ByteBuffer bytes = ByteBuffer.allocate(count * BLOCK);
        long mine = read ? 0 : ++version;
        for (int block = first; block < first + count; block++) {
            busy[block] = true;
            if (!read) {
                issued[block] = mine;
                fill(bytes.slice((block - first) * BLOCK, BLOCK), block, mine);
            }
        }
        long offset = (long) first * BLOCK;
        runs.add(new Run(
                first, count, mine, bytes, read ? image.readAsync(offset, bytes) : image.writeAsync(offset, bytes)));
    }

    private void fill(ByteBuffer bytes, int block, long with) {
        bytes.putLong(image.id().hashCode()).putLong(block).putLong(with).putLong(seed);
        Random rest = new Random(with * 31 + block);
        while (bytes.hasRemaining()) {
            bytes.putInt(rest.nextInt());
        }
    }

    private void await(Run run) throws IOException {
        try {
            run.done.get(3, TimeUnit.MINUTES);
        } catch (InterruptedException | ExecutionException | CompletionException | TimeoutException failed) {
            throw new IOException(
                    "with seed " + seed + ", blocks " + run.first + " to " + (run.first + run.count), failed);
        }
        for (int i = 0; i < run.count; i++) {
            int block = run.first + i;
            busy[block] = false;
            if (run.version == 0) {
                reads++;
                check(block, run.bytes.slice(i * BLOCK, BLOCK));
            } else {
                acknowledged[block] = run.version;
            }
        }
    }

    /** The whole image as somebody read it after. */
    void check(byte[] all) {
        List<Integer> unacknowledged = new ArrayList<>();
        for (int block = 0; block < issued.length; block++) {
            check(block, ByteBuffer.wrap(all, block * BLOCK, BLOCK).slice());
            if (issued[block] != acknowledged[block]) {
                unacknowledged.add(block);
            }
        }
        System.out.println(version + " writes of versioned blocks with seed " + seed + ", " + unacknowledged.size()
                + " blocks with a version of which nothing is known");
    }

    private void check(int block, ByteBuffer bytes) {
        long found = bytes.getLong(16);
        assertThat(found)
                .as("version of block %d, with seed %d", block, seed)
                .isBetween(acknowledged[block], issued[block]);
        ByteBuffer expected = ByteBuffer.allocate(BLOCK);
        if (found != 0) {
            fill(expected.duplicate(), block, found);
        }
        assertThat(bytes)
                .as("block %d of version %d, with seed %d", block, found, seed)
                .isEqualTo(expected);
    }
}
