package io.jrados.osd.link;

import io.jrados.message.HObject;
import io.jrados.message.Spg;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of objects that one OSD does not want to hear of for now (doc/dev/rados-client-protocol.rst, "Backoff").
 * They end with the session.
 */
public final class Backoffs {
    /** Announced ranges at most; an OSD sends one per group, or one per degraded object. */
    private static final int MOST = 1 << 16;

    /** From {@code begin} to before {@code end}; {@code begin} alone when they are equal. */
    public record Backoff(Spg group, long id, HObject begin, HObject end) {
        public boolean holds(HObject object) {
            int order = object.compareTo(begin);
            return order == 0 || order > 0 && object.compareTo(end) < 0;
        }
    }

    private final Map<Spg, NavigableMap<HObject, Backoff>> byGroup = new HashMap<>();
    private final Map<Long, Backoff> byId = new HashMap<>();

    /** Returns false when there are too many to remember. */
    public boolean block(Backoff backoff) {
        if (byId.size() >= MOST) {
            return false;
        }
        Backoff replaced = byGroup.computeIfAbsent(backoff.group(), group -> new TreeMap<>())
                .put(backoff.begin(), backoff);
        if (replaced != null) {
            byId.remove(replaced.id());
        }
        byId.put(backoff.id(), backoff);
        return true;
    }

    /** Returns the range that is open again, or null for one that was not known. */
    public @Nullable Backoff unblock(long id) {
        Backoff gone = byId.remove(id);
        if (gone != null) {
            NavigableMap<HObject, Backoff> ranges = byGroup.get(gone.group());
            ranges.remove(gone.begin());
            if (ranges.isEmpty()) {
                byGroup.remove(gone.group());
            }
        }
        return gone;
    }

    public boolean holds(Spg group, HObject object) {
        NavigableMap<HObject, Backoff> ranges = byGroup.get(group);
        if (ranges == null) {
            return false;
        }
        // A range over the whole group may lie around one of a single object: the nearest is not enough.
        for (Backoff backoff : ranges.headMap(object, true).descendingMap().values()) {
            if (backoff.holds(object)) {
                return true;
            }
        }
        return false;
    }

    public boolean isEmpty() {
        return byId.isEmpty();
    }

    public void clear() {
        byGroup.clear();
        byId.clear();
    }
}
