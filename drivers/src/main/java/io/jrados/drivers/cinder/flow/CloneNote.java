package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.PoolNote;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.util.Optional;

/**
 * The note that a clone is being made, with the client that makes it and its source. A clone's snapshot alone would not
 * tell whether it is left over: its name is Cinder's, and other clients make such snapshots too.
 */
final class CloneNote {
    private final Call call;
    private final Rbd rbd;
    private final String clone;
    private final PoolNote note;

    CloneNote(Call call, Rbd rbd, String clone) {
        this.call = call;
        this.rbd = rbd;
        this.clone = clone;
        this.note = new PoolNote(rbd, "cloning", clone);
    }

    /**
     * Undoes what a dead client began, and writes the note.
     *
     * @throws DriverException {@link Kind#BACKEND} while the cluster takes the client of an earlier note for alive
     */
    void begin(Image source) throws RadosException {
        Optional<String> left = note.read();
        if (left.isPresent()) {
            String[] parts = left.get().split(" ", 2);
            undo(Long.parseLong(parts[0]), parts[1]);
        }
        note.write(call.rados().instanceId() + " " + source.id());
    }

    /** Removes the note. */
    void end() throws RadosException {
        note.erase();
    }

    private void undo(long client, String sourceId) throws RadosException {
        try (Opened opened = new Opened(rbd.openById(sourceId))) {
            Image source = opened.image();
            if (client != call.rados().instanceId()
                    && source.watchers().stream().anyMatch(each -> each.clientId() == client)) {
                throw new DriverException(
                        Kind.BACKEND,
                        "cloning volume " + source.name() + " to " + clone + ", which client." + client
                                + " is doing, or died doing a moment ago");
            }
            new UnfinishedVolume(call, rbd, clone).removeLeft();
            removeSnapshot(source);
        } catch (NotFoundException gone) {
            // The source went since then, with its snapshots.
            return;
        }
    }

    private void removeSnapshot(Image source) throws RadosException {
        String name = Names.cloneSnapshot(clone);
        for (SnapshotInfo each : source.snapshots()) {
            if (each.namespace() == Namespace.USER
                    && each.name().equals(name)
                    && Children.of(rbd, source.id(), each.id()).isEmpty()) {
                source.unprotectAndRemoveSnapshot(name);
                call.did("snapshot removed", rbd, source.name() + "@" + name);
            }
        }
    }
}
