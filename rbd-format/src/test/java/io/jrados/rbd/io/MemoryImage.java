package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.format.SnapshotRecord;
import io.jrados.rbd.model.Features;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Utime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The header of an image: what the class {@code rbd} answers about it (src/cls/rbd/cls_rbd.cc). */
public final class MemoryImage {
    public final MemoryPool pool;
    public final String id;
    public long size;
    public int order = 16;
    public long stripeUnit = 1 << 16;
    public long stripeCount = 1;
    long features = Features.LAYERING;
    long dataPool = -1;
    public long snapSequence;
    public ParentImageSpec parent = new ParentImageSpec(-1, "", "", 0);
    public Optional<Long> overlap = Optional.empty();
    Runnable afterSnapContext = () -> {};
    public final TreeMap<Long, Snapshot> snapshots = new TreeMap<>();
    public final Map<String, byte[]> metadata = new ConcurrentHashMap<>();
    final Map<Long, Long> flags = new ConcurrentHashMap<>();

    public record Snapshot(long id, String name, long size, Optional<Long> overlap) {}

    public MemoryImage(MemoryPool pool, String id, long size) {
        this.pool = pool;
        this.id = id;
        this.size = size;
        pool.headers.put("rbd_header." + id, this);
    }

    String prefix() {
        return "rbd_data." + id;
    }

    /** As a clone of another image's snapshot. */
    public MemoryImage child(MemoryPool childPool, String childId, long snapId) {
        MemoryImage child = new MemoryImage(childPool, childId, snapshots.get(snapId).size);
        child.order = order;
        child.stripeUnit = 1L << order;
        child.parent = new ParentImageSpec(pool.id(), pool.namespace(), id, snapId);
        child.overlap = Optional.of(child.size);
        return child;
    }

    /** As it is made with the default features. */
    public MemoryImage mapped() {
        features |= Features.EXCLUSIVE_LOCK | Features.OBJECT_MAP | Features.FAST_DIFF;
        return this;
    }

    public MemoryImage striped(int newOrder, long unit, long count) {
        order = newOrder;
        stripeUnit = unit;
        stripeCount = count;
        features |= Features.STRIPINGV2;
        return this;
    }

    public long snapshot(String name) {
        snapSequence = pool.nextSnapId();
        snapshots.put(snapSequence, new Snapshot(snapSequence, name, size, overlap));
        return snapSequence;
    }

    public void resize(long newSize) {
        size = newSize;
        overlap = overlap.map(bytes -> Math.min(bytes, newSize));
    }

    /** The output of a method, or null for one that is not of headers. */
    byte @Nullable [] call(String method, byte[] input) throws RadosException {
        Decoder in = Decoder.of(input);
        Encoder out = Encoder.heap();
        switch (method) {
            case "get_size" -> {
                long snap = in.u64();
                out.u8(order).u64(snap == SnapContext.HEAD ? size : at(snap).size);
            }
            case "get_features" -> out.u64(features).u64(features & Features.INCOMPATIBLE);
            case "get_object_prefix" -> out.string(prefix());
            case "get_data_pool" -> out.u64(dataPool);
            case "get_stripe_unit_count" -> out.u64(stripeUnit).u64(stripeCount);
            case "op_features_get" -> out.u64(0);
            case "metadata_list" -> {
                in.string();
                out.map(metadata, Encoder::string, Encoder::bytes);
            }
            case "get_flags" -> out.u64(flags.getOrDefault(in.u64(), 0L));
            case "set_flags" -> {
                long values = in.u64();
                long mask = in.u64();
                flags.merge(in.u64(), values, (before, now) -> before & ~mask | now & mask);
            }
            case "get_snapcontext" -> {
                out.u64(snapSequence).u64s(newestFirst());
                afterSnapContext.run();
            }
            case "parent_get" -> parent.encode(out);
            case "parent_overlap_get" -> {
                long snap = in.u64();
                out.optional(snap == SnapContext.HEAD ? overlap : at(snap).overlap, Encoder::u64);
            }
            case "snapshot_get" -> {
                Snapshot snapshot = at(in.u64());
                new SnapshotRecord(
                                snapshot.id,
                                new SnapshotNamespace.User(),
                                snapshot.name,
                                snapshot.size,
                                new Utime(1, 0),
                                0)
                        .encode(out);
            }
            case "get_protection_status" -> out.u8(0);
            default -> {
                return null;
            }
        }
        return out.toBytes();
    }

    private Snapshot at(long snapId) throws RadosException {
        Snapshot snapshot = snapshots.get(snapId);
        if (snapshot == null) {
            throw RadosException.of(Errno.ENOENT, "looking for a snapshot");
        }
        return snapshot;
    }

    private long[] newestFirst() {
        List<Long> ids = new ArrayList<>(snapshots.descendingKeySet());
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
