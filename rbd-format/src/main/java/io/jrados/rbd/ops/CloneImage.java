package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.ChildImageSpec;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.MetadataCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ParentCalls;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotCalls.Protection;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.OpFeatures;
import io.jrados.rbd.model.Progress;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Makes a copy-on-write child of a snapshot (src/librbd/image/CloneRequest.cc). Clones of format 1 are recorded in the
 * child's pool and need a protected snapshot; those of format 2 are recorded in the parent's header.
 */
public final class CloneImage {
    private final Pool pool;
    private final ImageSpec parentSpec;
    private final String name;
    private final ImageOptions options;
    private final OptionalLong snapId;
    private final OtherImages others;

    /**
     * @param pool of the child
     * @param parent with a snapshot; in any pool of the cluster
     * @param options order, stripes and features of 0 are the parent's
     */
    public CloneImage(Pool pool, ImageSpec parent, String name, ImageOptions options, OtherImages others) {
        this(pool, parent, OptionalLong.empty(), name, options, others);
    }

    /**
     * Clones a snapshot in any namespace but the trash.
     *
     * @param parent without a snapshot
     */
    public CloneImage(Pool pool, ImageSpec parent, long snapId, String name, ImageOptions options, OtherImages others) {
        this(pool, parent, OptionalLong.of(snapId), name, options, others);
    }

    private CloneImage(
            Pool pool, ImageSpec parent, OptionalLong snapId, String name, ImageOptions options, OtherImages others) {
        this.others = others;
        this.pool = pool;
        this.parentSpec = parent;
        this.snapId = snapId;
        this.name = name;
        this.options = options;
    }

    /**
     * @return the child's id
     * @throws RadosException ENOENT for the parent or its snapshot, EEXIST for the child, EINVAL for format 1 of an
     *     unprotected snapshot, and for an empty snapshot, EXDEV for format 1 across namespaces, ENOSYS without
     *     layering
     */
    public String run() throws RadosException {
        int format = options.cloneFormat().isPresent()
                ? options.cloneFormat().getAsInt()
                : Settings.of(pool).cloneFormat();
        Header parent = openParent();
        SnapshotState snapshot = snapshot(parent);
        validate(parent, snapshot, format);
        String id = createChild(parent, snapshot);
        try {
            attachParent(id, parent, snapshot);
            attachChild(id, parent, snapshot, format);
            copyMetadata(id, parent);
            return id;
        } catch (Throwable failed) {
            Rollback.takeBack(failed, () -> removeChild(id));
            throw failed;
        }
    }

    private Header openParent() throws RadosException {
        Pool parentPool = pool.viewOf(pool.rados().pool(parentSpec.pool())).inNamespace(parentSpec.namespace());
        try {
            String id = ClassCalls.read(parentPool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetId(parentSpec.image()));
            return Header.read(parentPool, id, parentSpec.image());
        } catch (NotFoundException absent) {
            throw new NotFoundException(doing() + ": no image " + parentSpec.image(), absent);
        }
    }

    private SnapshotState snapshot(Header parent) throws RadosException {
        if (snapId.isPresent()) {
            return snapshot(parent, snapId.getAsLong());
        }
        String name = parentSpec.snapshot().orElseThrow(() -> refused(Errno.EINVAL, "only a snapshot can be cloned"));
        return parent.snapshots().stream()
                .filter(snapshot -> snapshot.isUsers() && snapshot.name().equals(name))
                .findFirst()
                .orElseThrow(() -> refused(Errno.ENOENT, "no snapshot " + name));
    }

    private SnapshotState snapshot(Header parent, long wanted) throws RadosException {
        SnapshotState found = parent.snapshots().stream()
                .filter(snapshot -> snapshot.id() == wanted)
                .findFirst()
                .orElseThrow(() -> refused(Errno.ENOENT, "no snapshot of id " + wanted));
        if (found.record().namespace() instanceof SnapshotNamespace.Trash) {
            throw refused(Errno.EINVAL, "snapshot " + wanted + " is in the trash");
        }
        return found;
    }

    private void validate(Header parent, SnapshotState snapshot, int format) throws RadosException {
        if (!OpFeatures.areKnown(parent.mutable().opFeatures())) {
            throw refused(Errno.EROFS, "the parent has operation features that this client does not know");
        }
        if (format != 1 && format != 2) {
            throw refused(Errno.EINVAL, "clone format " + format);
        }
        if (format == 1 && !parent.pool().namespace().equals(pool.namespace())) {
            throw refused(Errno.EXDEV, "a clone in another namespace needs clone format 2");
        }
        if (!parent.has(Features.LAYERING)) {
            throw refused(Errno.ENOSYS, "the parent has no layering");
        }
        if (format == 1 && snapshot.protection() != Protection.PROTECTED) {
            throw refused(Errno.EINVAL, "clone format 1 needs a protected snapshot");
        }
        if (snapshot.size() == 0) {
            // src/cls/rbd/cls_rbd.cc refuses a parent of which nothing is seen; the child would be there by then.
            throw refused(
                    Errno.EINVAL, "the snapshot is empty, so nothing of it would be seen: create an image instead");
        }
        if ((features(parent) & Features.LAYERING) == 0) {
            throw refused(Errno.ENOSYS, "a clone needs layering");
        }
    }

    private long features(Header parent) {
        ImageOptions asked = options.features().orElse(0) == 0 ? options.withDefaultFeatures() : options;
        return asked.resolveFeatures(parent.mutable().features().all() & ~Features.INTERNAL);
    }

    private String createChild(Header parent, SnapshotState snapshot) throws RadosException {
        Layout layout = parent.fixed().layout();
        ImageOptions completed = options.withOrder(options.order().orElse(layout.order()))
                .withFeatures(features(parent))
                .withFeaturesSet(0)
                .withFeaturesClear(0)
                .withStriping(
                        options.stripeUnit().orElse(layout.stripeUnit()),
                        options.stripeCount().orElse(layout.stripeCount()));
        return new CreateImage(pool, name, snapshot.size(), completed).run();
    }

    private void attachParent(String id, Header parent, SnapshotState snapshot) throws RadosException {
        write(id, ParentCalls.parentAttach(link(parent, snapshot), snapshot.size(), false));
    }

    private static ParentImageSpec link(Header parent, SnapshotState snapshot) {
        return new ParentImageSpec(parent.pool().id(), parent.pool().namespace(), parent.id(), snapshot.id());
    }

    private void attachChild(String id, Header parent, SnapshotState snapshot, int format) throws RadosException {
        if (format == 1) {
            ClassCalls.write(pool, ObjectNames.CHILDREN, ParentCalls.addChild(link(parent, snapshot), id));
            checkStillProtected(parent, snapshot);
        } else {
            write(id, HeaderCalls.opFeaturesSet(OpFeatures.CLONE_CHILD, OpFeatures.CLONE_CHILD));
            ClassCalls.write(
                    parent.pool(),
                    parent.object(),
                    ParentCalls.childAttach(snapshot.id(), new ChildImageSpec(pool.id(), pool.namespace(), id)));
        }
    }

    /** Somebody may have unprotected it before the child was recorded. */
    private void checkStillProtected(Header parent, SnapshotState snapshot) throws RadosException {
        Protection protection =
                ClassCalls.read(parent.pool(), parent.object(), SnapshotCalls.getProtectionStatus(snapshot.id()));
        if (protection != Protection.PROTECTED) {
            throw refused(Errno.EINVAL, "somebody has unprotected the snapshot");
        }
    }

    /** The clone's own is there already, and counts more than the parent's. */
    private void copyMetadata(String id, Header parent) throws RadosException {
        var metadata = new TreeMap<>(new ImageMetadata(parent.pool(), parent.id()).list());
        metadata.keySet().removeAll(options.metadata().keySet());
        if (!metadata.isEmpty()) {
            write(id, MetadataCalls.set(metadata));
        }
    }

    private void removeChild(String id) throws RadosException {
        new ImageRemoval(pool, id, name, others).run(Progress.NONE);
        IdObject.removeIfOf(pool, name, id);
        Tolerate.errors(
                () -> ClassCalls.write(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirRemoveImage(name, id)),
                Errno.ENOENT);
    }

    private void write(String id, WriteCall call) throws RadosException {
        ClassCalls.write(pool, ObjectNames.header(id), call);
    }

    private String doing() {
        return "cloning " + parentSpec + " to " + Header.spec(pool, name);
    }

    private RadosException refused(Errno errno, String why) {
        return RadosException.of(errno, doing() + ": " + why);
    }
}
