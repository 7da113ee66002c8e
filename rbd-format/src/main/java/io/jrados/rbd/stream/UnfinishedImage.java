package io.jrados.rbd.stream;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Undisturbed;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Names;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.io.IOException;

/**
 * An image that is being made and does not have its name yet: nobody takes a part of it for the whole, whenever this
 * client dies. Until it is whole it is called as it will be with {@link #SUFFIX}, and marked in its metadata. One that
 * a dead client left is replaced by whoever makes an image of that name next; an image that is not marked
 * is somebody's own and is left alone.
 */
final class UnfinishedImage {
    static final String SUFFIX = ".unfinished";

    /** The metadata key that marks an image of ours; no stream takes it along. */
    static final String MARK = "jrados.unfinished";

    private final Rbd rbd;
    private final ImageSpec spec;
    private final String doing;

    /** @param doing what is being done with the image, as a participle with the image's name */
    UnfinishedImage(Rbd rbd, ImageSpec spec, String doing) {
        this.rbd = rbd;
        this.spec = spec;
        this.doing = doing;
    }

    /** The steps that fill the image, which has no size at first. */
    interface Steps {
        void run(Image image) throws IOException;
    }

    private String name() {
        return spec.image() + SUFFIX;
    }

    /**
     * Makes the image, or leaves nothing.
     *
     * @return the image's id
     * @throws RadosException EEXIST for the name; EBUSY while another client is making it, or died doing so less than a
     *     watch's lifetime ago
     */
    String make(ImageOptions options, Steps steps) throws IOException {
        Names.checkImage(spec.image());
        Names.checkImage(name());
        checkName();
        removeRemnant();
        String id = rbd.create(name(), 0, options.withMetadata(MARK, spec.image()));
        boolean isWhole = false;
        try (Image image = rbd.openById(id)) {
            steps.run(image);
            image.flush();
            isWhole = true;
            giveName(id);
            removeMark(image, id);
        } catch (AlreadyExistsException taken) {
            takeBack(id, taken);
            throw taken;
        } catch (Throwable failed) {
            if (isWhole) {
                failed.addSuppressed(
                        new RadosException(
                                Errno.EBUSY,
                                doing
                                        + ": it is whole, and has its name or will have it after the same call, which says EEXIST"));
            } else {
                takeBack(id, failed);
            }
            throw failed;
        }
        return id;
    }

    /**
     * Renames the image. A failure may have had a part of its effect, and then nothing may be taken back: it is tried
     * once more, whether this thread is interrupted or not.
     */
    private void giveName(String id) throws RadosException {
        try {
            rename(id);
        } catch (AlreadyExistsException taken) {
            throw taken;
        } catch (RadosException failed) {
            try {
                Undisturbed.run(() -> rename(id));
            } catch (RadosException again) {
                failed.addSuppressed(again);
                throw failed;
            }
        }
    }

    /** Renames one image, and not another client's that has the same name by now. */
    private void rename(String id) throws RadosException {
        if (hasName(id, name())) {
            rbd.rename(name(), spec.image());
        } else {
            checkNamed(id);
        }
    }

    private void checkNamed(String id) throws RadosException {
        if (!hasName(id, spec.image())) {
            throw new NotFoundException(
                    doing + ": another client took it for one that was left, and replaced it", null);
        }
    }

    private boolean hasName(String id, String name) throws RadosException {
        try (Image image = rbd.openReadOnly(name)) {
            return image.id().equals(id);
        } catch (NotFoundException none) {
            return false;
        }
    }

    private void checkName() throws RadosException {
        if (rbd.exists(spec.image())) {
            try (Image image = rbd.openReadOnly(spec.image())) {
                if (image.metadata().containsKey(MARK)) {
                    finish(image.id());
                }
            }
            throw new AlreadyExistsException(doing, null);
        }
    }

    /** Does what is left to do for an image that is whole: its maker died while giving it its name, or just after. */
    private void finish(String id) throws RadosException {
        if (rbd.exists(name())) {
            rename(id);
        }
        try (Image image = rbd.openById(id)) {
            removeMark(image, id);
        }
    }

    /** Takes the mark off, as do others that ask for the same image once it is whole. */
    private void removeMark(Image image, String id) throws RadosException {
        try {
            image.removeMetadata(MARK);
        } catch (NotFoundException none) {
            checkNamed(id); // another client was first, or the whole image is gone
        }
    }

    private void removeRemnant() throws RadosException {
        if (!rbd.exists(name())) {
            return;
        }
        try (Image remnant = rbd.openReadOnly(name())) {
            if (!remnant.metadata().containsKey(MARK)) {
                throw new AlreadyExistsException(
                        doing + ": the name " + name() + ", which it has until it is whole, is another image's", null);
            }
            checkUnused(remnant);
            remove(remnant.id());
        } catch (NotFoundException gone) {
            // A header that is lost, or an image that its maker has removed meanwhile: this does what is left.
            removeName();
        }
    }

    private void removeName() throws RadosException {
        try {
            rbd.remove(name(), Progress.NONE);
        } catch (NotFoundException gone) {
            // Others clean up, too.
            return;
        }
    }

    private void checkUnused(Image image) throws RadosException {
        if (!image.watchers().isEmpty()) {
            throw new BusyException(
                    doing + ", as another client does, or one that died less than a watch's lifetime ago", null);
        }
    }

    /** Removes one image, and nothing of what another client may be making under its name by now. */
    private void remove(String id) throws RadosException {
        try (Image image = rbd.openById(id)) {
            if (!hasName(id, name())) {
                return;
            }
            checkUnused(image);
            for (SnapshotInfo snapshot : image.snapshots()) {
                if (snapshot.isProtected()) {
                    image.unprotectSnapshot(snapshot.name());
                }
                image.removeSnapshot(snapshot.id());
            }
        } catch (NotFoundException noHeader) {
            // Nothing but a name, if that: the next call of the same kind does what is left.
            return;
        }
        removeName();
    }

    private void takeBack(String id, Throwable failed) {
        try {
            Undisturbed.run(() -> remove(id));
        } catch (RadosException left) {
            failed.addSuppressed(new RadosException(
                    left.errno(),
                    doing + ": " + name() + " (id " + id + ") is left, which the same call replaces",
                    left));
        }
    }
}
