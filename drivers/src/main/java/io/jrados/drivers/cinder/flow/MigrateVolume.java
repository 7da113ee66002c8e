package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.PoolNote;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Rbd;
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
    /** The note in the target's pool that the copy is whole. */
    private static final String MIGRATED = "migrated";

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
        String doing = "copying volume " + volume + " to pool " + pool;
        CopyOptions options = CopyOptions.DEFAULT.withDepth(call.options().writesInFlight());
        PoolNote note = new PoolNote(to, MIGRATED, volume);
        if (isCopied(note, to, volume)) {
            if (!from.exists(volume)) {
                // A call that died had copied it, and had begun to delete it.
                deleteSource(volume, pool);
                note.erase();
                return;
            }
            // The source may have changed since then.
            to.remove(volume, Progress.NONE);
            note.erase();
        }
        try {
            ImageStreams.on(from).copyImage(volume, options, to, volume, call.progress());
        } catch (RadosException failed) {
            throw Cleanup.ofCall(failed, doing);
        }
        call.did("copied", to, volume);
        note.write(from.pool().name());
        deleteSource(volume, pool);
        note.erase();
    }

    /** Whether a copy is whole that was made of the volume in this pool. */
    private boolean isCopied(PoolNote note, Rbd to, String volume) throws RadosException {
        boolean noted = note.read().filter(call.options().pool()::equals).isPresent();
        return noted && to.exists(volume);
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
