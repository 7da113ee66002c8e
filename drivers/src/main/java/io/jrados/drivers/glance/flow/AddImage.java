package io.jrados.drivers.glance.flow;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.ChunkPipeline;
import io.jrados.drivers.Cleanup;
import io.jrados.drivers.Digests;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.RbdLocation;
import io.jrados.drivers.UnfinishedMark;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.drivers.glance.model.Upload;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads an image. Until the last step it has a mark in its metadata, by which the next upload under its name knows
 * what a client that died has left, and begins anew; anything else that has the name stays as it is.
 */
public final class AddImage {
    /** The key of the mark. */
    static final String UNFINISHED = "jrados.unfinished-image";

    private static final Logger LOG = LoggerFactory.getLogger(AddImage.class);

    private final Backend backend;
    private final GlanceOptions options;
    private final AuditTrail trail;
    private final Upload upload;
    private final String name;
    private final String doing;
    private final UnfinishedMark mark = new UnfinishedMark(UNFINISHED);

    public AddImage(Backend backend, AuditTrail trail, Upload upload) {
        this.backend = backend;
        this.options = backend.options();
        this.trail = trail;
        this.upload = upload;
        this.name = upload.imageId();
        this.doing = "adding image " + name + " to pool " + options.pool();
    }

    public AddedImage run() throws IOException {
        if (upload.size() < 0) {
            throw new DriverException(Kind.INVALID, doing + " with a size of " + upload.size());
        }
        Digests digests = Digests.of(upload.hashingAlgorithm().orElse(options.hashingAlgorithm()));
        Rbd rbd = backend.rbd(options.pool());
        String id = create(rbd);
        Cleanup undo = new Cleanup();
        undo.add(() -> takeAway(rbd, id));
        try {
            Image image = rbd.open(name);
            undo.add(image::close);
            confirm(image, id);
            long written = write(image, digests);
            image.createSnapshot(Backend.SNAPSHOT);
            image.protectSnapshot(Backend.SNAPSHOT);
            mark.remove(image);
            image.close();
            trail.did("uploaded", rbd, name);
            String uri = new RbdLocation(backend.rados().fsid().toString(), options.pool(), name, Backend.SNAPSHOT)
                    .toString();
            Map<String, String> metadata =
                    options.storeId().map(store -> Map.of("store", store)).orElse(Map.of());
            return new AddedImage(uri, written, digests.md5(), digests.multihash(), metadata);
        } catch (RadosException failed) {
            undo.run(failed);
            throw storageFull(failed);
        } catch (IOException | RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }

    private String create(Rbd rbd) throws RadosException {
        ImageOptions form = mark.on(backend.newImage());
        try {
            String id;
            try {
                id = rbd.create(name, upload.size(), form);
            } catch (AlreadyExistsException there) {
                if (!isLeft(rbd)) {
                    throw new DriverException(Kind.DUPLICATE, doing, there);
                }
                takeAway(rbd);
                id = createAgain(rbd, form);
            }
            trail.did("created", rbd, name);
            return id;
        } catch (RadosException failed) {
            throw storageFull(failed);
        }
    }

    private String createAgain(Rbd rbd, ImageOptions form) throws RadosException {
        try {
            return rbd.create(name, upload.size(), form);
        } catch (AlreadyExistsException there) {
            throw new DriverException(Kind.DUPLICATE, doing, there);
        }
    }

    /** Whether the name is that of an upload that died, which nobody has cloned. */
    private boolean isLeft(Rbd rbd) throws RadosException {
        try (Image image = rbd.openReadOnly(name)) {
            if (!image.children().isEmpty()) {
                return false;
            }
        } catch (NotFoundException gone) {
            return false;
        }
        return mark.claim(rbd, name);
    }

    private void takeAway(Rbd rbd) throws RadosException {
        LOG.warn("removing image {} of pool {}, whose upload by another client ended half-way", name, options.pool());
        DeleteImage.removeSnapshot(rbd, name, Backend.SNAPSHOT);
        rbd.remove(name, Progress.NONE);
        trail.did("removed", rbd, name);
    }

    /** Undoes the creation of the image of this id. */
    private void takeAway(Rbd rbd, String id) throws RadosException {
        try (Image image = rbd.open(name)) {
            if (!image.id().equals(id)) {
                return;
            }
            DeleteImage.removeSnapshot(image, Backend.SNAPSHOT);
        }
        rbd.remove(name, Progress.NONE);
        trail.did("removed", rbd, name);
    }

    private void confirm(Image image, String id) throws RadosException {
        boolean own = image.id().equals(id);
        RadosException lost = null;
        try {
            if (own) {
                mark.confirm(image);
            }
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ECANCELED) {
                throw failed;
            }
            lost = failed;
        }
        if (!own || lost != null) {
            throw new DriverException(
                    Kind.DUPLICATE, doing + ", which took so long that another client has begun again", lost);
        }
    }

    private long write(Image image, Digests digests) throws IOException {
        long size = upload.size();
        Progress progress = upload.progress();
        Growth growth = new Growth(image, backend.chunkBytes(), options.isLiberty());
        ChunkPipeline.Room room = end -> {
            if (progress.isCancelled()) {
                throw RadosException.of(Errno.ECANCELED, doing);
            }
            if (size == 0) {
                growth.upTo(end);
            } else if (end > size) {
                throw new DriverException(
                        Kind.INVALID, doing + ": the data is longer than the declared " + size + " bytes");
            }
        };
        long written;
        try (ChunkPipeline pipeline =
                new ChunkPipeline(image, backend.buffers(), options.writesInFlight(), options.thinProvisioning())) {
            written = pipeline.copy(upload.source(), room, (data, end) -> {
                progress.report(end, Math.max(size, end));
                upload.verifier().update(data.asReadOnlyBuffer());
                return digests.update(data);
            });
        }
        if (size != 0 && written != size) {
            throw new DriverException(
                    Kind.INVALID, doing + ": the data ended after " + written + " of the declared " + size + " bytes");
        }
        if (size == 0 && image.size() != written) {
            image.resize(written, Progress.NONE);
        }
        return written;
    }

    private RadosException storageFull(RadosException failed) {
        boolean full = failed.errno() == Errno.ENOSPC || failed.errno() == Errno.EDQUOT;
        if (!full || failed instanceof DriverException) {
            return Cleanup.ofCall(failed, doing);
        }
        DriverException storageFull = new DriverException(Kind.STORAGE_FULL, doing, failed);
        for (Throwable suppressed : failed.getSuppressed()) {
            storageFull.addSuppressed(suppressed);
        }
        return storageFull;
    }
}
