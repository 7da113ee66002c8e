package io.jrados.rbd.change;

import io.jrados.error.RadosException;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.verb.Asked;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Reads what changed in an image between two moments, for programs that keep backups: the ranges alone, as the
 * SnapshotMetadata service of Kubernetes wants them, or with their bytes. It reads a snapshot, and so nothing that is
 * written meanwhile enters. {@link io.jrados.rbd.stream.ImageStreams#applyChanges} is the way back.
 *
 * <pre>{@code
 * ChangeOptions options = ChangeOptions.DEFAULT.since("monday").making("tuesday").byObject();
 * ImageChanges.on(rbd).read("disk", options, new ChangeReader() {
 *     public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
 *         return CompletableFuture.completedFuture(null); // store the bytes, and complete when that is done
 *     }
 *
 *     public CompletableFuture<?> zero(long offset, long length) {
 *         return CompletableFuture.completedFuture(null);
 *     }
 * }, Progress.NONE);
 * }</pre>
 */
public final class ImageChanges {
    private final Rbd rbd;

    private ImageChanges(Rbd rbd) {
        this.rbd = rbd;
    }

    /** The changes of the images of a pool and namespace. */
    public static ImageChanges on(Rbd rbd) {
        return new ImageChanges(Objects.requireNonNull(rbd, "rbd"));
    }

    /** Pool, namespace and name for messages, of a name that may yet be found to be null. */
    private String spec(String name) {
        return ImageSpec.of(rbd.pool().name(), String.valueOf(name))
                .inNamespace(rbd.pool().namespace())
                .toString();
    }

    /**
     * Hands out the changed ranges and their bytes. After any failure nothing is lent any more. A snapshot that was
     * made for this call alone is called {@code jrados.reading.} and a number, and is left behind by a client that
     * dies.
     *
     * @param progress in bytes of the image, below which all was handed out and given back: where a call that broke off
     *     goes on, if its snapshot stays
     * @throws RadosException ENOENT without the image or a snapshot, or once one is removed; EINVAL if the earlier is
     *     the newer, or the offset is past the end; ETIMEDOUT if the reader gives nothing back for as long as the
     *     pool's deadline; ECANCELED; what the reader fails with, as the cause of EIO if it is a checked exception
     */
    public void read(String name, ChangeOptions options, ChangeReader reader, Progress progress) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(reader, "reader");
        Objects.requireNonNull(progress, "progress");
        String doing = "reading the changes of image " + spec(name);
        new LaterMoment(rbd, name, options, doing)
                .use(image -> new ReadChanges(image, options, reader, progress, doing).run());
    }

    /** As {@link #read}; the reader is called on I/O loops all the same. */
    public CompletableFuture<Void> readAsync(
            String name, ChangeOptions options, ChangeReader reader, Progress progress) {
        return Asked.run(
                rbd.pool(), "reading the changes of image " + spec(name), () -> read(name, options, reader, progress));
    }

    /**
     * Tells of the changed ranges alone, neighbors joined: of those that have data, as GetMetadataAllocated, without an
     * earlier snapshot, and else of those that differ, as GetMetadataDelta. Depth and order do not matter.
     *
     * @param options with a snapshot: a list of what was at a moment that is gone would be good for nothing
     * @param most ranges in one answer: {@code max_results}, at least 1
     * @param each called on this thread for each answer, at least once; what it throws ends the call
     * @throws RadosException as {@link #read}
     */
    public void list(String name, ChangeOptions options, int most, Progress progress, Consumer<ChangedBlocks> each)
            throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(each, "each");
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most);
        }
        if (options.snapshot().isEmpty()) {
            throw new IllegalArgumentException("options: they name no snapshot");
        }
        String doing = "listing the changes of image " + spec(name);
        new LaterMoment(rbd, name, options, doing)
                .use(image -> new ListChanges(image, options, most, each).run(progress));
    }

    /** As {@link #list}; {@code each} is called on the verb's thread. */
    public CompletableFuture<Void> listAsync(
            String name, ChangeOptions options, int most, Progress progress, Consumer<ChangedBlocks> each) {
        return Asked.run(
                rbd.pool(),
                "listing the changes of image " + spec(name),
                () -> list(name, options, most, progress, each));
    }
}
