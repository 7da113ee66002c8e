package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.UnfinishedMark;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.CopyOptions;
import io.jrados.rbd.stream.ImageStreams;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves a volume to another pool of the same cluster, and gives the result of a move its old name. */
public final class MigrateVolume {
    private static final Logger LOG = LoggerFactory.getLogger(MigrateVolume.class);
    private static final Set<String> MOVABLE = Set.of("available", "retyping", "maintenance", "in-use");

    /**
     * The key of the mark of a copy whose source is still to be deleted, before the name of the source's pool. The copy
     * gets its name once it is whole, so that one with the mark is whole.
     */
    private static final String MARK = "jrados.moved-from.";

    private static final int PARTS = 5;
    private static final int FSID = 2;

    private final Call call;

    public MigrateVolume(Call call) {
        this.call = call;
    }

    /** False when it is not for this driver to move it; nothing was done then. */
    public boolean run(Volume volume, String status, MigrationTarget target) throws IOException {
        String[] parts = target.locationInfo().orElse("").split(":", -1);
        if (!MOVABLE.contains(status) || !target.storageProtocol().equals("ceph") || parts.length != PARTS) {
            LOG.debug("volume {} is {}, or its target {} is none of this driver", volume.name(), status, target);
            return false;
        }
        if (!parts[FSID].equals(call.rados().fsid().toString())) {
            LOG.debug("volume {} cannot be moved to cluster {}", volume.name(), parts[FSID]);
            return false;
        }
        String pool = parts[PARTS - 1];
        if (pool.equals(call.options().pool())) {
            return true;
        }
        if (status.equals("in-use")) {
            LOG.debug("volume {} is in use and cannot be moved to pool {}", volume.name(), pool);
            return false;
        }
        move(volume.name(), pool);
        return true;
    }

    private void move(String volume, String pool) throws IOException {
        Rbd from = call.rbd();
        Rbd to = call.rbd(pool);
        UnfinishedMark mark = new UnfinishedMark(MARK + from.pool().name());
        if (mark.claim(to, volume)) {
            if (!from.exists(volume)) {
                LOG.warn("volume {} is in pool {}: the deletion here, in which a client died, is ended", volume, pool);
                deleteSource(volume, pool);
                try (Opened copy = new Opened(to.openReadOnly(volume))) {
                    mark.remove(copy.image());
                }
                return;
            }
            // The source may have changed since the copy was made.
            LOG.warn("removing the copy of volume {} in pool {}, where a client that died has left it", volume, pool);
            to.remove(volume, Progress.NONE);
        }
        copy(from, to, volume, mark);
        // While the copy is open nobody takes it for left over.
        try (Opened copy = new Opened(to.open(volume))) {
            confirm(mark, copy.image());
            deleteSource(volume, pool);
            mark.remove(copy.image());
        }
    }

    private static void confirm(UnfinishedMark mark, Image copy) throws RadosException {
        try {
            mark.confirm(copy);
        } catch (RadosException failed) {
            throw new DriverException(
                    Kind.VOLUME_MIGRATION_FAILED,
                    "moving volume " + copy.name() + ", which stays: its copy may be another client's by now",
                    failed);
        }
    }

    private void copy(Rbd from, Rbd to, String volume, UnfinishedMark mark) throws IOException {
        String doing = "copying volume " + volume + " to pool " + to.pool().name();
        CopyOptions options =
                CopyOptions.DEFAULT.withDepth(call.options().writesInFlight()).withImage(mark.on(ImageOptions.DEFAULT));
        try {
            ImageStreams.on(from).copyImage(volume, options, to, volume, call.progress());
        } catch (NotFoundException | AlreadyExistsException failed) {
            if (mark.isOn(to, volume)) {
                throw new BusyException(
                        doing + ", which another client is doing; one that died is forgotten after 30 s", failed);
            }
            throw failed;
        } catch (RadosException failed) {
            throw Cleanup.ofCall(failed, doing);
        }
        call.did("copied", to, volume);
    }

    private void deleteSource(String volume, String pool) throws DriverException {
        try {
            new DeleteVolume(call).run(volume);
        } catch (RadosException failed) {
            throw new DriverException(
                    Kind.VOLUME_MIGRATION_FAILED,
                    "deleting volume " + volume + " once it was copied to pool " + pool + ", where the copy stays",
                    failed);
        }
    }

    /** Gives a volume that was made to replace another the other's name, or says under which name it is known. */
    public ModelUpdate rename(String original, Volume replacement, boolean inUse) throws RadosException {
        Rbd rbd = call.rbd();
        Optional<String> why = inUse ? Optional.of("it is in use") : tryRename(rbd, replacement.name(), original);
        if (why.isEmpty()) {
            return ModelUpdate.NONE.withNull("_name_id").withNull("provider_location");
        }
        LOG.error("volume {} keeps its name {}: {}", original, replacement.name(), why.get());
        String id = Names.volumeId(call.options(), replacement.name()).orElse(replacement.name());
        ModelUpdate update = ModelUpdate.NONE.with("_name_id", id);
        return replacement.providerLocation().isPresent()
                ? update.with(
                        "provider_location", replacement.providerLocation().get())
                : update.withNull("provider_location");
    }

    private Optional<String> tryRename(Rbd rbd, String from, String to) throws RadosException {
        try {
            rbd.rename(from, to);
            call.did("renamed", rbd, to);
            return Optional.empty();
        } catch (NotFoundException | AlreadyExistsException failed) {
            return Optional.of(failed.getMessage());
        }
    }
}
