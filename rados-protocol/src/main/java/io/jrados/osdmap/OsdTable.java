package io.jrados.osdmap;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The state of each OSD in a map, by its number. Immutable: the arrays are not written to once they are in here. */
final class OsdTable {
    static final int EXISTS = 1;
    static final int UP = 1 << 1;
    static final int AUTOOUT = 1 << 2;
    static final int NEW = 1 << 3;
    static final int STOP = 1 << 12;

    /** The affinity of an OSD that leads as many groups as its weight says. */
    static final int FULL_AFFINITY = 0x10000;

    /** More OSDs than a cluster can have; bounds what a hostile incremental makes us allocate. */
    static final int MAX_OSDS = 1 << 20;

    private final int[] states;
    private final int[] weights;
    private final int[] affinities;
    private final List<List<EntityAddr>> addresses;

    /** @param affinities none when all are full */
    OsdTable(int[] states, int[] weights, int[] affinities, List<List<EntityAddr>> addresses) {
        this.states = states;
        this.weights = weights;
        this.affinities = affinities;
        this.addresses = addresses;
    }

    static OsdTable decode(Decoder in) {
        int max = in.i32();
        checkMax(max);
        int[] states = in.i32s();
        int[] weights = in.i32s();
        if (states.length != max || weights.length != max) {
            throw new MalformedException(
                    states.length + " states and " + weights.length + " weights of " + max + " OSDs");
        }
        int count = in.count(1);
        if (count > max) {
            throw new MalformedException(count + " addresses of " + max + " OSDs");
        }
        List<List<EntityAddr>> addresses = new ArrayList<>(max);
        for (int i = 0; i < max; i++) {
            addresses.add(i < count ? EntityAddr.decodeVector(in) : List.of());
        }
        return new OsdTable(states, weights, new int[0], addresses);
    }

    static void checkMax(int max) {
        if (max < 0 || max > MAX_OSDS) {
            throw new MalformedException("max_osd " + max);
        }
    }

    OsdTable withAffinities(int[] newAffinities) {
        if (newAffinities.length != 0 && newAffinities.length != size()) {
            throw new MalformedException(newAffinities.length + " affinities of " + size() + " OSDs");
        }
        return new OsdTable(states, weights, newAffinities, addresses);
    }

    int size() {
        return states.length;
    }

    boolean exists(int osd) {
        return osd >= 0 && osd < states.length && (states[osd] & EXISTS) != 0;
    }

    boolean isUp(int osd) {
        return exists(osd) && (states[osd] & UP) != 0;
    }

    int weight(int osd) {
        return osd >= 0 && osd < weights.length ? weights[osd] : 0;
    }

    /** Whether this is the number of an OSD, there or not, that holds no data. */
    boolean isOut(int osd) {
        return osd >= 0 && osd < weights.length && weights[osd] == 0;
    }

    boolean hasAffinities() {
        return affinities.length > 0;
    }

    boolean hasReducedAffinities() {
        return Arrays.stream(affinities).anyMatch(affinity -> affinity != FULL_AFFINITY);
    }

    /** Bits of an OSD's state. */
    int state(int osd) {
        return states[osd];
    }

    /** Share of the groups it holds that it leads: 16.16 fixed point, unsigned. */
    int affinity(int osd) {
        return osd >= 0 && osd < affinities.length ? affinities[osd] : FULL_AFFINITY;
    }

    List<EntityAddr> addresses(int osd) {
        return osd >= 0 && osd < addresses.size() ? addresses.get(osd) : List.of();
    }

    /** Returns the weights; the array must not be written to. */
    int[] weights() {
        return weights;
    }

    /** A copy to change. */
    Draft draft() {
        return new Draft();
    }

    /** A table in the making, for as many OSDs or for others. */
    final class Draft {
        private int[] newStates = states.clone();
        private int[] newWeights = weights.clone();
        private int[] newAffinities = affinities.clone();
        private final List<List<EntityAddr>> newAddresses = new ArrayList<>(addresses);

        void resize(int max) {
            checkMax(max);
            newStates = Arrays.copyOf(newStates, max);
            newWeights = Arrays.copyOf(newWeights, max);
            if (newAffinities.length > 0) {
                resizeAffinities(max);
            }
            while (newAddresses.size() > max) {
                newAddresses.remove(newAddresses.size() - 1);
            }
            while (newAddresses.size() < max) {
                newAddresses.add(List.of());
            }
        }

        private void resizeAffinities(int max) {
            int known = newAffinities.length;
            newAffinities = Arrays.copyOf(newAffinities, max);
            if (max > known) {
                Arrays.fill(newAffinities, known, max, FULL_AFFINITY);
            }
        }

        private int checked(int osd) {
            if (osd < 0 || osd >= newStates.length) {
                throw new MalformedException("osd." + osd + " of " + newStates.length);
            }
            return osd;
        }

        /** A weight makes an OSD exist, and that it is in is nobody's doing but the administrator's any more. */
        void weight(int osd, int weight) {
            newWeights[checked(osd)] = weight;
            if (weight != 0) {
                newStates[osd] = newStates[osd] & ~(AUTOOUT | NEW) | EXISTS;
            }
        }

        void affinity(int osd, int affinity) {
            if (newAffinities.length == 0) {
                resizeAffinities(newStates.length);
            }
            newAffinities[checked(osd)] = affinity;
        }

        /** Flips bits of a state; none stand for UP. Flipping EXISTS away forgets everything. */
        void flip(int osd, int bits) {
            int flipped = bits == 0 ? UP : bits;
            if ((newStates[checked(osd)] & flipped & EXISTS) != 0) {
                newStates[osd] = 0;
                newAddresses.set(osd, List.of());
                if (newAffinities.length > 0) {
                    newAffinities[osd] = FULL_AFFINITY;
                }
            } else {
                newStates[osd] ^= flipped;
            }
        }

        void up(int osd, List<EntityAddr> at) {
            newStates[checked(osd)] = newStates[osd] & ~STOP | EXISTS | UP;
            newAddresses.set(osd, at);
        }

        OsdTable done() {
            return new OsdTable(newStates, newWeights, newAffinities, newAddresses);
        }
    }
}
