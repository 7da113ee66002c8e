package io.jrados.rbd.shared;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.ops.OtherImages;
import io.jrados.rbd.ops.RemoveFromTrash;
import io.jrados.rbd.ops.RemoveSnapshot;

/** Changes images that a verb was not handed open, each opened as a {@link SharedImage} for as long as that lasts. */
public final class SharedOtherImages implements OtherImages {
    @Override
    public void open(Pool pool, String id, String name, Work work) throws RadosException {
        try (SharedImage open =
                SharedImage.of(Wait.on(ImageContext.openAsync(pool, id, name, SnapContext.HEAD, false)))) {
            work.on(open.image());
        }
    }

    @Override
    public void prune(Pool pool, String id, long snapId) throws RadosException {
        boolean isLast;
        try (SharedImage open =
                SharedImage.of(Wait.on(ImageContext.openAsync(pool, id, id, SnapContext.HEAD, false)))) {
            new RemoveSnapshot(open.image(), snapId, this).run();
            isLast = open.image().state().snapshots().isEmpty();
        }
        if (isLast) {
            RemoveFromTrash.keptForClones(pool, id, this);
        }
    }
}
