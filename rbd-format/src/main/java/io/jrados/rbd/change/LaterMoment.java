package io.jrados.rbd.change;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Undisturbed;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.util.Optional;

/** The snapshot that is read: it is there already, is made and stays, or is made and removed again. */
final class LaterMoment {
    /** The prefix of the names of snapshots that are made for one reading. */
    static final String PREFIX = "jrados.reading.";

    private final Rbd rbd;
    private final String image;
    private final ChangeOptions options;
    private final String doing;

    LaterMoment(Rbd rbd, String image, ChangeOptions options, String doing) {
        this.rbd = rbd;
        this.image = image;
        this.options = options;
        this.doing = doing;
    }

    /** Work on the image, open at the snapshot. */
    interface Use {
        void of(Image image) throws RadosException;
    }

    void use(Use use) throws RadosException {
        Optional<String> named = options.snapshot();
        if (named.isEmpty()) {
            useForNow(use);
            return;
        }
        if (options.makesSnapshot()) {
            make(named.get());
        }
        open(named.get(), use);
    }

    private void open(String snapshot, Use use) throws RadosException {
        try (Image open = rbd.openSnapshot(image, snapshot)) {
            use.of(open);
        }
    }

    private void make(String snapshot) throws RadosException {
        try (Image head = rbd.open(image)) {
            head.createSnapshot(snapshot);
        } catch (AlreadyExistsException known) {
            // It is what an earlier call, which is gone on with, has read.
        }
    }

    private void useForNow(Use use) throws RadosException {
        String snapshot = PREFIX
                + Long.toHexString(rbd.pool().rados().environment().random().nextLong());
        try {
            make(snapshot);
            open(snapshot, use);
        } catch (Throwable failed) {
            try {
                Undisturbed.run(() -> remove(snapshot));
            } catch (RadosException left) {
                failed.addSuppressed(left);
            }
            throw failed;
        }
        Undisturbed.run(() -> remove(snapshot));
    }

    /** A snapshot that was never made need not be removed. */
    private void remove(String snapshot) throws RadosException {
        try (Image head = rbd.open(image)) {
            head.removeSnapshot(snapshot);
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ENOENT) {
                throw new RadosException(
                        failed.errno(), doing + ": its snapshot " + snapshot + " is left: " + failed.doing(), failed);
            }
        }
    }
}
