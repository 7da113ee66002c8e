package io.jrados.rbd.stream;

import io.jrados.rados.Pool;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.verb.Asked;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Images of one pool and namespace as streams: exported, imported, and their differences too, in the formats of the
 * {@code rbd} command, which reads what is written here and writes what is read here. And copied, without a stream.
 *
 * <pre>{@code
 * ImageStreams streams = ImageStreams.on(rbd);
 * DiffExportOptions tuesday = DiffExportOptions.DEFAULT.since("monday").until("tuesday");
 * streams.exportDiff("disk", tuesday, file, Progress.NONE);
 * ImageStreams.on(elsewhere).importDiff("disk", file, Progress.NONE);
 * }</pre>
 *
 * <p>Channels may be pipes: all is done in one pass. They must block; that of a stream is
 * {@link java.nio.channels.Channels#newChannel(java.io.InputStream)}. They stay open, and nothing is read behind the
 * end of a diff or an image in format 2. Of bytes, {@code depth} times 4 MiB are kept at a time, and two pieces more,
 * however large the image is.
 *
 * <p>A verb ends at a cancellation by its {@link Progress} (ECANCELED), at an interrupt of its thread (EINTR), and at
 * whatever the channel or the progress throws. An export that ends early lacks its end, so that every reader refuses
 * it, but for one of format 1, which has none. An import that ends early leaves no image, or tells of one that it could
 * not remove; an imported diff that ends early throws a {@link HalfAppliedException} if the image has changed. A
 * stream that breaks its format is a {@link MalformedStreamException}.
 */
public final class ImageStreams {
    private final Rbd rbd;

    private ImageStreams(Rbd rbd) {
        this.rbd = rbd;
    }

    /** Streams of these images. */
    public static ImageStreams on(Rbd rbd) {
        return new ImageStreams(Objects.requireNonNull(rbd, "rbd"));
    }

    private ImageSpec spec(String image) {
        Pool pool = rbd.pool();
        return ImageSpec.of(pool.name(), image).inNamespace(pool.namespace());
    }

    /** Names an image for the sake of an asynchronous form, which refuses a null by its future. */
    private ImageSpec named(String image) {
        return spec(String.valueOf(image));
    }

    /**
     * Writes an image, as {@code rbd export} does. Into a file, zeroes behind its end are left out. The head is
     * exported as it is found on the way, a snapshot as it was.
     *
     * @param progress in bytes of the image; in format 2, of the head and of each snapshot
     * @throws IOException what the sink throws; as a RadosException, ENOENT without that image or snapshot, or once a
     *     snapshot is removed on the way, EINVAL when the head shrinks on the way
     */
    public void exportImage(String name, ExportOptions options, WritableByteChannel sink, Progress progress)
            throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(progress, "progress");
        Steps steps = new Steps(progress, "exporting image " + spec(name));
        if (options.format() == 2) {
            new ExportImage(rbd, options.depth(), steps).run(name, sink);
            return;
        }
        try (Image image = options.snapshot().isPresent()
                ? rbd.openSnapshot(name, options.snapshot().get())
                : rbd.openReadOnly(name)) {
            long bytes = image.download(sink, options.depth(), progress);
            steps.checkNotShrunk(image, bytes);
        }
    }

    /**
     * Writes the difference between two states of an image, as {@code rbd export-diff} does: a restored image has the
     * bytes of the later one, and its snapshot. Long runs of zeroes are told of as zero.
     *
     * @param progress in bytes of the image
     * @throws IOException what the sink throws; as a RadosException, ENOENT without that image or snapshot, EINVAL if
     *     the start is newer than the end
     */
    public void exportDiff(String name, DiffExportOptions options, WritableByteChannel sink, Progress progress)
            throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(progress, "progress");
        ExportDiff.run(rbd, name, options, sink, new Steps(progress, "exporting a diff of image " + spec(name)));
    }

    /**
     * Makes an image out of a stream, as {@code rbd import} does. Long runs of zeroes take no room. Until it is whole
     * the image has the ending {@code .unfinished} behind its name, and a mark in its metadata. One that a dead client
     * left is replaced by the next call for the same name.
     *
     * @param progress in bytes of the stream
     * @return the image's id
     * @throws IOException what the source throws; as a RadosException, EEXIST for the name, EBUSY while another client
     *     is importing it, or died doing so less than {@code osd_client_watch_timeout} ago, EBADMSG for a bad stream,
     *     and what {@link Rbd#create} fails with, as ENOSYS for the features of an image with a journal: see
     *     {@link io.jrados.rbd.model.ImageOptions#withFeatures(long)}
     */
    public String importImage(String name, ImportOptions options, ReadableByteChannel source, Progress progress)
            throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(progress, "progress");
        String doing = "importing image " + spec(name);
        Steps steps = new Steps(progress, doing);
        return options.format() == 2
                ? new ImportImage(rbd, spec(name), options, steps, doing).run(source)
                : new ImportBytes(rbd, spec(name), options, steps, doing).run(source);
    }

    /**
     * Makes an image with the bytes that the caller writes, in whatever order they come: for sources that no stream of
     * this class is. Until it is whole it has the name of an unfinished one, and all else is as with
     * {@link #importImage} too.
     *
     * @param size of the image in bytes
     * @param filling called once, on the caller's thread
     * @return the image's id
     * @throws IOException what the filling throws, and what {@link #importImage} fails with
     */
    public String makeImage(String name, long size, ImageOptions options, ImageFilling filling) throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(filling, "filling");
        if (size < 0) {
            throw new IllegalArgumentException("size " + size + ", which is negative");
        }
        return new UnfinishedImage(rbd, spec(name), "making image " + spec(name)).make(options, image -> {
            if (size > 0) {
                image.resize(size, Progress.NONE);
            }
            filling.fill(image);
        });
    }

    /** As {@link #makeImage}; the filling is called on a thread of this client's for verbs. */
    public CompletableFuture<String> makeImageAsync(
            String name, long size, ImageOptions options, ImageFilling filling) {
        return Asked.get(rbd.pool(), "making image " + named(name), () -> makeImage(name, size, options, filling));
    }

    /** As {@link #importDiff(String, ReadableByteChannel, int, Progress)}, with {@link Image#DEFAULT_DEPTH}. */
    public void importDiff(String name, ReadableByteChannel source, Progress progress) throws IOException {
        importDiff(name, source, Image.DEFAULT_DEPTH, progress);
    }

    /**
     * Applies a diff of format 1 or 2 to an image, as {@code rbd import-diff} does: sets its size, writes what the diff
     * has, and makes the snapshot at its end. The image should be as the snapshot at the start has it: nobody checks
     * its bytes. Before anything changes, the diff's begin and its first record are checked.
     *
     * @param depth pieces of 4 MiB that are being written at a time, from 0 to {@link Image#MAX_DEPTH}
     * @param progress in bytes of the stream
     * @throws IOException what the source throws; as a RadosException, ENOENT without that image, EINVAL if it lacks
     *     the snapshot at the start, EEXIST if it has the one at the end, EBADMSG for a bad stream. Once the image has
     *     changed, a {@link HalfAppliedException} with these as its cause
     */
    public void importDiff(String name, ReadableByteChannel source, int depth, Progress progress) throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(progress, "progress");
        DiffExportOptions.check(1, depth);
        Steps steps = new Steps(progress, "importing a diff into image " + spec(name));
        new ImportDiff(rbd, spec(name), depth, steps).run(source);
    }

    /**
     * Brings an image from one state to another by ranges and bytes out of any backup, as {@link #importDiff} does by a
     * stream: sets its size, writes what there is, and makes the snapshot at the end. Ranges that are not named keep
     * their bytes.
     *
     * @param depth pieces of 4 MiB that are being written at a time, from 0 to {@link Image#MAX_DEPTH}
     * @param progress in bytes that were read
     * @throws IOException what the source of the bytes throws; as a RadosException, ENOENT without that image, EINVAL
     *     if it lacks the snapshot at the start, or for ranges that do not ascend or lie outside the image, EEXIST if
     *     it has the snapshot at the end. Once the image has changed, a {@link HalfAppliedException} with these as its
     *     cause
     */
    public void applyChanges(String name, Changes changes, int depth, Progress progress) throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(changes, "changes");
        Objects.requireNonNull(progress, "progress");
        DiffExportOptions.check(1, depth);
        Steps steps = new Steps(progress, "applying changes to image " + spec(name));
        new ImportDiff(rbd, spec(name), depth, steps).run(changes.source(), changes.size());
    }

    /** As {@link #applyChanges}; ranges and bytes are read on the verb's thread. */
    public CompletableFuture<Void> applyChangesAsync(String name, Changes changes, int depth, Progress progress) {
        return Asked.run(
                rbd.pool(),
                "applying changes to image " + named(name),
                () -> applyChanges(name, changes, depth, progress));
    }

    /**
     * Copies an image, as {@code rbd copy} does: into the same pool or any other of this or another cluster, with its
     * metadata and without its snapshots. The copy has no parent. Until it is whole it has the name of an unfinished
     * one, as {@link #importImage} says. Others may write to the head meanwhile, which is copied as it is found.
     *
     * @param target the pool and namespace of the copy
     * @param progress in bytes of the image
     * @return the copy's id
     * @throws IOException as a RadosException: ENOENT without that image or snapshot, or once the snapshot is removed
     *     on the way, EEXIST for the copy's name, EBUSY while another client makes an image of that name, EINVAL when
     *     the head shrinks on the way
     */
    public String copyImage(String name, CopyOptions options, Rbd target, String copy, Progress progress)
            throws IOException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(copy, "copy");
        Objects.requireNonNull(progress, "progress");
        ImageSpec spec = ImageSpec.of(target.pool().name(), copy)
                .inNamespace(target.pool().namespace());
        String doing = "copying image " + spec(name) + " to " + spec;
        return new CopyImage(target, spec, options, new Steps(progress, doing), doing).run(rbd, name);
    }

    // ---- the asynchronous forms: channels are read and written, and progress told of, on the verb's thread

    /** As {@link #exportImage}. */
    public CompletableFuture<Void> exportImageAsync(
            String name, ExportOptions options, WritableByteChannel sink, Progress progress) {
        return Asked.run(
                rbd.pool(), "exporting image " + named(name), () -> exportImage(name, options, sink, progress));
    }

    /** As {@link #exportDiff}. */
    public CompletableFuture<Void> exportDiffAsync(
            String name, DiffExportOptions options, WritableByteChannel sink, Progress progress) {
        return Asked.run(
                rbd.pool(),
                "exporting a diff of image " + named(name),
                () -> exportDiff(name, options, sink, progress));
    }

    /** As {@link #importImage}. */
    public CompletableFuture<String> importImageAsync(
            String name, ImportOptions options, ReadableByteChannel source, Progress progress) {
        return Asked.get(
                rbd.pool(), "importing image " + named(name), () -> importImage(name, options, source, progress));
    }

    /** As {@link #importDiff(String, ReadableByteChannel, Progress)}. */
    public CompletableFuture<Void> importDiffAsync(String name, ReadableByteChannel source, Progress progress) {
        return importDiffAsync(name, source, Image.DEFAULT_DEPTH, progress);
    }

    /** As {@link #importDiff(String, ReadableByteChannel, int, Progress)}. */
    public CompletableFuture<Void> importDiffAsync(
            String name, ReadableByteChannel source, int depth, Progress progress) {
        return Asked.run(
                rbd.pool(),
                "importing a diff into image " + named(name),
                () -> importDiff(name, source, depth, progress));
    }

    /** As {@link #copyImage}. */
    public CompletableFuture<String> copyImageAsync(
            String name, CopyOptions options, Rbd target, String copy, Progress progress) {
        return Asked.get(
                rbd.pool(), "copying image " + named(name), () -> copyImage(name, options, target, copy, progress));
    }

    /**
     * Joins diffs, each of which starts at the snapshot where the one before it ends, into one, as
     * {@code rbd merge-diff} does with two. The result has the format of the last.
     *
     * @param diffs at least one, in order
     * @param progress in bytes of the streams that are read
     * @throws IOException what the channels throw; as a RadosException, EINVAL for diffs that do not follow each
     *     other, EBADMSG for a bad stream
     */
    public static void mergeDiffs(
            List<? extends ReadableByteChannel> diffs, WritableByteChannel sink, Progress progress) throws IOException {
        List<ReadableByteChannel> sources = List.copyOf(Objects.requireNonNull(diffs, "diffs"));
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(progress, "progress");
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("diffs are none");
        }
        new MergeDiffs(new Steps(progress, "merging diffs")).run(sources, sink);
    }
}
