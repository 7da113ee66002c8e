package io.jrados.drivers.backup.flow;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ImageStreams;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Moves a diff from one image into another, both sides at once: a thread of its own exports, and the caller's imports.
 * Either side's failure ends both, and counts; nothing is under way when the call returns.
 */
final class TransferDiff {
    private final Rbd source;
    private final Rbd target;
    private final int depth;
    private final Handover pipe = new Handover();

    TransferDiff(Rbd source, Rbd target, int depth) {
        this.source = source;
        this.target = target;
        this.depth = depth;
    }

    /**
     * Transfers once.
     *
     * @param progress in bytes of the diff
     * @return bytes of the diff
     * @throws RadosException of the side that failed first, with what the other said suppressed
     */
    long run(String from, DiffExportOptions options, String to, Progress progress) throws RadosException {
        CompletableFuture<Void> exported = new CompletableFuture<>();
        Thread exporter = new Thread(() -> export(from, options.withDepth(depth), exported), "jrados-backup-export");
        exporter.setDaemon(true);
        exporter.start();
        try {
            ImageStreams.on(target).importDiff(to, pipe.source(), depth, progress);
            Wait.throughInterrupts(exported);
            return pipe.bytes();
        } catch (IOException failed) {
            end(exporter, exported, failed);
            throw first(failed);
        } catch (RuntimeException | Error failed) {
            end(exporter, exported, failed);
            throw failed;
        }
    }

    private void export(String from, DiffExportOptions options, CompletableFuture<Void> exported) {
        try {
            ImageStreams.on(source).exportDiff(from, options, pipe.sink(), Progress.NONE);
            pipe.end();
            exported.complete(null);
        } catch (Throwable failed) {
            pipe.fail(failed);
            exported.completeExceptionally(failed);
        }
    }

    /** Ends the exporter; each of its steps has a deadline. */
    private void end(Thread exporter, CompletableFuture<Void> exported, Throwable failed) {
        pipe.fail(failed);
        exporter.interrupt();
        try {
            Wait.throughInterrupts(exported.handle((done, also) -> null));
        } catch (RadosException impossible) {
            failed.addSuppressed(impossible);
        }
    }

    private RadosException first(IOException imported) {
        Throwable failure = pipe.failure();
        RadosException first = failure instanceof RadosException known
                ? known
                : new RadosException(Errno.EIO, "moving a diff", failure == null ? imported : failure);
        if (failure != imported && !hasCause(imported, first)) {
            first.addSuppressed(imported);
        }
        return first;
    }

    private static boolean hasCause(Throwable failed, Throwable cause) {
        for (Throwable each = failed; each != null; each = each.getCause()) {
            if (each == cause) {
                return true;
            }
        }
        return false;
    }
}
