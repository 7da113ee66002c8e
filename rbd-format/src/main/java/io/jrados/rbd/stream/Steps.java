package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.Progress;

/** The user's {@link Progress} of one verb, in bytes that never decrease; and the places where the verb may end. */
final class Steps {
    private final Progress progress;
    private final String doing;
    private long done;

    /** @param doing as a participle, for messages */
    Steps(Progress progress, String doing) {
        this.progress = progress;
        this.doing = doing;
    }

    /** The verb, as a participle, for messages. */
    String doing() {
        return doing;
    }

    /** @throws RadosException ECANCELED, or EINTR if this thread was interrupted, whose flag stays set */
    void check() throws RadosException {
        if (progress.isCancelled()) {
            throw RadosException.of(Errno.ECANCELED, doing + ", cancelled after " + done + " bytes");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new RadosException(Errno.EINTR, doing + ", interrupted after " + done + " bytes");
        }
    }

    void report(long bytes, long total) {
        done = Math.max(done, bytes);
        progress.report(done, Math.max(done, total));
    }

    boolean isCancelled() {
        return progress.isCancelled();
    }

    /**
     * Looks once more at an image that was read to its end. A head that was opened for reading is told of nothing, and
     * where it has shrunk meanwhile reads as zeroes.
     *
     * @param size of what was read
     * @throws RadosException EINVAL for an image that is smaller now
     */
    void checkNotShrunk(Image image, long size) throws RadosException {
        image.refresh();
        if (image.size() < size) {
            throw new RadosException(
                    Errno.EINVAL, doing + ", which shrank from " + size + " to " + image.size() + " bytes on the way");
        }
    }
}
