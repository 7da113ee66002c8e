package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.GroupSpec;
import io.jrados.rbd.format.HeaderCalls;
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

/** Details that a header holds beside what requests need (src/librbd/librbd.cc, rbd_get_* and rbd_snap_get_*). */
public final class ImageDetails {
    private final ImageContext image;

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
        return Tolerate.absent(() -> ClassCalls.read(image.pool(), image.header(), HeaderCalls.imageGroupGet()))
                .filter(GroupSpec::exists)
                .map(group -> new GroupRef(group.pool(), group.groupId()));
    }

    /** @throws RadosException ENOENT without that snapshot */
    public static SnapshotOwner owner(ImageState state, long snapId, String image) throws RadosException {
        SnapshotNamespace namespace = state.snapshot(snapId)
                .map(SnapshotState::record)
                .orElseThrow(
                        () -> RadosException.of(Errno.ENOENT, "looking for snapshot " + snapId + " of image " + image))
                .namespace();
        if (namespace instanceof SnapshotNamespace.Group group) {
            return new SnapshotOwner.Group(group.pool(), group.groupId(), group.groupSnapshotId());
        }
        if (namespace instanceof SnapshotNamespace.Trash trash) {
            return new SnapshotOwner.Trash(trash.originalName(), kind(trash.originalType()));
        }
        if (namespace instanceof SnapshotNamespace.Mirror mirror) {
            return new SnapshotOwner.Mirror(
                    mirror.state(),
                    mirror.complete(),
                    mirror.peers(),
                    mirror.primaryUuid(),
                    mirror.primarySnapId(),
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
