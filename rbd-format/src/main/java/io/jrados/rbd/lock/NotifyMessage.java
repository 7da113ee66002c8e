package io.jrados.rbd.lock;

import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;
import java.util.Optional;

/**
 * A message from one client of an image to the others through the header.
 *
 * <pre>
 * librbd::watch_notify::NotifyMessage (src/librbd/WatchNotifyTypes.cc)
 *   v6  operation, payload                               Nautilus, Octopus; read
 *   v7  + the request's id in the payloads that lacked it   what we read and write
 * </pre>
 */
public sealed interface NotifyMessage {
    Struct STRUCT = new Struct("NotifyMessage", 6, 7, 1);

    NotifyOp op();

    void encodePayload(Encoder out);

    /** A message that this client does not know is {@link Unknown}: to be acknowledged and ignored. */
    static NotifyMessage decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            long op = body.u32();
            return op < NotifyOp.values().length
                    ? payload(NotifyOp.values()[(int) op], body, version >= 7)
                    : new Unknown(op);
        });
    }

    private static NotifyMessage payload(NotifyOp op, Decoder in, boolean ids) {
        return switch (op) {
            case ACQUIRED_LOCK, RELEASED_LOCK -> new LockNotice(op, ClientId.decode(in));
            case REQUEST_LOCK -> new RequestLock(ClientId.decode(in), in.bool());
            case HEADER_UPDATE -> new HeaderUpdate();
            case ASYNC_PROGRESS -> new AsyncProgress(RequestId.decode(in), in.u64(), in.u64());
            case ASYNC_COMPLETE -> new AsyncComplete(RequestId.decode(in), in.i32());
            case FLATTEN, REBUILD_OBJECT_MAP, MIGRATE, QUIESCE, UNQUIESCE -> new Request(op, RequestId.decode(in));
            case RESIZE -> new Resize(in.u64(), RequestId.decode(in), in.bool());
            case SNAP_CREATE ->
                new SnapCreate(in.string(), SnapshotNamespace.decode(in), id(in, ids), ids ? in.u64() : 0);
            case SNAP_REMOVE, SNAP_PROTECT, SNAP_UNPROTECT ->
                new SnapRequest(op, in.string(), SnapshotNamespace.decode(in), id(in, ids));
            case SNAP_RENAME -> new SnapRename(in.u64(), in.string(), SnapshotNamespace.decode(in), id(in, ids));
            case RENAME -> new Rename(in.string(), id(in, ids));
            case UPDATE_FEATURES -> new UpdateFeatures(in.u64(), in.bool(), id(in, ids));
            case SPARSIFY -> new Sparsify(RequestId.decode(in), in.u64());
            case METADATA_UPDATE -> new MetadataUpdate(in.string(), in.optional(Decoder::string), id(in, ids));
        };
    }

    private static RequestId id(Decoder in, boolean there) {
        return there ? RequestId.decode(in) : RequestId.NONE;
    }

    default void encode(Encoder out) {
        out.struct(STRUCT, body -> encodePayload(body.u32(op().ordinal())));
    }

    /**
     * The number of a request, if it is one that the lock's owner is to do; {@code NONE} from releases without numbers.
     */
    default Optional<RequestId> requestId() {
        return Optional.empty();
    }

    /** The bytes of the notification. */
    default byte[] toBytes() {
        return Encoder.bytesOf(this::encode);
    }

    /** ACQUIRED_LOCK, RELEASED_LOCK. */
    record LockNotice(NotifyOp op, ClientId client) implements NotifyMessage {
        @Override
        public void encodePayload(Encoder out) {
            client.encode(out);
        }
    }

    /** Asks the lock's owner to give it up. */
    record RequestLock(ClientId client, boolean force) implements NotifyMessage {
        @Override
        public NotifyOp op() {
            return NotifyOp.REQUEST_LOCK;
        }

        @Override
        public void encodePayload(Encoder out) {
            client.encode(out);
            out.bool(force);
        }
    }

    /** The header has changed: read it before the next I/O. */
    record HeaderUpdate() implements NotifyMessage {
        @Override
        public NotifyOp op() {
            return NotifyOp.HEADER_UPDATE;
        }

        @Override
        public void encodePayload(Encoder out) {}
    }

    /** The progress of a request. */
    record AsyncProgress(RequestId request, long offset, long total) implements NotifyMessage {
        @Override
        public NotifyOp op() {
            return NotifyOp.ASYNC_PROGRESS;
        }

        @Override
        public void encodePayload(Encoder out) {
            request.encode(out);
            out.u64(offset).u64(total);
        }
    }

    /** The end of a request: 0, or a negative errno. */
    record AsyncComplete(RequestId request, int result) implements NotifyMessage {
        @Override
        public NotifyOp op() {
            return NotifyOp.ASYNC_COMPLETE;
        }

        @Override
        public void encodePayload(Encoder out) {
            request.encode(out);
            out.i32(result);
        }
    }

    /** FLATTEN, REBUILD_OBJECT_MAP, MIGRATE, QUIESCE, UNQUIESCE. */
    record Request(NotifyOp op, RequestId request) implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public void encodePayload(Encoder out) {
            request.encode(out);
        }
    }

    /** @param size bytes */
    record Resize(long size, RequestId request, boolean allowShrink) implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public NotifyOp op() {
            return NotifyOp.RESIZE;
        }

        @Override
        public void encodePayload(Encoder out) {
            request.encode(out.u64(size));
            out.bool(allowShrink);
        }
    }

    record SnapCreate(String name, SnapshotNamespace namespace, RequestId request, long flags)
            implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public NotifyOp op() {
            return NotifyOp.SNAP_CREATE;
        }

        @Override
        public void encodePayload(Encoder out) {
            namespace.encode(out.string(name));
            request.encode(out);
            out.u64(flags);
        }
    }

    /** SNAP_REMOVE, SNAP_PROTECT, SNAP_UNPROTECT. */
    record SnapRequest(NotifyOp op, String name, SnapshotNamespace namespace, RequestId request)
            implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public void encodePayload(Encoder out) {
            namespace.encode(out.string(name));
            request.encode(out);
        }
    }

    record SnapRename(long snapId, String newName, SnapshotNamespace namespace, RequestId request)
            implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public NotifyOp op() {
            return NotifyOp.SNAP_RENAME;
        }

        @Override
        public void encodePayload(Encoder out) {
            namespace.encode(out.u64(snapId).string(newName));
            request.encode(out);
        }
    }

    record Rename(String newName, RequestId request) implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public NotifyOp op() {
            return NotifyOp.RENAME;
        }

        @Override
        public void encodePayload(Encoder out) {
            request.encode(out.string(newName));
        }
    }

    record UpdateFeatures(long features, boolean enabled, RequestId request) implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public NotifyOp op() {
            return NotifyOp.UPDATE_FEATURES;
        }

        @Override
        public void encodePayload(Encoder out) {
            request.encode(out.u64(features).bool(enabled));
        }
    }

    record Sparsify(RequestId request, long sparseSize) implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public NotifyOp op() {
            return NotifyOp.SPARSIFY;
        }

        @Override
        public void encodePayload(Encoder out) {
            request.encode(out);
            out.u64(sparseSize);
        }
    }

    /** @param value empty when the key was removed */
    record MetadataUpdate(String key, Optional<String> value, RequestId request) implements NotifyMessage {
        @Override
        public Optional<RequestId> requestId() {
            return Optional.of(request);
        }

        @Override
        public NotifyOp op() {
            return NotifyOp.METADATA_UPDATE;
        }

        @Override
        public void encodePayload(Encoder out) {
            out.string(key).optional(value, Encoder::string);
            request.encode(out);
        }
    }

    /** A message of a newer release than this client knows. */
    record Unknown(long number) implements NotifyMessage {
        @Override
        public NotifyOp op() {
            throw new IllegalStateException("notification " + number + " has no name");
        }

        @Override
        public void encodePayload(Encoder out) {
            throw new IllegalStateException("notification " + number + " cannot be written");
        }
    }
}
