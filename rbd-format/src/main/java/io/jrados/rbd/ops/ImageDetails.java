package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.GroupCalls;
import io.jrados.rbd.format.GroupSpec;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.model.GroupRef;
import io.jrados.rbd.model.ImageTimes;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotOwner;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Details that a header holds beside what requests need (src/librbd/librbd.cc, rbd_get_* and rbd_snap_get_*). */
public final class ImageDetails {
    private final ImageContext image;

    private record Group(long pool, Optional<String> poolName, String groupId, Optional<String> name)
            implements GroupRef {}

    private record GroupOwner(
            long pool,
            String groupId,
            Optional<String> groupName,
            String groupSnapshotId,
            Optional<String> groupSnapshotName)
            implements SnapshotOwner.Group {}

    private record MirrorOwner(
            int state,
            boolean complete,
            Set<String> peers,
            Optional<String> primaryUuid,
            OptionalLong primarySnapId,
            long lastCopiedObject)
            implements SnapshotOwner.Mirror {}

    public ImageDetails(ImageContext image) {
        this.image = image;
    }

    public ImageTimes times() throws RadosException {
        ReadOperation operation = new ReadOperation();
        HeaderCalls.getCreateTimestamp().addTo(operation);
        HeaderCalls.getAccessTimestamp().addTo(operation);
        HeaderCalls.getModifyTimestamp().addTo(operation);
        String doing = "reading the times of image " + image.spec();
        Pool pool = image.pool();
        ReadResult results = pool.operate(image.header(), operation);
        return new ImageTimes(
                HeaderCalls.getCreateTimestamp().result(results, 0, doing),
                HeaderCalls.getAccessTimestamp().result(results, 1, doing),
                HeaderCalls.getModifyTimestamp().result(results, 2, doing));
    }

    public Optional<GroupRef> group() throws RadosException {
        Optional<GroupSpec> spec = Tolerate.absent(
                        () -> ClassCalls.read(image.pool(), image.header(), HeaderCalls.imageGroupGet()))
                .filter(GroupSpec::exists);
        if (spec.isEmpty()) {
            return Optional.empty();
        }
        String id = spec.get().groupId();
        Optional<Pool> pool = groupPool(spec.get().pool());
        return Optional.of(new Group(spec.get().pool(), pool.map(Pool::name), id, groupName(pool, id)));
    }

    /** The namespace is the image's own (src/librbd/api/Group.cc). */
    private Optional<Pool> groupPool(long id) throws RadosException {
        Pool own = image.pool();
        return Tolerate.absent(() -> own.viewOf(own.rados().pool(id)));
    }

    private static Optional<String> groupName(Optional<Pool> pool, String id) throws RadosException {
        return pool.isEmpty()
                ? Optional.empty()
                : Tolerate.absent(
                        () -> ClassCalls.read(pool.get(), ObjectNames.GROUP_DIRECTORY, DirectoryCalls.dirGetName(id)));
    }

    private static Optional<String> snapshotName(Optional<Pool> pool, SnapshotNamespace.Group group)
            throws RadosException {
        return pool.isEmpty()
                ? Optional.empty()
                : Tolerate.absent(() -> ClassCalls.read(
                        pool.get(),
                        ObjectNames.groupHeader(group.groupId()),
                        GroupCalls.snapshotName(group.groupSnapshotId())));
    }

    /** @throws RadosException ENOENT without that snapshot */
    public SnapshotOwner owner(ImageState state, long snapId) throws RadosException {
        SnapshotNamespace namespace = state.snapshot(snapId)
                .map(SnapshotState::record)
                .orElseThrow(() ->
                        RadosException.of(Errno.ENOENT, "looking for snapshot " + snapId + " of image " + image.spec()))
                .namespace();
        if (namespace instanceof SnapshotNamespace.Group group) {
            Optional<Pool> pool = groupPool(group.pool());
            return new GroupOwner(
                    group.pool(),
                    group.groupId(),
                    groupName(pool, group.groupId()),
                    group.groupSnapshotId(),
                    snapshotName(pool, group));
        }
        if (namespace instanceof SnapshotNamespace.Trash trash) {
            return new SnapshotOwner.Trash(trash.originalName(), kind(trash.originalType()));
        }
        if (namespace instanceof SnapshotNamespace.Mirror mirror) {
            return new MirrorOwner(
                    mirror.state(),
                    mirror.complete(),
                    mirror.peers(),
                    Optional.of(mirror.primaryUuid()).filter(uuid -> !uuid.isEmpty()),
                    mirror.primarySnapId() == SnapContext.HEAD
                            ? OptionalLong.empty()
                            : OptionalLong.of(mirror.primarySnapId()),
                    mirror.lastCopiedObject());
        }
        return namespace instanceof SnapshotNamespace.User
                ? new SnapshotOwner.User()
                : new SnapshotOwner.Unknown(namespace.type());
    }

    private static SnapshotInfo.Namespace kind(int type) {
        return type >= 0 && type < SnapshotInfo.Namespace.UNKNOWN.ordinal()
                ? SnapshotInfo.Namespace.values()[type]
                : SnapshotInfo.Namespace.UNKNOWN;
    }
}
