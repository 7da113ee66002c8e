package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.model.PoolStatistics;
import io.jrados.rbd.model.PoolStatistics.Sum;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Window;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Adds up the headers of a pool's images (Pool::get_stats, src/librbd/api/Pool.cc),
 * {@code rbd_concurrent_management_ops} at a time. An image that goes away meanwhile counts with no bytes.
 */
public final class SumUpPool {
    /** Snapshots whose sizes are asked for in one operation. */
    private static final int BATCH = 256;

    private final Pool pool;
    private final String doing;

    public SumUpPool(Pool pool) {
        this.pool = pool;
        this.doing = "adding up the images of " + Header.spec(pool, "");
    }

    public PoolStatistics run() throws RadosException {
        List<String> images = new ArrayList<>(new ListImages(pool).namesToIds().values());
        List<String> thrown = new ArrayList<>();
        for (Trash.Entry entry : new Trash(pool).list()) {
            (entry.spec().source() == Source.REMOVING ? images : thrown).add(entry.id());
        }
        int width = (int) Math.max(1, ConfigOverrides.of(pool).effective().integer("rbd_concurrent_management_ops"));
        return new Statistics(sum(images, width), sum(thrown, width));
    }

    private Sum sum(Collection<String> ids, int width) throws RadosException {
        AtomicLong snapshots = new AtomicLong();
        AtomicLong bytes = new AtomicLong();
        AtomicLong most = new AtomicLong();
        new Window(width, Progress.NONE).each(ids.size(), ids.iterator(), id -> head(id).thenCompose(head -> {
            snapshots.addAndGet(head.snaps.length);
            bytes.addAndGet(head.size);
            return largest(id, head, 0).thenAccept(most::addAndGet);
        }));
        return new SumOf(ids.size(), snapshots.get(), bytes.get(), most.get());
    }

    private record Statistics(Sum images, Sum trash) implements PoolStatistics {}

    private record SumOf(long count, long snapshots, long provisionedBytes, long maxProvisionedBytes) implements Sum {}

    private record Head(long size, long[] snaps) {}

    private CompletableFuture<Head> head(String id) {
        ReadOperation operation = new ReadOperation();
        HeaderCalls.getSize(SnapContext.HEAD).addTo(operation);
        SnapshotCalls.getSnapContext().addTo(operation);
        return pool.operateAsync(ObjectNames.header(id), operation).handle((results, failed) -> {
            if (isAbsent(failed)) {
                return new Head(0, new long[0]);
            }
            try {
                return new Head(
                        HeaderCalls.getSize(SnapContext.HEAD)
                                .result(done(results, failed), 0, doing)
                                .size(),
                        SnapshotCalls.getSnapContext().result(results, 1, doing).snaps());
            } catch (RadosException malformed) {
                throw new CompletionException(malformed);
            }
        });
    }

    /** Once more from the head on, if a snapshot has gone away. */
    private CompletableFuture<Long> largest(String id, Head head, int from) {
        int end = Math.min(head.snaps.length, from + BATCH);
        if (from == end) {
            return CompletableFuture.completedFuture(head.size);
        }
        ReadOperation operation = new ReadOperation();
        for (int i = from; i < end; i++) {
            HeaderCalls.getSize(head.snaps[i]).addTo(operation);
        }
        return pool.operateAsync(ObjectNames.header(id), operation)
                .handle((results, failed) -> {
                    if (isAbsent(failed)) {
                        return head(id).thenCompose(now -> largest(id, now, 0));
                    }
                    long largest = head.size;
                    try {
                        for (int i = from; i < end; i++) {
                            largest = Math.max(
                                    largest,
                                    HeaderCalls.getSize(head.snaps[i])
                                            .result(done(results, failed), i - from, doing)
                                            .size());
                        }
                    } catch (RadosException malformed) {
                        throw new CompletionException(malformed);
                    }
                    long here = largest;
                    return largest(id, head, end).thenApply(rest -> Math.max(rest, here));
                })
                .thenCompose(most -> most);
    }

    private static boolean isAbsent(Throwable failed) {
        Throwable cause = failed instanceof CompletionException ? failed.getCause() : failed;
        return cause instanceof RadosException known && known.errno() == Errno.ENOENT;
    }

    private static ReadResult done(ReadResult results, Throwable failed) {
        if (failed != null) {
            throw failed instanceof CompletionException wrapped ? wrapped : new CompletionException(failed);
        }
        return results;
    }
}
