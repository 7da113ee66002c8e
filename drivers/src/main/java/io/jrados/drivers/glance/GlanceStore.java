package io.jrados.drivers.glance;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.ByteSource;
import io.jrados.drivers.ClientConf;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.OnExecutor;
import io.jrados.drivers.RbdLocation;
import io.jrados.drivers.glance.flow.AddImage;
import io.jrados.drivers.glance.flow.Backend;
import io.jrados.drivers.glance.flow.DeleteImage;
import io.jrados.drivers.glance.flow.OpenImage;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.drivers.glance.model.Upload;
import io.jrados.error.BusyException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Glance's image store on RBD: an image is uploaded into an RBD image of its name, whose protected snapshot
 * {@code snap} is what is downloaded and cloned. Thread-safe: each call stands for itself.
 *
 * <p>Behaves as glance_store's rbd driver, with these differences: uploads keep several chunks in flight; a failed call
 * leaves nothing behind, and what a killed one leaves the next one takes away; an image that is in use keeps its
 * snapshot when it cannot be deleted.
 */
public final class GlanceStore {
    /** The snapshot that stands for an uploaded image. */
    public static final String SNAPSHOT = Backend.SNAPSHOT;

    private final Rados rados;
    private final Backend backend;

    /**
     * @param rados stays the caller's, who closes it after the last call
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}
     */
    public GlanceStore(Rados rados, GlanceOptions options) throws DriverException {
        this(rados, options, DriverEvent.Hook.NONE);
    }

    /** As {@link #GlanceStore(Rados, GlanceOptions)}, telling {@code hook} what is done to which image. */
    public GlanceStore(Rados rados, GlanceOptions options, DriverEvent.Hook hook) throws DriverException {
        this.rados = Objects.requireNonNull(rados, "rados");
        this.backend =
                new Backend(rados, Objects.requireNonNull(options, "options"), Objects.requireNonNull(hook, "hook"));
    }

    /**
     * Connects as the options say: user, file, time-out.
     *
     * @return a client for {@link #GlanceStore(Rados, GlanceOptions)}, which the caller closes
     * @throws DriverException {@link Kind#STORE_BACKEND} without the cluster or the pool
     */
    public static Rados connect(GlanceOptions options) throws RadosException {
        Objects.requireNonNull(options, "options");
        options.check();
        String doing = "connecting to pool " + options.pool() + " of images";
        try {
            Rados rados =
                    Rados.connect(ClientConf.of("ceph", options.cephConf(), options.user(), options.connectTimeout()));
            try {
                rados.pool(options.pool());
                return rados;
            } catch (RadosException | RuntimeException failed) {
                rados.close();
                throw failed;
            }
        } catch (RadosException failed) {
            throw new DriverException(Kind.STORE_BACKEND, doing, failed);
        }
    }

    /** This store with calls that return at once, and run on an executor. */
    public AsyncGlanceStore async(Executor executor) {
        return new AsyncGlanceStore(this, new OnExecutor(Objects.requireNonNull(executor, "executor")));
    }

    /** The options that it was made with. */
    public GlanceOptions options() {
        return backend.options();
    }

    /** The beginning of all its locations: {@code rbd://<fsid>/<pool>/}. */
    public String urlPrefix() {
        return RbdLocation.prefix(rados.fsid().toString(), options().pool());
    }

    /** As {@link #add(Upload)}. */
    public AddedImage add(String imageId, ByteSource source, long size) throws IOException {
        return add(Upload.of(imageId, source).withSize(size));
    }

    /** As {@link #add(Upload)}. */
    public AddedImage add(String imageId, ByteSource source, long size, Progress progress) throws IOException {
        return add(Upload.of(imageId, source).withSize(size).withProgress(progress));
    }

    /**
     * Uploads an image and makes its snapshot. What a killed upload of that name has left is removed before; while the
     * cluster takes the dead client for alive (osd_client_watch_timeout, 30 s) it counts as an image.
     *
     * @throws BusyException somebody else is creating an image of that name, or died doing so less than a watch's
     *     lifetime ago
     * @throws DriverException {@link Kind#DUPLICATE}, the image there untouched; {@link Kind#INVALID} when the data is
     *     shorter or longer than declared; {@link Kind#STORAGE_FULL}; {@link Kind#STORE_BACKEND};
     *     {@link Kind#UNKNOWN_HASHING_ALGORITHM}
     * @throws RadosException ECANCELED when the progress wants it
     * @throws IOException what the source threw. After any of these the image is gone again; a failure of that clean-up
     *     is suppressed in the exception.
     */
    public AddedImage add(Upload upload) throws IOException {
        Objects.requireNonNull(upload, "upload");
        AuditTrail trail = new AuditTrail(backend.hook(), "add", upload.imageId());
        return trail.run(options().pool() + "/" + upload.imageId(), each -> new AddImage(backend, each, upload).run());
    }

    /**
     * Opens an uploaded image for reading, at its location's snapshot, else at its head.
     *
     * @throws DriverException {@link Kind#NOT_FOUND}, {@link Kind#BAD_STORE_URI}, {@link Kind#WRONG_CLUSTER}
     */
    public ImageReader get(String uri) throws RadosException {
        return get(uri, 0, Long.MAX_VALUE);
    }

    /**
     * Opens a part of an uploaded image, as {@link #get(String)}. Upstream's driver refuses that.
     *
     * @param offset bytes
     * @param length bytes; the part ends with the image
     * @throws IllegalArgumentException for one below 0
     */
    public ImageReader get(String uri, long offset, long length) throws RadosException {
        Objects.requireNonNull(uri, "uri");
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset);
        }
        if (length < 0) {
            throw new IllegalArgumentException("length: " + length);
        }
        return new OpenImage(backend).run(uri, offset, length);
    }

    /** Bytes of an image at its location's snapshot, else at its head; errors as {@link #get(String)}. */
    public long size(String uri) throws RadosException {
        return new OpenImage(backend).size(Objects.requireNonNull(uri, "uri"));
    }

    /**
     * Deletes an image and its snapshot. An image whose snapshot has clones of format 2 goes to the trash, where they
     * keep it alive.
     *
     * @throws DriverException {@link Kind#NOT_FOUND}; {@link Kind#IN_USE_BY_STORE} while it has clones of format 1,
     *     somebody has it open, or somebody is adding it or died doing so less than a watch's lifetime ago: nothing was
     *     changed then
     */
    public void delete(String uri) throws RadosException {
        Objects.requireNonNull(uri, "uri");
        new AuditTrail(backend.hook(), "delete", uri).<@Nullable Void, RadosException>run(uri, trail -> {
            new DeleteImage(backend, trail).run(uri);
            return null;
        });
    }
}
