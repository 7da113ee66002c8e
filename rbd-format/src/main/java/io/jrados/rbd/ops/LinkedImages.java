package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.format.ChildImageSpec;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashCalls;
import io.jrados.rbd.format.TrashImageSpec;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.LinkedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Parent, clones, and clones of clones, also those in the trash (Image::get_parent and Image::list_descendants,
 * src/librbd/api/Image.cc).
 */
public final class LinkedImages {
    private static final Comparator<LinkedImage> BY_NAME = Comparator.comparing(
                    (LinkedImage image) -> image.spec().pool())
            .thenComparing(image -> image.spec().namespace())
            .thenComparing(image -> image.spec().image())
            .thenComparing(LinkedImage::id);

    private final ImageContext image;
    private final Rados rados;

    /** An image by its names and ids. */
    private record Linked(ImageSpec spec, String id, long poolId, boolean isInTrash) implements LinkedImage {}

    /** @param image at a snapshot for the clones of that one, at its head for those of all */
    public LinkedImages(ImageContext image) {
        this.image = image;
        this.rados = image.pool().rados();
    }

    /** The snapshot that what is open hangs on. */
    public Optional<LinkedImage> parent() throws RadosException {
        Optional<ImageContext> parent = image.parent();
        if (parent.isEmpty()) {
            return Optional.empty();
        }
        ImageContext found = parent.get();
        LinkedImage named = named(
                        new ChildImageSpec(found.pool().id(), found.pool().namespace(), found.id()))
                .orElseThrow();
        ImageSpec spec = found.state()
                .snapshot(found.snapId())
                .map(SnapshotState::name)
                .map(named.spec()::at)
                .orElse(named.spec());
        return Optional.of(new Linked(spec, named.id(), named.poolId(), named.isInTrash()));
    }

    /** By pool, namespace and name. */
    public List<LinkedImage> children() throws RadosException {
        List<LinkedImage> all = new ArrayList<>();
        for (ChildImageSpec child : ofOpenImage()) {
            named(child).ifPresent(all::add);
        }
        all.sort(BY_NAME);
        return all;
    }

    /** The clones of one snapshot, by pool, namespace and name. */
    public static List<LinkedImage> of(ImageContext image, long snapId) throws RadosException {
        LinkedImages images = new LinkedImages(image);
        List<LinkedImage> all = new ArrayList<>();
        for (ChildImageSpec child : images.of(image.pool(), image.id(), snapId)) {
            images.named(child).ifPresent(all::add);
        }
        all.sort(BY_NAME);
        return all;
    }

    /** All that hang on it by way of others too; by pool, namespace and name. Damage that makes a ring ends nowhere. */
    public List<LinkedImage> descendants() throws RadosException {
        Set<ChildImageSpec> seen = new HashSet<>();
        List<LinkedImage> all = new ArrayList<>();
        List<ChildImageSpec> level = ofOpenImage();
        while (!level.isEmpty()) {
            List<ChildImageSpec> next = new ArrayList<>();
            for (ChildImageSpec child : level) {
                if (seen.add(child)) {
                    named(child).ifPresent(all::add);
                    next.addAll(childrenOf(child));
                }
            }
            level = next;
        }
        all.sort(BY_NAME);
        return all;
    }

    private List<ChildImageSpec> ofOpenImage() throws RadosException {
        List<ChildImageSpec> children = new ArrayList<>();
        if (image.state().has(Features.LAYERING)) {
            for (SnapshotState snapshot : image.state().snapshots()) {
                if (image.snapId() == SnapContext.HEAD || image.snapId() == snapshot.id()) {
                    children.addAll(of(image.pool(), image.id(), snapshot.id()));
                }
            }
        }
        return children;
    }

    private List<ChildImageSpec> childrenOf(ChildImageSpec spec) throws RadosException {
        List<ChildImageSpec> children = new ArrayList<>();
        Optional<Pool> pool = pool(spec);
        Optional<Header> header =
                pool.isPresent() ? Header.find(pool.get(), spec.imageId(), spec.imageId()) : Optional.empty();
        if (header.isPresent()) {
            for (SnapshotState snapshot : header.get().snapshots()) {
                children.addAll(of(pool.get(), spec.imageId(), snapshot.id()));
            }
        }
        return children;
    }

    private List<ChildImageSpec> of(Pool pool, String id, long snapId) throws RadosException {
        List<ChildImageSpec> children = new ArrayList<>(Children.formatOne(pool, id, snapId));
        children.addAll(Children.formatTwo(pool, id, snapId));
        return children;
    }

    private Optional<Pool> pool(ChildImageSpec child) throws RadosException {
        return Tolerate.absent(
                () -> image.pool().viewOf(rados.pool(child.pool())).inNamespace(child.namespace()));
    }

    /** Empty when its pool is gone. An image that nobody knows by name has its id. */
    private Optional<LinkedImage> named(ChildImageSpec child) throws RadosException {
        Optional<Pool> found = pool(child);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Pool pool = found.get();
        String id = child.imageId();
        Optional<String> name =
                Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetName(id)));
        Optional<String> trashed = name.isPresent()
                ? Optional.empty()
                : Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.TRASH, TrashCalls.get(id)))
                        .map(TrashImageSpec::name);
        return Optional.of(new Linked(
                ImageSpec.of(pool.name(), name.or(() -> trashed).orElse(id)).inNamespace(pool.namespace()),
                id,
                pool.id(),
                trashed.isPresent()));
    }
}
