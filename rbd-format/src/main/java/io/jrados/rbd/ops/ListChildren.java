package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.format.ChildImageSpec;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageSpec;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The clones of an image's snapshots, of both formats, in all pools (Image::list_children, src/librbd/api/Image.cc).
 * Clones in the trash have no name and are left out.
 */
public final class ListChildren {
    private static final Comparator<ImageSpec> BY_NAME = Comparator.comparing(ImageSpec::pool)
            .thenComparing(ImageSpec::namespace)
            .thenComparing(ImageSpec::image);

    private final ImageContext image;
    private final Rados rados;
    private final Map<ChildImageSpec, Map<String, String>> names = new HashMap<>();

    /** @param image at a snapshot for the clones of that one, at its head for those of all */
    public ListChildren(ImageContext image) {
        this.image = image;
        this.rados = image.pool().rados();
    }

    /** By pool, namespace and name. */
    public List<ImageSpec> run() throws RadosException {
        if (!image.state().has(Features.LAYERING)) {
            return List.of();
        }
        Set<ChildImageSpec> children = new LinkedHashSet<>();
        for (SnapshotState snapshot : image.state().snapshots()) {
            if (image.snapId() == SnapContext.HEAD || image.snapId() == snapshot.id()) {
                addChildren(snapshot.id(), children);
            }
        }
        Set<ImageSpec> specs = new TreeSet<>(BY_NAME);
        for (ChildImageSpec child : children) {
            named(child).ifPresent(specs::add);
        }
        return List.copyOf(specs);
    }

    private void addChildren(long snapId, Set<ChildImageSpec> children) throws RadosException {
        children.addAll(Children.formatOne(image.pool(), image.id(), snapId));
        children.addAll(Children.formatTwo(image.pool(), image.id(), snapId));
    }

    private Optional<ImageSpec> named(ChildImageSpec child) throws RadosException {
        Optional<Pool> found = Tolerate.absent(
                () -> image.pool().viewOf(rados.pool(child.pool())).inNamespace(child.namespace()));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Pool pool = found.get();
        ChildImageSpec directory = new ChildImageSpec(child.pool(), child.namespace(), "");
        Map<String, String> known = names.get(directory);
        if (known == null) {
            known = new HashMap<>();
            for (Map.Entry<String, String> entry :
                    new ListImages(pool).namesToIds().entrySet()) {
                known.put(entry.getValue(), entry.getKey());
            }
            names.put(directory, known);
        }
        return Optional.ofNullable(known.get(child.imageId()))
                .map(name -> ImageSpec.of(pool.name(), name).inNamespace(pool.namespace()));
    }
}
