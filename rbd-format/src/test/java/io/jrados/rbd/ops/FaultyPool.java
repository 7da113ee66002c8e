package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteInDoubt;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.rados.NotifyResult;
import io.jrados.rados.ObjectListing;
import io.jrados.rados.Pool;
import io.jrados.rados.PoolSnapshot;
import io.jrados.rados.Rados;
import io.jrados.rados.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A pool whose operations pass a {@link FaultPoint}, and those of all pools that are reached through it. */
final class FaultyPool implements Pool {
    private final Pool pool;
    private final FaultPoint point;
    private final Consumer<? super WriteInDoubt> doubts;

    FaultyPool(Pool pool, FaultPoint point) {
        this(pool, point, write -> {});
    }

    private FaultyPool(Pool pool, FaultPoint point, Consumer<? super WriteInDoubt> doubts) {
        this.pool = pool;
        this.point = point;
        this.doubts = doubts;
    }

    @Override
    public Pool withDoubts(Consumer<? super WriteInDoubt> responsible) {
        return new FaultyPool(pool.withDoubts(responsible), point, responsible);
    }

    @Override
    public Rados rados() {
        return new FaultyRados(pool.rados(), point);
    }

    @Override
    public long id() {
        return pool.id();
    }

    @Override
    public String name() {
        return pool.name();
    }

    @Override
    public String namespace() {
        return pool.namespace();
    }

    @Override
    public Pool inNamespace(String namespace) {
        return new FaultyPool(pool.inNamespace(namespace), point, doubts);
    }

    @Override
    public Pool withDeadline(Duration deadline) {
        return new FaultyPool(pool.withDeadline(deadline), point, doubts);
    }

    @Override
    public Duration deadline() {
        return pool.deadline();
    }

    @Override
    public Pool withFullTry() {
        return new FaultyPool(pool.withFullTry(), point, doubts);
    }

    @Override
    public Pool viewOf(Pool other) {
        return new FaultyPool(pool.viewOf(other), point);
    }

    @Override
    public boolean isErasureCoded() {
        return pool.isErasureCoded();
    }

    @Override
    public boolean isCacheTier() {
        return pool.isCacheTier();
    }

    @Override
    public Pool withLocator(String key) {
        return new FaultyPool(pool.withLocator(key), point, doubts);
    }

    @Override
    public Pool withReadPolicy(ReadPolicy policy) {
        return new FaultyPool(pool.withReadPolicy(policy), point, doubts);
    }

    @Override
    public ObjectListing listing() {
        return pool.listing();
    }

    @Override
    public CompletableFuture<Void> flushAsync() {
        return pool.flushAsync();
    }

    @Override
    public CompletableFuture<Void> createSnapshotAsync(String snapshot) {
        return pool.createSnapshotAsync(snapshot);
    }

    @Override
    public CompletableFuture<Void> removeSnapshotAsync(String snapshot) {
        return pool.removeSnapshotAsync(snapshot);
    }

    @Override
    public List<PoolSnapshot> snapshots() {
        return pool.snapshots();
    }

    @Override
    public CompletableFuture<ReadResult> operateAsync(String object, ReadOperation operation, long snapId) {
        return point.passRead(object, () -> pool.operateAsync(object, operation, snapId));
    }

    @Override
    public CompletableFuture<WriteResult> operateAsync(
            String object, WriteOperation operation, SnapContext snapContext) {
        return point.passWrite(object, doubts, () -> pool.operateAsync(object, operation, snapContext));
    }

    @Override
    public Map<String, byte[]> omap(String object) throws RadosException {
        return pool.omap(object);
    }

    @Override
    public Iterable<String> objects() {
        return pool.objects();
    }

    @Override
    public CompletableFuture<Long> createSnapIdAsync() {
        return point.pass(pool::createSnapIdAsync);
    }

    @Override
    public CompletableFuture<Void> removeSnapIdAsync(long snapId) {
        return point.pass(() -> pool.removeSnapIdAsync(snapId));
    }

    @Override
    public CompletableFuture<NotifyResult> notifyAsync(String object, byte[] message, Duration timeout) {
        return point.pass(() -> pool.notifyAsync(object, message, timeout));
    }

    @Override
    public CompletableFuture<Watch> watchAsync(String object, Watch.Listener listener, Duration timeout) {
        return point.passWatch(() -> pool.watchAsync(object, listener, timeout));
    }
}
