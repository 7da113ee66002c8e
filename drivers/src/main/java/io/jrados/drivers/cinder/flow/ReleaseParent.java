package io.jrados.drivers.cinder.flow;

import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the snapshot that a deleted clone hung on, and with the last of them a source that was deleted before. */
final class ReleaseParent {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseParent.class);

    private final Backend backend;

    ReleaseParent(Backend backend) {
        this.backend = backend;
    }

    void run(ImageSpec snapshot) throws RadosException {
        Optional<ImageSpec> next = Optional.of(snapshot);
        while (next.isPresent()) {
            ImageSpec clonedFrom = next.get();
            next = Optional.empty();
            Rbd rbd = backend.rbdOf(clonedFrom);
            boolean unused;
            Optional<ImageSpec> grandparent;
            try (Image parent = rbd.open(clonedFrom.image())) {
                grandparent = parent.info().parent();
                DeleteSnapshot.remove(parent, clonedFrom.snapshot());
                unused = clonedFrom.image().endsWith(CloneChain.DELETED)
                        && parent.snapshots().stream().noneMatch(each -> each.namespace() == Namespace.USER);
            } catch (NotFoundException gone) {
                LOG.info("{} is gone already", clonedFrom);
                return;
            } catch (BusyException busy) {
                LOG.warn("{} is in use and stays: {}", clonedFrom, busy.getMessage());
                return;
            }
            if (unused) {
                new RemoveImage(backend).run(rbd, clonedFrom.image());
                next = grandparent.filter(each -> CloneChain.isClonedFrom(each, clonedFrom.image()));
            }
        }
    }
}
