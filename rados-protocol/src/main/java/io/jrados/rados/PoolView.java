package io.jrados.rados;

import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.message.OpCode;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.message.PoolOp;
import io.jrados.message.PoolOpReply;
import io.jrados.osd.ObjectName;
import io.jrados.osd.Request;
import io.jrados.osd.WatchHandle;
import io.jrados.osd.WatchListener;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteInDoubt;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.osdmap.PoolInfo;
import io.jrados.osdmap.PoolSnaps;
import io.jrados.wire.Decoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A pool and namespace of one client. */
final class PoolView implements Pool {
    private static final Consumer<WriteInDoubt> NOBODY = write -> {};

    private final RadosClient client;
    private final long id;
    private final String name;
    private final boolean erasureCoded;
    private final boolean cacheTier;
    private final Settings settings;

    /**
     * The settings in which views of a pool differ.
     *
     * @param key of the locator
     * @param flags {@link OsdFlags} of every operation
     */
    private record Settings(
            String namespace,
            String key,
            Duration deadline,
            int flags,
            ReadPolicy readPolicy,
            Consumer<? super WriteInDoubt> doubts) {}

    PoolView(RadosClient client, long id, String name, boolean erasureCoded, boolean cacheTier) {
        this(
                client,
                id,
                name,
                erasureCoded,
                cacheTier,
                new Settings("", "", client.deadlines().operation(), 0, Configured.readPolicy(client.conf()), NOBODY));
    }

    private PoolView(
            RadosClient client, long id, String name, boolean erasureCoded, boolean cacheTier, Settings settings) {
        this.client = client;
        this.id = id;
        this.name = name;
        this.erasureCoded = erasureCoded;
        this.cacheTier = cacheTier;
        this.settings = settings;
    }

    private Pool with(Settings other) {
        return new PoolView(client, id, name, erasureCoded, cacheTier, other);
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
        return settings.namespace;
    }

    @Override
    public boolean isErasureCoded() {
        return erasureCoded;
    }

    @Override
    public boolean isCacheTier() {
        return cacheTier;
    }

    @Override
    public Pool inNamespace(String other) {
        Objects.requireNonNull(other, "namespace");
        return with(new Settings(
                other, settings.key, settings.deadline, settings.flags, settings.readPolicy, settings.doubts));
    }

    @Override
    public Pool withLocator(String key) {
        Objects.requireNonNull(key, "key");
        return with(new Settings(
                settings.namespace, key, settings.deadline, settings.flags, settings.readPolicy, settings.doubts));
    }

    @Override
    public Duration deadline() {
        return settings.deadline;
    }

    @Override
    public Pool withDeadline(Duration other) {
        if (Objects.requireNonNull(other, "deadline").isNegative() || other.isZero()) {
            throw new IllegalArgumentException("deadline: " + other);
        }
        return with(new Settings(
                settings.namespace, settings.key, other, settings.flags, settings.readPolicy, settings.doubts));
    }

    @Override
    public Pool withDoubts(Consumer<? super WriteInDoubt> responsible) {
        Objects.requireNonNull(responsible, "responsible");
        return with(new Settings(
                settings.namespace, settings.key, settings.deadline, settings.flags, settings.readPolicy, responsible));
    }

    @Override
    public Pool withReadPolicy(ReadPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return with(new Settings(
                settings.namespace, settings.key, settings.deadline, settings.flags, policy, settings.doubts));
    }

    @Override
    public Pool withFullTry() {
        int more = settings.flags | OsdFlags.FULL_TRY;
        return with(new Settings(
                settings.namespace, settings.key, settings.deadline, more, settings.readPolicy, settings.doubts));
    }

    @Override
    public Pool viewOf(Pool other) {
        Objects.requireNonNull(other, "other");
        if (other instanceof PoolView view && view.client != client) {
            checkCluster(view);
        }
        Settings adopted = new Settings(
                settings.namespace,
                "",
                settings.deadline,
                settings.flags & OsdFlags.FULL_TRY,
                Configured.readPolicy(client.conf()),
                NOBODY);
        return new PoolView(client, other.id(), other.name(), other.isErasureCoded(), other.isCacheTier(), adopted);
    }

    /** A pool of another cluster may have the id of one of ours. */
    private void checkCluster(PoolView other) {
        UUID theirs = other.client.fsid();
        if (!theirs.equals(client.fsid())) {
            throw new IllegalArgumentException("other: pool " + Printable.of(other.name) + " is of cluster " + theirs
                    + ", not of " + client.fsid());
        }
    }

    private static <T> CompletableFuture<T> missing(String argument) {
        return CompletableFuture.failedFuture(new NullPointerException(argument));
    }

    private ObjectName object(String object) {
        return new ObjectName(id, name, settings.namespace, settings.key, object);
    }

    @Override
    public CompletableFuture<ReadResult> operateAsync(String object, ReadOperation operation, long snapId) {
        if (operation == null) {
            return missing("operation");
        }
        Operation<ReadResult> sent = operation.operation();
        boolean replicas =
                settings.readPolicy != ReadPolicy.DEFAULT && Configured.replicasMayServe(client.conf(), sent);
        return submit(object, sent, snapId, SnapContext.EMPTY, replicas ? settings.readPolicy.flag() : 0);
    }

    @Override
    public CompletableFuture<WriteResult> operateAsync(
            String object, WriteOperation operation, SnapContext snapContext) {
        if (operation == null) {
            return missing("operation");
        }
        if (snapContext == null) {
            return missing("snapContext");
        }
        Operation<WriteResult> sent = operation.operation();
        // What only deletes goes through when the cluster is full, as in librados.
        boolean deletes = sent.ops().size() == 1 && sent.ops().get(0).code() == OpCode.DELETE;
        return submit(object, sent, SnapContext.HEAD, snapContext, deletes ? OsdFlags.FULL_FORCE : 0);
    }

    private <R> CompletableFuture<R> submit(
            String object, Operation<R> operation, long snapId, SnapContext snaps, int flags) {
        if (object == null) {
            return missing("object");
        }
        try {
            client.hook().before(name, object, operation.isWrite());
        } catch (RadosException failed) {
            return CompletableFuture.failedFuture(failed);
        }
        Request<R> request = new Request<>(
                object(object),
                operation,
                snapId,
                snaps,
                settings.flags | flags,
                client.spentTime().left(settings.deadline),
                settings.doubts);
        return client.observation().operation(name, operation, client.objecter().submit(request));
    }

    @Override
    public ObjectListing listing() {
        return new ObjectListing(
                client.objecter(),
                new ObjectListing.Scope(id, name, settings.namespace, Optional.empty(), settings.deadline));
    }

    @Override
    public CompletableFuture<Void> flushAsync() {
        return client.objecter().flush(id, settings.deadline);
    }

    // ---- snapshots

    @Override
    public CompletableFuture<Long> createSnapIdAsync() {
        String doing = "creating a snapshot id in pool " + name;
        return poolOp(PoolOp.Kind.CREATE_UNMANAGED_SNAP, 0, "", doing).thenCompose(reply -> {
            if (reply.data().length < Long.BYTES) {
                return CompletableFuture.failedFuture(
                        new RadosException(Errno.EBADMSG, doing + ", which was answered without an id"));
            }
            return CompletableFuture.completedFuture(Decoder.of(reply.data()).u64());
        });
    }

    @Override
    public CompletableFuture<Void> removeSnapIdAsync(long snapId) {
        if (snapId < 1) {
            return Wait.refused("snapId", snapId);
        }
        String doing = "removing snapshot id " + snapId + " in pool " + name;
        return poolOp(PoolOp.Kind.DELETE_UNMANAGED_SNAP, snapId, "", doing).thenApply(reply -> null);
    }

    @Override
    public CompletableFuture<Void> createSnapshotAsync(String snapshot) {
        if (snapshot == null) {
            return missing("snapshot");
        }
        String doing = "creating snapshot " + snapshot + " of pool " + name;
        return poolOp(PoolOp.Kind.CREATE_SNAP, 0, snapshot, doing).thenApply(reply -> null);
    }

    @Override
    public CompletableFuture<Void> removeSnapshotAsync(String snapshot) {
        if (snapshot == null) {
            return missing("snapshot");
        }
        String doing = "removing snapshot " + snapshot + " of pool " + name;
        return poolOp(PoolOp.Kind.DELETE_SNAP, 0, snapshot, doing).thenApply(reply -> null);
    }

    @Override
    public List<PoolSnapshot> snapshots() {
        return client.map().pool(id).map(PoolInfo::snaps).map(PoolSnaps::byId).orElse(Map.of()).values().stream()
                .map(snap ->
                        new PoolSnapshot(snap.id(), snap.name(), snap.stamp().toInstant()))
                .toList();
    }

    /** Completes once the map that shows the change is in force. */
    private CompletableFuture<PoolOpReply> poolOp(PoolOp.Kind kind, long snapId, String snapshot, String doing) {
        Duration command = client.deadlines().command();
        return client.monitors()
                .poolOp(id, kind, snapId, snapshot, client.map().epoch(), doing, command)
                .thenCompose(reply ->
                        client.objecter().waitForEpoch(reply.epoch(), command).thenApply(reached -> reply));
    }

    // ---- watches

    @Override
    public CompletableFuture<NotifyResult> notifyAsync(String object, byte[] message, Duration timeout) {
        if (object == null) {
            return missing("object");
        }
        if (message == null) {
            return missing("message");
        }
        if (timeout == null) {
            return missing("timeout");
        }
        return client.objecter()
                .notify(object(object), message, timeout, settings.deadline)
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
    public CompletableFuture<Watch> watchAsync(String object, Watch.Listener listener, Duration timeout) {
        if (object == null) {
            return missing("object");
        }
        if (listener == null) {
            return missing("listener");
        }
        if (timeout == null) {
            return missing("timeout");
        }
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
        return Wait.Handed.from(
                client.objecter()
                        .watch(object(object), told, timeout, settings.deadline)
                        .thenApply(RegisteredWatch::new),
                Watch::closeAsync);
    }

    private record RegisteredWatch(WatchHandle registered) implements Watch {
        @Override
        public long handle() {
            return registered.cookie();
        }

        @Override
        public Duration sinceConfirmed() throws RadosException {
            return registered.sinceConfirmed();
        }

        @Override
        public CompletableFuture<Void> flushAsync() {
            return registered.flush();
        }

        @Override
        public CompletableFuture<Void> closeAsync() {
            return registered.close();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PoolView that
                && client == that.client
                && id == that.id
                && settings.namespace.equals(that.settings.namespace);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id) * 31 + settings.namespace.hashCode();
    }

    @Override
    public String toString() {
        return settings.namespace.isEmpty() ? name : name + "/" + settings.namespace;
    }
}
