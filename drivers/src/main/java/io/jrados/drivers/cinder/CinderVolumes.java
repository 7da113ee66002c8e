package io.jrados.drivers.cinder;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.flow.Backend;
import io.jrados.drivers.cinder.flow.CloneVolume;
import io.jrados.drivers.cinder.flow.CreateFromImage;
import io.jrados.drivers.cinder.flow.CreateFromSnapshot;
import io.jrados.drivers.cinder.flow.CreateSnapshot;
import io.jrados.drivers.cinder.flow.CreateVolume;
import io.jrados.drivers.cinder.flow.DeleteSnapshot;
import io.jrados.drivers.cinder.flow.DeleteVolume;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/**
 * Cinder's volumes on RBD. Volumes and snapshots are named by their RBD names ({@code volume-<id>},
 * {@code snapshot-<id>}). Thread-safe: each call stands for itself, blocks until it is done, and on a failure undoes
 * what it did; failures of that are suppressed in the exception.
 *
 * <p>State in the pool is what Python Cinder makes and understands: a clone hangs on the snapshot
 * {@code <clone>.clone_snap} of its source, and a source that is deleted before its clones lives on as
 * {@code <source>.deleted} until the last of them goes.
 */
public final class CinderVolumes {
    private final Backend backend;

    /**
     * @param rados stays the caller's, who closes it after the last call
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public CinderVolumes(Rados rados, CinderOptions options) throws DriverException {
        Objects.requireNonNull(rados, "rados");
        Objects.requireNonNull(options, "options");
        this.backend = new Backend(rados, options);
    }

    /**
     * Makes an empty volume.
     *
     * @param size GiB
     * @throws AlreadyExistsException the volume there is untouched
     * @throws BusyException somebody else is creating a volume of that name, or died doing so less than a watch's
     *     lifetime (osd_client_watch_timeout, 30 s) ago
     */
    public void create(String volume, int size) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        new CreateVolume(backend).run(volume, size);
    }

    /**
     * Makes a volume as a clone of an image in this cluster.
     *
     * @param locations where the image is; the first that can be cloned is taken
     * @param diskFormat of the image: only {@code raw} can be cloned
     * @param size GiB
     * @return false if no location can be cloned: nothing was made, copy the image instead
     * @throws DriverException {@link Kind#IMAGE_UNACCEPTABLE} when the image is larger than the volume
     */
    public boolean createFromImage(List<String> locations, String diskFormat, String volume, int size)
            throws RadosException {
        Objects.requireNonNull(locations, "locations");
        Objects.requireNonNull(diskFormat, "diskFormat");
        Objects.requireNonNull(volume, "volume");
        return new CreateFromImage(backend).run(locations, diskFormat, volume, size);
    }

    /**
     * Makes a volume from a snapshot of another.
     *
     * @param size GiB, at least the snapshot's
     */
    public void createFromSnapshot(String source, String snapshot, String volume, int size) throws RadosException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(volume, "volume");
        new CreateFromSnapshot(backend).run(source, snapshot, volume, size);
    }

    /**
     * Makes a volume from another: a clone while the chain of clones is short enough, else a flattened one, or a full
     * copy when clones are switched off.
     *
     * @param size GiB, at least the source's
     * @throws DriverException {@link Kind#BACKEND}: neither the volume nor the snapshot on the source was kept
     */
    public void createClone(String source, String volume, int size) throws IOException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(volume, "volume");
        new CloneVolume(backend).run(source, volume, size);
    }

    /** Snapshots a volume and protects the snapshot. */
    public void createSnapshot(String volume, String snapshot) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(snapshot, "snapshot");
        new CreateSnapshot(backend).run(volume, snapshot);
    }

    /**
     * Deletes a snapshot; one that is not there, or whose volume is not, is a success.
     *
     * @throws BusyException while clones of format 1 hang on it, which stays protected
     */
    public void deleteSnapshot(String volume, String snapshot) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        Objects.requireNonNull(snapshot, "snapshot");
        new DeleteSnapshot(backend).run(volume, snapshot);
    }

    /**
     * Deletes a volume; one that is not there is a success. A volume that others were cloned from is renamed to
     * {@code <volume>.deleted} and goes with the last of them.
     *
     * @throws DriverException {@link Kind#VOLUME_IS_BUSY} with snapshots of people, or when somebody had it open for
     *     the whole of the busy budget
     */
    public void delete(String volume) throws RadosException {
        Objects.requireNonNull(volume, "volume");
        new DeleteVolume(backend).run(volume);
    }
}
