package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Utime;
import java.time.Instant;

/** Calls on {@code rbd_header.<id>}: what an image is (src/cls/rbd/cls_rbd_client.cc). */
public final class HeaderCalls {
    /** RBD_FLAG_OBJECT_MAP_INVALID: the map must not be believed (include/rbd_types.h). */
    public static final long OBJECT_MAP_INVALID = 1;

    /** RBD_FLAG_FAST_DIFF_INVALID: what the map says of changes since the last snapshot must not be believed. */
    public static final long FAST_DIFF_INVALID = 2;

    private HeaderCalls() {}

    /**
     * Makes the header. EEXIST if it has been made, ENOSYS for features that the OSDs don't know.
     *
     * @param size bytes
     * @param dataPool id of the pool for data objects, -1 for the header's own
     */
    public static WriteCall create(long size, int order, long features, String dataPrefix, long dataPool) {
        return WriteCall.of(
                "create",
                out -> out.u64(size).u8(order).u64(features).string(dataPrefix).u64(dataPool));
    }

    /** @param snapId a snapshot's, or {@link io.jrados.osd.op.SnapContext#HEAD} */
    public static ReadCall<FeatureBits> getFeatures(long snapId, boolean readOnly) {
        return ReadCall.of(
                "get_features", out -> out.u64(snapId).bool(readOnly), in -> new FeatureBits(in.u64(), in.u64()));
    }

    /** EINVAL for a mask that holds features which never change. */
    public static WriteCall setFeatures(long features, long mask) {
        return WriteCall.of("set_features", out -> out.u64(features).u64(mask));
    }

    /** The features that the OSDs know; on any object. */
    public static ReadCall<Long> getAllFeatures() {
        return ReadCall.of("get_all_features", Decoder::u64);
    }

    public static ReadCall<SizeAndOrder> getSize(long snapId) {
        return ReadCall.of("get_size", out -> out.u64(snapId), in -> {
            int order = in.u8();
            return new SizeAndOrder(in.u64(), order);
        });
    }

    /** Shrinking lowers the head's overlap with its parent for good. */
    public static WriteCall setSize(long size) {
        return WriteCall.of("set_size", out -> out.u64(size));
    }

    public static ReadCall<String> getObjectPrefix() {
        return ReadCall.of("get_object_prefix", Decoder::string);
    }

    /** -1 when the data objects are in the header's pool. */
    public static ReadCall<Long> getDataPool() {
        return ReadCall.of("get_data_pool", Decoder::i64);
    }

    /** ENOEXEC for an image without the feature STRIPINGV2. */
    public static ReadCall<Striping> getStripeUnitCount() {
        return ReadCall.of("get_stripe_unit_count", in -> new Striping(in.u64(), in.u64()));
    }

    public static WriteCall setStripeUnitCount(long unit, long count) {
        return WriteCall.of("set_stripe_unit_count", out -> out.u64(unit).u64(count));
    }

    public static ReadCall<Instant> getCreateTimestamp() {
        return ReadCall.of("get_create_timestamp", HeaderCalls::instant);
    }

    public static ReadCall<Instant> getAccessTimestamp() {
        return ReadCall.of("get_access_timestamp", HeaderCalls::instant);
    }

    public static ReadCall<Instant> getModifyTimestamp() {
        return ReadCall.of("get_modify_timestamp", HeaderCalls::instant);
    }

    /** To the OSD's clock. */
    public static WriteCall setAccessTimestamp() {
        return WriteCall.of("set_access_timestamp");
    }

    /** To the OSD's clock. */
    public static WriteCall setModifyTimestamp() {
        return WriteCall.of("set_modify_timestamp");
    }

    private static Instant instant(Decoder in) {
        return Utime.decode(in).toInstant();
    }

    /** Bits: 1 object map invalid, 2 fast diff invalid. */
    public static ReadCall<Long> getFlags(long snapId) {
        return ReadCall.of("get_flags", out -> out.u64(snapId), Decoder::u64);
    }

    public static WriteCall setFlags(long flags, long mask, long snapId) {
        return WriteCall.of("set_flags", out -> out.u64(flags).u64(mask).u64(snapId));
    }

    /** Bits of {@link io.jrados.rbd.model.OpFeatures}. */
    public static ReadCall<Long> opFeaturesGet() {
        return ReadCall.of("op_features_get", Decoder::u64);
    }

    /** The class sets or clears the feature OPERATIONS along. */
    public static WriteCall opFeaturesSet(long value, long mask) {
        return WriteCall.of("op_features_set", out -> out.u64(value).u64(mask));
    }

    /** An empty group when there is none. */
    public static ReadCall<GroupSpec> imageGroupGet() {
        return ReadCall.of("image_group_get", GroupSpec::decode);
    }

    /**
     * Features of an image.
     *
     * @param all which it has
     * @param incompatible which a client must know to open it as asked
     */
    public record FeatureBits(long all, long incompatible) {}

    /**
     * @param size bytes
     * @param order base-2 logarithm of the object size
     */
    public record SizeAndOrder(long size, int order) {}

    /**
     * @param unit bytes
     * @param count objects of a set
     */
    public record Striping(long unit, long count) {}
}
