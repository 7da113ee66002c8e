package io.jrados.rados;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.OpCode;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.message.PoolOp;
import io.jrados.message.PoolOpReply;
import io.jrados.osd.ObjectName;
import io.jrados.osd.Request;
import io.jrados.osd.WatchListener;
import io.jrados.osd.op.OmapPage;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.wire.Decoder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A pool and namespace of one client. */
final class PoolView implements Pool {
    private static final int OMAP_PAGE = 1024;

    private final RadosClient client;
    private final long id;
    private final String name;
    private final boolean erasureCoded;
    private final String namespace;
    private final Duration deadline;
    private final int flags;

    PoolView(RadosClient client, long id, String name, boolean erasureCoded) {
        this(client, id, name, erasureCoded, "", client.deadlines().operation(), 0);
    }

    private PoolView(
            RadosClient client,
            long id,
            String name,
            boolean erasureCoded,
            String namespace,
            Duration deadline,
            int flags) {
        this.client = client;
        this.id = id;
        this.name = name;
        this.erasureCoded = erasureCoded;
        this.namespace = namespace;
        this.deadline = deadline;
        this.flags = flags;
    }

    @Override
    public Rados rados() {
        return client;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public boolean isErasureCoded() {
        return erasureCoded;
    }

    @Override
    public Pool inNamespace(String other) {
        return new PoolView(client, id, name, erasureCoded, other, deadline, flags);
    }

    @Override
    public Pool withDeadline(Duration other) {
        return new PoolView(client, id, name, erasureCoded, namespace, other, flags);
    }

    @Override
    public Pool withFullTry() {
        return new PoolView(client, id, name, erasureCoded, namespace, deadline, flags | OsdFlags.FULL_TRY);
    }

    private ObjectName object(String object) {
        return new ObjectName(id, name, namespace, object);
    }

    @Override
    public CompletableFuture<ReadResult> operateAsync(String object, ReadOperation operation, long snapId) {
        return submit(object, operation.operation(), snapId, SnapContext.EMPTY);
    }

    @Override
    public CompletableFuture<WriteResult> operateAsync(
            String object, WriteOperation operation, SnapContext snapContext) {
        return submit(object, operation.operation(), SnapContext.HEAD, snapContext);
    }

    private <R> CompletableFuture<R> submit(String object, Operation<R> operation, long snapId, SnapContext snaps) {
        try {
            client.hook().before(name, object, operation.isWrite());
        } catch (RadosException failed) {
            return CompletableFuture.failedFuture(failed);
        }
        int more = isDelete(operation) ? flags | OsdFlags.FULL_FORCE : flags;
        return client.objecter().submit(new Request<>(object(object), operation, snapId, snaps, more, deadline));
    }

    /** What only deletes goes through when the cluster is full, as in librados. */
    private static boolean isDelete(Operation<?> operation) {
        return operation.ops().size() == 1 && operation.ops().get(0).code() == OpCode.DELETE;
    }

    @Override
    public Map<String, byte[]> omap(String object) throws RadosException {
        Map<String, byte[]> all = new LinkedHashMap<>();
        String after = "";
        OmapPage page;
        do {
            page = operate(object, new ReadOperation().omapValues(after, "", OMAP_PAGE))
                    .omap(0);
            for (Map.Entry<String, byte[]> pair : page.pairs().entrySet()) {
                all.put(pair.getKey(), pair.getValue());
                after = pair.getKey();
            }
        } while (page.truncated() && !page.pairs().isEmpty());
        return all;
    }

    @Override
    public Iterable<String> objects() throws RadosException {
        return new ObjectListing(client.objecter(), id, name, namespace, deadline);
    }

    // ---- snapshots

    @Override
    public CompletableFuture<Long> createSnapIdAsync() {
        String doing = "creating a snapshot id in pool " + name;
        return poolOp(PoolOp.Kind.CREATE_UNMANAGED_SNAP, 0, doing).thenCompose(reply -> {
            if (reply.data().length < Long.BYTES) {
                return CompletableFuture.failedFuture(
                        new RadosException(Errno.EBADMSG, doing + ", which was answered without an id"));
            }
            return CompletableFuture.completedFuture(Decoder.of(reply.data()).u64());
        });
    }

    @Override
    public CompletableFuture<Void> removeSnapIdAsync(long snapId) {
        return poolOp(PoolOp.Kind.DELETE_UNMANAGED_SNAP, snapId, "removing snapshot id " + snapId + " in pool " + name)
                .thenApply(reply -> null);
    }

    /** Completes once the map that shows the change is in force. */
    private CompletableFuture<PoolOpReply> poolOp(PoolOp.Kind kind, long snapId, String doing) {
        Duration command = client.deadlines().command();
        return client.monitors()
                .poolOp(id, kind, snapId, "", client.map().epoch(), doing, command)
                .thenCompose(reply ->
                        client.objecter().waitForEpoch(reply.epoch(), command).thenApply(reached -> reply));
    }

    // ---- watches

    @Override
    public CompletableFuture<NotifyResult> notifyAsync(String object, byte[] message, Duration timeout) {
        return client.objecter()
                .notify(object(object), message, timeout, deadline)
                .thenApply(answers -> new NotifyResult(
                        answers.given().stream()
                                .map(answer -> new NotifyResult.Reply(
                                        new NotifyResult.Watcher(
                                                answer.watcher().clientId(),
                                                answer.watcher().cookie()),
                                        answer.bytes()))
                                .toList(),
                        answers.missed().stream()
                                .map(missed -> new NotifyResult.Watcher(missed.clientId(), missed.cookie()))
                                .toList()));
    }

    @Override
    public CompletableFuture<Watch> watchAsync(String object, Watch.Listener listener) {
        WatchListener told = new WatchListener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                return listener.onNotify(notifyId, notifierId, message);
            }

            @Override
            public void onError(RadosException error) {
                listener.onError(error);
            }
        };
        return client.objecter().watch(object(object), told, deadline).thenApply(handle -> new Watch() {
            @Override
            public long handle() {
                return handle.cookie();
            }

            @Override
            public CompletableFuture<Void> closeAsync() {
                return handle.close();
            }
        });
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PoolView that
                && client == that.client
                && id == that.id
                && namespace.equals(that.namespace);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id) * 31 + namespace.hashCode();
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : name + "/" + namespace;
    }
}
