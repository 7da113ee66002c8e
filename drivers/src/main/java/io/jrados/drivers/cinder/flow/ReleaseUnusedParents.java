package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the sources that were set aside for clones which are gone. They are left behind by a client that died in the
 * middle, by clones that were flattened after their source was deleted, and by Python Cinder since its release 24.
 */
public final class ReleaseUnusedParents {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseUnusedParents.class);

    private final Call call;
    private final Duration age;

    /** @param age of a clone's snapshot before it counts as left behind: cloning takes some time */
    public ReleaseUnusedParents(Call call, Duration age) {
        this.call = call;
        this.age = age;
    }

    /** Names of those that are gone. */
    public List<String> run() throws RadosException {
        Rbd rbd = call.rbd();
        List<String> gone = new ArrayList<>();
        boolean more = true;
        // The end of one may be the end of what it was cloned from.
        while (more) {
            more = false;
            for (String name : rbd.list()) {
                call.checkGoesOn("looking for sources of clones that are gone, in pool "
                        + call.options().pool());
                boolean ours = Names.volumeId(call.options(), Names.alive(name)).isPresent();
                if (ours && name.endsWith(Names.DELETED) && release(rbd, name)) {
                    gone.add(name);
                    more = true;
                }
            }
        }
        return gone;
    }

    private boolean release(Rbd rbd, String name) throws RadosException {
        try (Opened opened = new Opened(rbd.open(name))) {
            Image image = opened.image();
            for (SnapshotInfo snapshot : image.snapshots()) {
                if (isLeft(rbd, image, snapshot)) {
                    image.unprotectAndRemoveSnapshot(snapshot.name());
                    call.did("snapshot removed", rbd, name + "@" + snapshot.name());
                }
            }
        } catch (NotFoundException halfRemoved) {
            LOG.info("{} is gone, or its removal ended half-way: {}", Printable.of(name), halfRemoved.getMessage());
        } catch (BusyException changing) {
            LOG.info("{} is being changed, and looked at next time: {}", Printable.of(name), changing.getMessage());
            return false;
        }
        return new ReleaseParent(call).ifUnused(rbd, name);
    }

    private boolean isLeft(Rbd rbd, Image image, SnapshotInfo snapshot) throws RadosException {
        long old = call.backend().environment().wallClockMillis() - age.toMillis();
        return snapshot.namespace() == Namespace.USER
                && snapshot.name().endsWith(Names.CLONE_SNAPSHOT)
                && snapshot.timestamp().toEpochMilli() <= old
                && image.watchers().isEmpty()
                && Children.of(rbd, image.id(), snapshot.id()).isEmpty();
    }
}
