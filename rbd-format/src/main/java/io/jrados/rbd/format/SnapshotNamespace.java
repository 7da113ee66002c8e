package io.jrados.rbd.format;

import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;
import java.util.Map;
import java.util.Set;

/**
 * The owner of a snapshot.
 *
 * <pre>
 * cls::rbd::SnapshotNamespace (src/cls/rbd/cls_rbd_types.cc)
 *   v1  type, then what the type needs
 * </pre>
 */
public sealed interface SnapshotNamespace {
    Struct STRUCT = new Struct("SnapshotNamespace", 1, 1, 1);

    /** A person's. */
    User USER = new User();

    /** The number on the wire. */
    int type();

    void encodeBody(Encoder out);

    /** Returns the owner in the words of the API. */
    SnapshotInfo.Namespace owner();

    static SnapshotNamespace decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            int type = (int) body.u32();
            return switch (type) {
                case 0 -> USER;
                case 1 -> new Group(body.i64(), body.string(), body.string());
                case 2 -> new Trash(body.string(), (int) body.u32());
                case 3 -> Mirror.decodeBody(body);
                default -> new Unknown(type);
            };
        });
    }

    default void encode(Encoder out) {
        out.struct(STRUCT, body -> encodeBody(body.u32(type())));
    }

    /** Type 0: made by a person. */
    record User() implements SnapshotNamespace {
        @Override
        public int type() {
            return 0;
        }

        @Override
        public void encodeBody(Encoder out) {}

        @Override
        public SnapshotInfo.Namespace owner() {
            return SnapshotInfo.Namespace.USER;
        }
    }

    /** Type 1: one image's part of a group's snapshot. */
    record Group(long pool, String groupId, String groupSnapshotId) implements SnapshotNamespace {
        @Override
        public int type() {
            return 1;
        }

        @Override
        public void encodeBody(Encoder out) {
            out.u64(pool).string(groupId).string(groupSnapshotId);
        }

        @Override
        public SnapshotInfo.Namespace owner() {
            return SnapshotInfo.Namespace.GROUP;
        }
    }

    /**
     * Type 2: removed, but clones still need it.
     *
     * @param originalName the name it had
     * @param originalType the type it had
     */
    record Trash(String originalName, int originalType) implements SnapshotNamespace {
        @Override
        public int type() {
            return 2;
        }

        @Override
        public void encodeBody(Encoder out) {
            out.string(originalName).u32(originalType);
        }

        @Override
        public SnapshotInfo.Namespace owner() {
            return SnapshotInfo.Namespace.TRASH;
        }
    }

    /**
     * Type 3: a point that mirroring copies.
     *
     * @param state 0 primary, 1 primary demoted, 2 non-primary, 3 non-primary demoted
     * @param complete whether it has been copied wholly
     * @param peers mirror peers that still need it
     * @param snapSeqs the primary's snapshot ids to ours
     */
    record Mirror(
            int state,
            boolean complete,
            Set<String> peers,
            String primaryUuid,
            long primarySnapId,
            long lastCopiedObject,
            Map<Long, Long> snapSeqs)
            implements SnapshotNamespace {
        static Mirror decodeBody(Decoder in) {
            return new Mirror(
                    in.u8(),
                    in.bool(),
                    in.set(4, Decoder::string),
                    in.string(),
                    in.u64(),
                    in.u64(),
                    in.map(16, Decoder::u64, Decoder::u64));
        }

        @Override
        public int type() {
            return 3;
        }

        @Override
        public void encodeBody(Encoder out) {
            out.u8(state).bool(complete).list(peers, Encoder::string);
            out.string(primaryUuid).u64(primarySnapId).u64(lastCopiedObject);
            out.map(snapSeqs, Encoder::u64, Encoder::u64);
        }

        @Override
        public SnapshotInfo.Namespace owner() {
            return SnapshotInfo.Namespace.MIRROR;
        }
    }

    /** A snapshot of a newer release than this client knows: shown, never written. */
    record Unknown(int type) implements SnapshotNamespace {
        @Override
        public void encodeBody(Encoder out) {
            throw new IllegalStateException("a snapshot namespace of the unknown type " + type + " cannot be written");
        }

        @Override
        public SnapshotInfo.Namespace owner() {
            return SnapshotInfo.Namespace.UNKNOWN;
        }
    }
}
