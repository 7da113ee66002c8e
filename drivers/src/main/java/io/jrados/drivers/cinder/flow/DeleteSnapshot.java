package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.model.DeletePolicy;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes a snapshot of a volume, flattening the clones of format 1 that hang on it if the policy says so. */
public final class DeleteSnapshot {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteSnapshot.class);

    private final Call call;

    public DeleteSnapshot(Call call) {
        this.call = call;
    }

    public void run(String volume, String snapshot) throws RadosException {
        Rbd rbd = call.rbd();
        try (Opened opened = new Opened(rbd.open(volume))) {
            Image image = opened.image();
            remove(rbd, image, snapshot);
            call.did("snapshot removed", rbd, volume + "@" + snapshot);
        } catch (NotFoundException gone) {
            LOG.info("snapshot {}@{} is gone already", volume, snapshot);
        }
    }

    private void remove(Rbd rbd, Image image, String snapshot) throws RadosException {
        boolean strict = call.options().deletePolicy() == DeletePolicy.STRICT;
        for (int attempt = 1; ; attempt++) {
            try {
                image.unprotectAndRemoveSnapshot(snapshot);
                return;
            } catch (BusyException busy) {
                long id = find(image, snapshot).map(SnapshotInfo::id).orElseThrow(() -> busy);
                if (strict || attempt >= call.options().connectionRetries()) {
                    throw busy(rbd, image, snapshot, id, busy);
                }
                flatten(rbd, image, id);
            }
        }
    }

    /** A clone that is gone by now needs nothing; the next attempt tells. */
    private void flatten(Rbd rbd, Image image, long snapshot) throws RadosException {
        try {
            new Children(call).flatten(rbd, image.id(), snapshot);
        } catch (NotFoundException clone) {
            LOG.info("a clone of volume {} is gone, or its pool is: {}", image.name(), clone.getMessage());
        }
    }

    private static DriverException busy(Rbd rbd, Image image, String snapshot, long id, BusyException why)
            throws RadosException {
        List<String> clones = Children.of(rbd, image.id(), id).stream()
                .map(LinkedImage::spec)
                .map(Object::toString)
                .toList();
        return new DriverException(
                Kind.SNAPSHOT_IS_BUSY,
                "deleting snapshot " + image.name() + "@" + snapshot + ", on which hang " + String.join(", ", clones),
                why);
    }

    static Optional<SnapshotInfo> find(Image image, String snapshot) throws RadosException {
        return image.snapshots().stream()
                .filter(each ->
                        each.namespace() == Namespace.USER && each.name().equals(snapshot))
                .findFirst();
    }
}
