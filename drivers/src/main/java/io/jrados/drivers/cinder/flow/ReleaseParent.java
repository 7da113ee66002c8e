package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.flow.Ancestors.Parent;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the snapshot that a deleted clone hung on, and with the last of them a source that was deleted before; and so
 * on up the chain. The chain is read at the snapshots: a head may have been flattened since.
 */
final class ReleaseParent {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseParent.class);

    private final Call call;
    private final Ancestors ancestors;
    private boolean isWhole = true;

    ReleaseParent(Call call) {
        this.call = call;
        this.ancestors = new Ancestors(call);
    }

    /** @param snapshot that the clone hung on, named after it */
    void run(Parent snapshot) throws RadosException {
        run(snapshot, parent -> {});
    }

    /** Told of a snapshot that is to be released once what hangs on it is gone. */
    @FunctionalInterface
    interface Ahead {
        void next(Parent parent) throws RadosException;
    }

    /**
     * Releases a snapshot, and what it hung on.
     *
     * @param ahead told of each further snapshot before the image that hangs on it is removed
     * @return false if somebody uses one of them, which stays
     */
    boolean run(Parent snapshot, Ahead ahead) throws RadosException {
        Optional<Parent> next = Optional.of(snapshot);
        while (next.isPresent()) {
            next = release(next.get(), ahead);
        }
        return isWhole;
    }

    /** Returns the parent of the image, if that was removed too. */
    private Optional<Parent> release(Parent parent, Ahead ahead) throws RadosException {
        Rbd rbd = call.rbdOf(parent.spec());
        Optional<String> snapshot = parent.spec().snapshot();
        try {
            Optional<Parent> grandparent = grandparent(rbd, parent);
            String name;
            try (Opened opened = new Opened(rbd.openById(parent.imageId()))) {
                Image image = opened.image();
                name = image.name();
                grandparent = grandparent.isPresent() ? grandparent : ancestors.parent(image);
                if (snapshot.isPresent()
                        && DeleteSnapshot.find(image, snapshot.get()).isPresent()) {
                    image.unprotectAndRemoveSnapshot(snapshot.get());
                    call.did("snapshot removed", rbd, name + "@" + snapshot.get());
                }
            }
            Optional<Parent> next = grandparent.filter(each -> Names.isClonedFrom(each.spec(), name));
            if (next.isPresent() && name.endsWith(Names.DELETED)) {
                ahead.next(next.get());
            }
            return ifUnused(rbd, name) ? next : Optional.empty();
        } catch (NotFoundException gone) {
            LOG.info("{} is gone already", parent.spec());
            ifUnused(rbd, parent.spec().image()); // its removal may have ended half-way
        } catch (BusyException busy) {
            LOG.warn("{} is in use and stays: {}", parent.spec(), busy.getMessage());
            isWhole = false;
        }
        return Optional.empty();
    }

    private Optional<Parent> grandparent(Rbd rbd, Parent parent) throws RadosException {
        try {
            return parent.snapId() < 0 ? Optional.empty() : ancestors.parentAt(rbd, parent.imageId(), parent.snapId());
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
    }

    /** Removes an image that was set aside, if it has no snapshots any more. True if it is gone. */
    boolean ifUnused(Rbd rbd, String name) throws RadosException {
        if (!name.endsWith(Names.DELETED)) {
            return false;
        }
        try (Image image = rbd.openReadOnly(name)) {
            if (image.snapshots().stream().anyMatch(each -> each.namespace() == Namespace.USER)) {
                return false;
            }
        } catch (NotFoundException gone) {
            LOG.debug("{} is gone, or its removal ended half-way", Printable.of(name));
        }
        RemoveImage removal = new RemoveImage(call, rbd);
        if (call.options().deferredDeletion()) {
            removal.toTrash(name, call.options().deferredDeletionDelay());
            return false;
        }
        try {
            removal.run(name);
            return true;
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ENOTEMPTY) {
                throw failed;
            }
            LOG.info("{} stays until its clones in the trash are gone: {}", Printable.of(name), failed.getMessage());
            return false;
        }
    }
}
