package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.flow.Ancestors.Parent;
import io.jrados.drivers.cinder.model.PurgeResult;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import io.jrados.rbd.model.TrashEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the volumes in the trash whose time has come, with what they hung on. Leaves other entries alone. */
public final class PurgeTrash {
    private static final Logger LOG = LoggerFactory.getLogger(PurgeTrash.class);

    private final Call call;
    private final List<String> purged = new ArrayList<>();
    private final List<String> deferred = new ArrayList<>();
    private final Map<String, Exception> failed = new LinkedHashMap<>();

    public PurgeTrash(Call call) {
        this.call = call;
    }

    public PurgeResult run() throws RadosException {
        Rbd rbd = call.rbd();
        for (TrashEntry entry : rbd.trash()) {
            call.checkGoesOn("purging the trash of pool " + call.options().pool());
            boolean ours =
                    Names.volumeId(call.options(), Names.alive(entry.name())).isPresent();
            if (ours && entry.source() == TrashEntry.Source.USER) {
                purge(rbd, entry);
            }
        }
        return new PurgeResult(purged, deferred, failed);
    }

    private void purge(Rbd rbd, TrashEntry entry) {
        try {
            if (isDeferred(entry)) {
                deferred.add(entry.name());
                return;
            }
            Optional<Parent> parent = prepare(rbd, entry);
            rbd.removeFromTrash(entry.id(), false, call.progress());
            call.did("purged", rbd, entry.name());
            purged.add(entry.name());
            Optional<Parent> clonedFrom = parent.filter(each -> Names.isClonedFrom(each.spec(), entry.name()));
            if (clonedFrom.isPresent()) {
                new ReleaseParent(call).run(clonedFrom.get());
            }
        } catch (NotFoundException gone) {
            LOG.debug("volume {} in the trash is gone already", entry.name());
        } catch (RadosException wrong) {
            if (wrong.errno() == Errno.EPERM) {
                deferred.add(entry.name());
            } else {
                LOG.error("volume {} stays in the trash until the next purge", Printable.of(entry.name()), wrong);
                failed.put(entry.name(), wrong);
            }
        }
    }

    private boolean isDeferred(TrashEntry entry) {
        return entry.defermentEnd().toEpochMilli()
                > call.backend().environment().wallClockMillis();
    }

    /** Somebody may have restored it since the trash was listed, and wants its snapshots. */
    private static void checkInTrash(Rbd rbd, TrashEntry entry) throws RadosException {
        if (!rbd.exists(entry.name())) {
            return;
        }
        try (Image image = rbd.openReadOnly(entry.name())) {
            if (image.id().equals(entry.id())) {
                throw new NotFoundException("purging volume " + entry.name() + ", which was restored", null);
            }
        }
    }

    /** Removes the volume's snapshots, and returns what it hangs on, which nobody can tell afterwards. */
    private Optional<Parent> prepare(Rbd rbd, TrashEntry entry) throws RadosException {
        try (Opened opened = new Opened(rbd.openById(entry.id()))) {
            Image image = opened.image();
            checkInTrash(rbd, entry);
            Optional<Parent> parent = new Ancestors(call).parent(image);
            for (SnapshotInfo snapshot : image.snapshots()) {
                if (snapshot.namespace() == Namespace.USER) {
                    image.unprotectAndRemoveSnapshot(snapshot.name());
                }
            }
            return parent;
        }
    }
}
