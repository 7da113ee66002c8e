package io.jrados.crush;

import org.jspecify.annotations.Nullable;

/**
 * One "firstn" step, or the search for a device below what such a step chose: crush_choose_firstn (src/crush/mapper.c).
 * Fills a list from its first free place on; what is not found leaves no gap.
 */
final class FirstnChooser {
    private static final int NOTHING = CrushMap.NONE;

    private final Run run;
    private final @Nullable FirstnChooser leafChooser;

    private int[] out = new int[0];
    private int base;
    private int type;
    private int tries;
    private Tries settings = Tries.NONE;
    private boolean toLeaves;

    /** @param leafChooser for the devices below; the one of the leaves themselves has none */
    FirstnChooser(Run run, @Nullable FirstnChooser leafChooser) {
        this.run = run;
        this.leafChooser = leafChooser;
    }

    /** Chooses items of a type into {@code out} from {@code base} on. */
    void prepare(int[] into, int at, int itemType, int maxTries, Tries tuning) {
        out = into;
        base = at;
        type = itemType;
        tries = maxTries;
        settings = tuning;
        toLeaves = false;
    }

    /** Also finds a device below each item, into {@code leaves}. */
    void prepareLeaves(int[] leaves, int maxTries) {
        toLeaves = true;
        leafChooser().prepare(leaves, base, 0, maxTries, settings);
    }

    private FirstnChooser leafChooser() {
        if (leafChooser == null) {
            throw new IllegalStateException("below devices there is nothing to choose");
        }
        return leafChooser;
    }

    /**
     * Chooses up to {@code end} items, and no more than there is room for.
     *
     * @param filled places that are taken already
     * @param parent the try that led to this bucket
     * @return the places that are taken now
     */
    int choose(Bucket bucket, int end, int filled, int room, int parent) {
        int at = filled;
        int left = room;
        for (int replica = settings.stable() ? 0 : filled; replica < end && left > 0 && !run.isSpent(); replica++) {
            int item = one(bucket, replica + parent, at, left);
            if (item != NOTHING) {
                out[base + at] = item;
                at++;
                left--;
            }
        }
        return at;
    }

    /** Descends until an item is found that is neither taken nor out. */
    private int one(Bucket bucket, int start, int at, int room) {
        int failures = 0;
        while (true) {
            Bucket in = bucket;
            int localFailures = 0;
            while (true) {
                int r = start + failures;
                boolean collides = false;
                boolean rejected = true;
                int item = NOTHING;
                if (run.mayChooseFrom(in)) {
                    item = settings.searchesExhaustively(in, localFailures)
                            ? run.permuted(in, r)
                            : in.choose(run, r, at);
                    if (run.typeOf(item) != type) {
                        if (item >= 0) {
                            return NOTHING;
                        }
                        in = run.map().bucket(item);
                        continue;
                    }
                    collides = isTaken(item, at);
                    rejected = !collides && isRejected(item, r, at, room);
                }
                if (!collides && !rejected) {
                    return item;
                }
                failures++;
                localFailures++;
                if (!settings.staysInBucket(in, collides, localFailures)) {
                    break;
                }
            }
            if (failures >= tries || run.isSpent()) {
                return NOTHING;
            }
        }
    }

    private boolean isTaken(int item, int filled) {
        for (int i = 0; i < filled; i++) {
            if (out[base + i] == item) {
                return true;
            }
        }
        return false;
    }

    private boolean isRejected(int item, int r, int at, int room) {
        if (toLeaves) {
            FirstnChooser leaves = leafChooser();
            if (item >= 0) {
                leaves.out[base + at] = item;
            } else if (leaves.choose(
                            run.map().bucket(item), settings.stable() ? 1 : at + 1, at, room, settings.leafTry(r))
                    <= at) {
                return true;
            }
        }
        return type == 0 && run.isOut(item);
    }
}
