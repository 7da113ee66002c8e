package io.jrados.rbd.stream;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.Names;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps that bring an image from a diff's start to its end (do_import_diff_fd in src/tools/rbd/action/Import.cc).
 * All that the diff's begin tells, and its first record, is checked before anything changes; the snapshot at the end is
 * made last, once every byte is there.
 */
final class DiffApplication {
    private final Image image;
    private final DiffSource diff;
    private final IncomingPieces pieces;
    private final Steps steps;
    private final long total;
    private boolean hasBegun;
    private boolean isWhole;

    /**
     * @param isBlank whether the image has no data yet
     * @param total bytes, for the progress
     */
    DiffApplication(Image image, DiffSource diff, int depth, boolean isBlank, Steps steps, long total) {
        this.image = image;
        this.diff = diff;
        this.pieces = new IncomingPieces(image, depth, isBlank);
        this.steps = steps;
        this.total = total;
    }

    /** Whether the image may have changed. */
    boolean hasBegun() {
        return hasBegun;
    }

    /** Whether the image has all of the diff, and the snapshot at its end: a failure concerns the protection alone. */
    boolean isWhole() {
        return isWhole;
    }

    /** Nothing is under way any more when this ends, however it ends. */
    void run() throws IOException {
        checkSnapshots();
        DiffRecord first = diff.next();
        steps.check();
        if (image.size() != diff.header().size()) {
            hasBegun = true;
            image.resize(diff.header().size(), Progress.NONE);
        }
        try {
            for (DiffRecord record = first; record != null; record = diff.next()) {
                apply(record);
                report();
            }
            steps.check();
            pieces.drain();
        } catch (Throwable failed) {
            pieces.settle(failed);
            throw failed;
        }
        image.flush();
        report();
        makeSnapshot();
    }

    private String doing() {
        return steps.doing();
    }

    private void checkSnapshots() throws RadosException {
        DiffHeader header = diff.header();
        if (image.isReadOnly()) {
            throw new RadosException(Errno.EROFS, doing() + ", which is read-only");
        }
        image.refresh();
        if (header.from().isPresent() && find(header.from().get()) == null) {
            throw new RadosException(
                    Errno.EINVAL,
                    doing() + ", which has no snapshot " + header.from().get() + " for the diff to start at");
        }
        if (header.to().isPresent()) {
            Names.checkSnapshot(header.to().get());
            if (find(header.to().get()) != null) {
                throw new AlreadyExistsException(
                        doing() + ", which has the snapshot " + header.to().get() + " at the diff's end already", null);
            }
        }
    }

    private @Nullable SnapshotInfo find(String name) throws RadosException {
        return image.snapshots().stream()
                .filter(snapshot -> snapshot.namespace() == SnapshotInfo.Namespace.USER)
                .filter(snapshot -> snapshot.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void apply(DiffRecord record) throws IOException {
        hasBegun = true;
        for (long at = record.offset(); at < record.end(); ) {
            steps.check();
            if (record.hasData()) {
                ByteBuffer piece = pieces.take(Pieces.length(at, record.end()));
                int length = piece.remaining();
                diff.read(piece);
                pieces.data(at, piece.flip());
                report();
                at += length;
            } else {
                at += pieces.zeroPart(at, record.end());
            }
        }
    }

    private void report() {
        steps.report(diff.position(), total);
    }

    private void makeSnapshot() throws RadosException {
        Optional<String> name = diff.header().to();
        if (name.isPresent()) {
            hasBegun = true;
            image.createSnapshot(name.get());
            isWhole = true;
            if (diff.header().isProtected()) {
                protect(name.get());
            }
        }
    }

    private void protect(String name) throws RadosException {
        try {
            image.protectSnapshot(name);
        } catch (RadosException failed) {
            throw RadosException.of(
                    failed.errno(),
                    doing() + ", which is applied whole and has its snapshot " + name + ": that could not be protected",
                    failed);
        }
    }
}
