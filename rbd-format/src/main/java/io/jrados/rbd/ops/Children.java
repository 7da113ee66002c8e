package io.jrados.rbd.ops;

import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.ChildImageSpec;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ParentCalls;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.header.ClassCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The records of a snapshot's clones: of format 1 in each pool that has some, of format 2 in the parent's header. */
final class Children {
    private Children() {}

    /** Pools of the cluster that hold clones of format 1. */
    static List<String> poolsWithFormatOne(Pool parent, String imageId, long snapId) throws RadosException {
        List<String> found = new ArrayList<>();
        for (ChildImageSpec child : formatOne(parent, imageId, snapId)) {
            String pool = parent.rados().pool(child.pool()).name();
            if (!found.contains(pool)) {
                found.add(pool);
            }
        }
        return found;
    }

    /**
     * Clones of format 1, of all pools. They are in a namespace of the parent's name, where their pool's index of them
     * is too: other clones need format 2. A cache in front of a pool would tell of that pool's clones a second time.
     *
     * @param parent with the header, in the image's namespace
     */
    static List<ChildImageSpec> formatOne(Pool parent, String imageId, long snapId) throws RadosException {
        ParentImageSpec spec = new ParentImageSpec(parent.id(), parent.namespace(), imageId, snapId);
        List<ChildImageSpec> children = new ArrayList<>();
        for (String name : parent.rados().pools()) {
            Optional<Pool> pool = Tolerate.absent(() -> parent.rados().pool(name));
            if (pool.isPresent() && !pool.get().isCacheTier()) {
                for (String id : idsIn(parent.viewOf(pool.get()), spec)) {
                    children.add(new ChildImageSpec(pool.get().id(), parent.namespace(), id));
                }
            }
        }
        return children;
    }

    private static Set<String> idsIn(Pool pool, ParentImageSpec parent) throws RadosException {
        try {
            return ClassCalls.read(pool, ObjectNames.CHILDREN, ParentCalls.getChildren(parent));
        } catch (NotFoundException none) {
            return Set.of();
        }
    }

    /** Clones of format 2. */
    static Set<ChildImageSpec> formatTwo(Pool pool, String imageId, long snapId) throws RadosException {
        return Tolerate.absent(
                        () -> ClassCalls.read(pool, ObjectNames.header(imageId), ParentCalls.childrenList(snapId)))
                .orElse(Set.of());
    }
}
