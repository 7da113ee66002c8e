package io.jrados.osd;

import io.jrados.crush.CrushMap;
import io.jrados.message.OsdFlags;
import io.jrados.osdmap.CrushLocation;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.Placement;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The choice of the replica for a read that need not go to the primary. Confined to the Objecter's loop. */
final class ReplicaChoice {
    private final CrushLocation here;
    private final RandomGenerator random;
    /** The distances of OSDs in one hierarchy. */
    private final Map<Integer, Integer> distances = new HashMap<>();

    private @Nullable CrushMap measured;

    ReplicaChoice(CrushLocation here, RandomGenerator random) {
        this.here = here;
        this.random = random;
    }

    /** @param flags {@link OsdFlags} of the read */
    int choose(OsdMap map, Placement placement, int flags) {
        if ((flags & OsdFlags.BALANCE_READS) != 0) {
            return placement.acting(random.nextInt(placement.actingSize()));
        }
        int nearest = placement.acting(0);
        for (int i = 1; i < placement.actingSize(); i++) {
            // The primary is the first, and stays when it is as near.
            if (distance(map, placement.acting(i)) < distance(map, nearest)) {
                nearest = placement.acting(i);
            }
        }
        return nearest;
    }

    private int distance(OsdMap map, int osd) {
        if (map.crush() != measured) {
            distances.clear();
            measured = map.crush();
        }
        return distances.computeIfAbsent(osd, number -> here.distance(map.crush(), number));
    }
}
