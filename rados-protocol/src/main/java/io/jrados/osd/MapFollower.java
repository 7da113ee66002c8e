package io.jrados.osd;

import io.jrados.error.MalformedException;
import io.jrados.message.OsdMapMessage;
import io.jrados.osdmap.Incremental;
import io.jrados.osdmap.OsdMap;
import io.netty.buffer.Unpooled;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the cluster's maps, one epoch after the other (Objecter::handle_osd_map, src/osdc/Objecter.cc). A map is
 * decoded whole before it takes the place of the one before.
 */
final class MapFollower {
    private static final Logger LOG = LoggerFactory.getLogger(MapFollower.class);

    /** The work to do with each map. */
    interface Step {
        /** @param skipped whether epochs before it are gone: nothing that was sent before can be relied on */
        void to(OsdMap map, boolean skipped);
    }

    private volatile @Nullable OsdMap map;
    private final UUID fsid;
    /** Whether the next epoch could not be read: a full map of any later one is taken instead. */
    private boolean stuck;

    MapFollower(UUID fsid) {
        this.fsid = fsid;
    }

    /** The map in force; any thread may ask. Null before the first. */
    @Nullable
    OsdMap map() {
        return map;
    }

    long epoch() {
        OsdMap now = map;
        return now == null ? 0 : now.epoch();
    }

    /**
     * Takes what a monitor or an OSD sent.
     *
     * @return the epoch that is needed next because the message was of no use without it, -1 if nothing is missing
     * @throws MalformedException for a map that cannot be read; the maps before it are in force, and only a full one
     *     helps ({@link #isStuck})
     */
    long take(OsdMapMessage message, Step step) {
        if (!message.fsid().equals(fsid)) {
            throw new MalformedException("an OSD map of cluster " + message.fsid() + ", not of " + fsid);
        }
        long last = Math.max(last(message.incrementals()), last(message.fulls()));
        if (last <= epoch()) {
            return -1;
        }
        try {
            return epoch() == 0 ? takeFirst(message, step) : takeNext(message, last, step);
        } catch (MalformedException unreadable) {
            stuck = true;
            throw unreadable;
        }
    }

    /** Whether the map after the one in force could not be read, so that only a full one helps. */
    boolean isStuck() {
        return stuck;
    }

    private static long last(java.util.SortedMap<Long, byte[]> maps) {
        return maps.isEmpty() ? 0 : maps.lastKey();
    }

    private long takeFirst(OsdMapMessage message, Step step) {
        if (message.fulls().isEmpty()) {
            return 0;
        }
        long epoch = message.fulls().lastKey();
        publish(full(message.fulls().get(epoch), epoch), false, step);
        return message.incrementals().isEmpty() || last(message.incrementals()) <= epoch
                ? -1
                : takeNext(message, last(message.incrementals()), step);
    }

    private long takeNext(OsdMapMessage message, long last, Step step) {
        boolean skipped = false;
        if (stuck && !message.fulls().isEmpty()) {
            long newest = message.fulls().lastKey();
            if (newest > epoch()) {
                publish(full(message.fulls().get(newest), newest), newest > epoch() + 1, step);
            }
        }
        for (long epoch = epoch() + 1; epoch <= last; epoch++) {
            byte[] incremental = message.incrementals().get(epoch);
            byte[] full = message.fulls().get(epoch);
            OsdMap before = map;
            if (incremental != null && before != null && before.epoch() == epoch - 1) {
                publish(before.apply(Incremental.decode(Unpooled.wrappedBuffer(incremental))), skipped, step);
            } else if (full != null) {
                publish(full(full, epoch), skipped, step);
            } else if (epoch >= message.oldest()) {
                return epoch() + 1;
            } else {
                LOG.info("OSD maps {} to {} are gone: going on at {}", epoch, message.oldest() - 1, message.oldest());
                skipped = true;
                epoch = message.oldest() - 1;
                continue;
            }
            skipped = false;
        }
        return -1;
    }

    private OsdMap full(byte[] encoded, long epoch) {
        OsdMap decoded = OsdMap.decode(Unpooled.wrappedBuffer(encoded));
        if (!decoded.fsid().equals(fsid) || decoded.epoch() != epoch) {
            throw new MalformedException("an OSD map of cluster " + decoded.fsid() + " at epoch " + decoded.epoch()
                    + " where one of " + fsid + " at " + epoch + " was announced");
        }
        return decoded;
    }

    private void publish(OsdMap next, boolean skipped, Step step) {
        map = next;
        stuck = false;
        LOG.debug("OSD map {}{}", next.epoch(), skipped ? " after a gap" : "");
        step.to(next, skipped);
    }
}
