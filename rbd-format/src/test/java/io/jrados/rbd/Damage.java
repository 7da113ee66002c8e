package io.jrados.rbd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rbd.model.Features;
import io.jrados.wire.Encoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A damage to an image's header or to an index of its pool.
 *
 * @param opens how opening the image ends: ENOENT and so on; empty if it opens as if nothing were
 */
record Damage(String name, Kind kind, Wreck wreck, Optional<Errno> opens) {
    /** Bytes of an object. */
    static final int PART = 1 << 18;

    @Override
    public String toString() {
        return kind + " " + name;
    }

    /** The kind of image that is damaged. */
    enum Kind {
        PLAIN,
        STRIPED,
        CLONE,
        /** As the native tool makes it by default. */
        NATIVE
    }

    /** Does the damage. */
    interface Wreck {
        void run(Wrecker wrecker) throws IOException;
    }

    private static Damage opens(String name, Kind kind, Wreck wreck) {
        return new Damage(name, kind, wreck, Optional.empty());
    }

    private static Damage refused(Errno errno, String name, Kind kind, Wreck wreck) {
        return new Damage(name, kind, wreck, Optional.of(errno));
    }

    static Stream<Damage> all() {
        List<Damage> all = new ArrayList<>();
        all.addAll(layouts());
        all.addAll(values());
        all.addAll(snapshots());
        all.addAll(parents());
        all.addAll(indices());
        return all.stream();
    }

    private static List<Damage> layouts() {
        return List.of(
                refused(Errno.EBADMSG, "order 0", Kind.PLAIN, w -> w.set("order", out -> out.u8(0))),
                refused(Errno.EBADMSG, "order 255", Kind.PLAIN, w -> w.set("order", out -> out.u8(255))),
                refused(Errno.EBADMSG, "order 64", Kind.PLAIN, w -> w.set("order", out -> out.u8(64))),
                refused(Errno.EBADMSG, "order 26", Kind.PLAIN, w -> w.set("order", out -> out.u8(26))),
                refused(Errno.EIO, "order is empty", Kind.PLAIN, w -> w.set("order", out -> {})),
                refused(Errno.ENOENT, "no order", Kind.PLAIN, w -> w.drop("order")),
                refused(Errno.EBADMSG, "stripe unit 0", Kind.STRIPED, w -> w.set("stripe_unit", out -> out.u64(0))),
                refused(Errno.EBADMSG, "stripe unit 3", Kind.STRIPED, w -> w.set("stripe_unit", out -> out.u64(3))),
                refused(Errno.EBADMSG, "stripe unit of ones", Kind.STRIPED, w -> w.ones("stripe_unit", 8)),
                refused(
                        Errno.EBADMSG,
                        "stripe unit above the object size",
                        Kind.STRIPED,
                        w -> w.set("stripe_unit", out -> out.u64(2 * PART))),
                refused(Errno.EBADMSG, "stripe count 0", Kind.STRIPED, w -> w.set("stripe_count", out -> out.u64(0))),
                refused(Errno.EBADMSG, "stripe count of ones", Kind.STRIPED, w -> w.ones("stripe_count", 8)),
                refused(
                        Errno.EBADMSG,
                        "stripe count 2^45",
                        Kind.STRIPED,
                        w -> w.set("stripe_count", out -> out.u64(1L << 45))),
                refused(Errno.EBADMSG, "no stripe unit", Kind.STRIPED, w -> w.drop("stripe_unit")),
                refused(Errno.EIO, "stripe count is cut off", Kind.STRIPED, w -> w.cut("stripe_count")),
                opens("striping without keys", Kind.PLAIN, w -> w.set("features", out -> out.u64(3))));
    }

    private static List<Damage> values() {
        return List.of(
                refused(Errno.EBADMSG, "size of ones", Kind.PLAIN, w -> w.ones("size", 8)),
                refused(Errno.EBADMSG, "size 2^63", Kind.PLAIN, w -> w.set("size", out -> out.u64(1L << 63))),
                refused(Errno.EBADMSG, "size 2^61", Kind.PLAIN, w -> w.set("size", out -> out.u64(1L << 61))),
                refused(Errno.EIO, "size is cut off", Kind.PLAIN, w -> w.cut("size")),
                refused(Errno.ENOENT, "no size", Kind.PLAIN, w -> w.drop("size")),
                opens(
                        "a longer size",
                        Kind.PLAIN,
                        w -> w.set("size", out -> out.u64(10 * PART).u64(77))),
                refused(Errno.ENOSYS, "features of ones", Kind.PLAIN, w -> w.ones("features", 8)),
                opens("feature 2^40", Kind.PLAIN, w -> w.set("features", out -> out.u64(1L << 40 | 1))),
                refused(
                        Errno.ENOSYS,
                        "a dirty cache",
                        Kind.PLAIN,
                        w -> w.set("features", out -> out.u64(Features.DIRTY_CACHE | Features.LAYERING))),
                refused(
                        Errno.ENOSYS,
                        "migrating without a migration",
                        Kind.PLAIN,
                        w -> w.set("features", out -> out.u64(Features.MIGRATING | Features.LAYERING))),
                refused(Errno.EIO, "features are cut off", Kind.PLAIN, w -> w.cut("features")),
                refused(Errno.ENOENT, "no features", Kind.PLAIN, w -> w.drop("features")),
                opens("features 0", Kind.PLAIN, w -> w.set("features", out -> out.u64(0))),
                opens(
                        "a journal that is not there",
                        Kind.PLAIN,
                        w -> w.set("features", out -> out.u64(Features.JOURNALING | Features.EXCLUSIVE_LOCK | 1))),
                opens(
                        "non-primary by itself",
                        Kind.PLAIN,
                        w -> w.set("features", out -> out.u64(Features.NON_PRIMARY | 1))),
                opens("flags of ones", Kind.PLAIN, w -> w.ones("flags", 8)),
                opens("op features of ones", Kind.PLAIN, w -> {
                    w.ones("op_features", 8);
                    w.set("features", out -> out.u64(Features.OPERATIONS | 1));
                }),
                refused(Errno.EIO, "op features are cut off", Kind.PLAIN, w -> w.set("op_features", out -> out.u16(1))),
                refused(
                        Errno.EBADMSG,
                        "prefix is empty",
                        Kind.PLAIN,
                        w -> w.set("object_prefix", out -> out.string(""))),
                refused(
                        Errno.EBADMSG,
                        "prefix of another image",
                        Kind.PLAIN,
                        w -> w.set("object_prefix", out -> out.string("rbd_data." + w.id + "0"))),
                refused(
                        Errno.EBADMSG,
                        "prefix is not text",
                        Kind.PLAIN,
                        w -> w.raw(w.header, "object_prefix", new byte[] {3, 0, 0, 0, -1, -2, 0})),
                refused(Errno.EIO, "prefix is cut off", Kind.PLAIN, w -> w.cut("object_prefix")),
                refused(Errno.EIO, "prefix of a length of ones", Kind.PLAIN, w -> w.ones("object_prefix", 4)),
                refused(Errno.ENOENT, "no prefix", Kind.PLAIN, w -> w.drop("object_prefix")),
                refused(
                        Errno.ENOENT,
                        "a data pool that is not",
                        Kind.PLAIN,
                        w -> w.set("data_pool_id", out -> out.u64(9999))),
                opens("data pool of ones", Kind.PLAIN, w -> w.ones("data_pool_id", 8)),
                refused(Errno.EIO, "data pool is cut off", Kind.PLAIN, w -> w.set("data_pool_id", out -> out.u16(1))),
                opens("a limit that is cut off", Kind.PLAIN, w -> w.set("snap_limit", out -> out.u16(1))),
                opens("a time that is cut off", Kind.PLAIN, w -> w.cut("create_timestamp")),
                opens("a group of garbage", Kind.PLAIN, w -> w.ones("rbd_group_ref", 11)),
                opens("an unknown key", Kind.PLAIN, w -> w.ones("what is this", 3)),
                opens(
                        "an option that is none",
                        Kind.PLAIN,
                        w -> w.raw(w.header, "metadata_conf_rbd_cache", new byte[] {-1, -2})));
    }

    private static List<Damage> snapshots() {
        return List.of(
                refused(Errno.EIO, "snap_seq is cut off", Kind.PLAIN, w -> w.cut("snap_seq")),
                opens("snap_seq of ones", Kind.PLAIN, w -> w.ones("snap_seq", 8)),
                refused(Errno.EBADMSG, "snap_seq 0", Kind.PLAIN, w -> w.set("snap_seq", out -> out.u64(0))),
                refused(Errno.EIO, "a snapshot that is cut off", Kind.PLAIN, w -> w.cut(w.snapshotKey())),
                refused(Errno.EIO, "an empty snapshot", Kind.PLAIN, w -> w.set(w.snapshotKey(), out -> {})),
                refused(Errno.EBADMSG, "a snapshot under another id", Kind.PLAIN, w -> {
                    byte[] record = w.get(w.snapshotKey());
                    w.raw(w.header, "snapshot_" + HexFormat.of().toHexDigits(5000L), record);
                    w.set("snap_seq", out -> out.u64(5000));
                }),
                refused(
                        Errno.EIO,
                        "a snapshot whose key is no number",
                        Kind.PLAIN,
                        w -> w.raw(w.header, "snapshot_zzzz", new byte[] {1, 2, 3})),
                refused(Errno.EIO, "a snapshot of a later version", Kind.PLAIN, w -> {
                    byte[] record = w.get(w.snapshotKey());
                    record[0] = 100;
                    record[1] = 99;
                    w.raw(w.header, w.snapshotKey(), record);
                }),
                refused(Errno.EBADMSG, "a snapshot larger than any", Kind.PLAIN, w -> {
                    byte[] record = w.get(w.snapshotKey());
                    Arrays.fill(record, 6 + 8 + 4 + 1, 6 + 8 + 4 + 1 + 8, (byte) 0xff);
                    w.raw(w.header, w.snapshotKey(), record);
                }),
                opens("children of garbage", Kind.PLAIN, w -> {
                    String key = w.snapshotKey().replace("snapshot_", "snap_children_");
                    w.ones(key, 9);
                }));
    }

    private static List<Damage> parents() {
        return List.of(
                refused(
                        Errno.ENOENT,
                        "a parent in no pool",
                        Kind.CLONE,
                        w -> w.parentLink(9999, w.parent, 1, 3 * PART)),
                refused(
                        Errno.ENOENT,
                        "a parent that is not",
                        Kind.CLONE,
                        w -> w.parentLink(w.pool.id(), "nowhere", 1, 3 * PART)),
                refused(
                        Errno.ENOENT,
                        "a parent without that snapshot",
                        Kind.CLONE,
                        w -> w.parentLink(w.pool.id(), w.parent, 99_999, 3 * PART)),
                refused(
                        Errno.EMLINK,
                        "its own parent",
                        Kind.CLONE,
                        w -> w.parentLink(
                                w.pool.id(),
                                w.id,
                                Long.parseUnsignedLong(w.snapshotKey().substring("snapshot_".length()), 16),
                                3 * PART)),
                refused(Errno.EIO, "a parent that is cut off", Kind.CLONE, w -> w.cut("parent")),
                refused(Errno.EIO, "a parent of ones", Kind.CLONE, w -> w.ones("parent", 40)),
                refused(
                        Errno.EBADMSG,
                        "an overlap of ones",
                        Kind.CLONE,
                        w -> w.parentLink(w.pool.id(), w.parent, snapOf(w), -1)),
                opens(
                        "an overlap above the size",
                        Kind.CLONE,
                        w -> w.parentLink(w.pool.id(), w.parent, snapOf(w), 1L << 40)),
                opens("an empty parent's id", Kind.PLAIN, w -> w.parentLink(w.pool.id(), "", 1, 3 * PART)),
                opens("a parent of pool -1", Kind.PLAIN, w -> w.parentLink(-1, "x", 1, 3 * PART)));
    }

    private static long snapOf(Wrecker w) throws RadosException {
        String key = w.pool.omap("rbd_header." + w.parent).keySet().stream()
                .filter(known -> known.startsWith("snapshot_"))
                .findFirst()
                .orElseThrow();
        return Long.parseUnsignedLong(key.substring("snapshot_".length()), 16);
    }

    private static List<Damage> indices() {
        return List.of(
                refused(Errno.ENOENT, "an empty id object", Kind.PLAIN, w -> w.object("rbd_id.image", new byte[0])),
                refused(
                        Errno.EIO,
                        "an id object of ones",
                        Kind.PLAIN,
                        w -> w.object("rbd_id.image", new byte[] {-1, -1, -1, -1})),
                refused(
                        Errno.ENOENT,
                        "an id object of another image",
                        Kind.PLAIN,
                        w -> w.object("rbd_id.image", Encoder.bytesOf(out -> out.string("nowhere")))),
                refused(
                        Errno.ENOENT,
                        "an id that is not text",
                        Kind.PLAIN,
                        w -> w.object("rbd_id.image", new byte[] {2, 0, 0, 0, -1, -2})),
                refused(Errno.ENOENT, "no header", Kind.PLAIN, w -> w.pool.remove(w.header)),
                refused(
                        Errno.ENOENT,
                        "an empty header",
                        Kind.PLAIN,
                        w -> w.pool.operate(w.header, new WriteOperation().omapClear())),
                opens(
                        "no name in the directory",
                        Kind.PLAIN,
                        w -> w.pool.operate(
                                "rbd_directory", new WriteOperation().omapRemove(Set.of("name_image", "id_" + w.id)))),
                opens(
                        "a directory of garbage",
                        Kind.PLAIN,
                        w -> w.raw("rbd_directory", "name_image", new byte[] {-1, -1, -1, -1})),
                // An entry of garbage would be no case for us: the class lets an OSD of release 16 abort by it.
                opens(
                        "a trash entry in an unknown state",
                        Kind.PLAIN,
                        w -> w.raw(
                                "rbd_trash",
                                "id_" + w.id,
                                HexFormat.of()
                                        .parseHex("020117000000" + "00" + "01000000" + "78" + "00".repeat(16) + "09"))),
                opens(
                        "an object map of garbage",
                        Kind.NATIVE,
                        w -> w.object("rbd_object_map." + w.id, new byte[] {1, 2})),
                opens("an empty object map", Kind.NATIVE, w -> w.object("rbd_object_map." + w.id, new byte[0])),
                opens("no object map", Kind.NATIVE, w -> w.pool.remove("rbd_object_map." + w.id)),
                opens(
                        "an object map of the wrong length",
                        Kind.NATIVE,
                        w -> w.pool.operate(
                                "rbd_object_map." + w.id,
                                new WriteOperation()
                                        .exec("rbd", "object_map_resize", Encoder.bytesOf(out -> out.u64(1000)
                                                .u8(0))))),
                opens(
                        "a lock of garbage",
                        Kind.NATIVE,
                        w -> w.pool.operate(
                                w.header, new WriteOperation().setXattr("lock.rbd_lock", new byte[] {9, 9, 9}))));
    }
}
