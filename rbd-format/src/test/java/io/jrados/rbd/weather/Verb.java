package io.jrados.rbd.weather;

import io.jrados.rbd.Image;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Deeds that can be done to a tested image, besides requests of data. Each begins by telling the model what may be from
 * now on, calls the image, and once the call succeeded tells the model what must be.
 */
enum Verb {
    SNAPSHOT {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            String snapshot = "s" + TestedImage.newVersion();
            int blocks = tested.blocks();
            if (tested.sizes.size() > 1) {
                tested.image().refresh();
                return; // nobody knows how large it would be
            }
            List<Set<Long>> before = tested.model.now(blocks);
            tested.maybe.add(snapshot);
            tested.note("snapshot " + snapshot);
            try {
                tested.image().createSnapshot(snapshot);
                tested.maybe.remove(snapshot);
            } finally {
                tested.model.snapshot(snapshot, before);
            }
        }
    },
    REMOVE_SNAPSHOT {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            String snapshot = any(tested, random);
            if (snapshot != null) {
                tested.maybe.add(snapshot);
                tested.note("remove " + snapshot);
                tested.image().removeSnapshot(snapshot);
                tested.model.forget(snapshot);
                tested.maybe.remove(snapshot);
            }
        }
    },
    PROTECT {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            String snapshot = any(tested, random);
            if (snapshot != null) {
                tested.image().protectSnapshot(snapshot);
                tested.image().unprotectSnapshot(snapshot);
            }
        }
    },
    GROW {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            resize(tested, Math.min(TestedImage.MOST_OBJECTS, objects(tested) + 1 + random.nextInt(8)));
        }
    },
    SHRINK {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            resize(tested, Math.max(4, objects(tested) - 1 - random.nextInt(8)));
        }
    },
    ROLL_BACK {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            String snapshot = any(tested, random);
            if (snapshot == null) {
                return;
            }
            long size = (long) tested.model.snapshot(snapshot).size() * Block.SIZE;
            BlockModel.Change change = tested.model.beginRollBack(snapshot);
            tested.sizes.add(size);
            tested.note("roll back to " + snapshot);
            tested.image().rollBack(snapshot, Progress.NONE);
            tested.model.acknowledged(change);
            tested.sizes.retainAll(Set.of(size));
        }
    },
    FEATURES {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            long maps = Features.OBJECT_MAP | Features.FAST_DIFF;
            boolean on = (tested.image().info().features() & Features.OBJECT_MAP) != 0;
            tested.image().updateFeatures(maps, !on);
            if (!on) {
                tested.image().rebuildObjectMap(Progress.NONE);
            }
        }
    },
    REBUILD {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            if ((tested.image().info().features() & Features.OBJECT_MAP) != 0) {
                tested.image().rebuildObjectMap(Progress.NONE);
            }
        }
    },
    /** A clone that is read and removed; one that fails in the middle is removed at the end. */
    CLONE {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            String snapshot = any(tested, random);
            if (snapshot == null) {
                return;
            }
            String child = tested.name + "-child-" + TestedImage.newVersion();
            List<Set<Long>> origin = tested.model.snapshot(snapshot);
            tested.children.add(child);
            tested.rbd()
                    .clone(
                            ImageSpec.of(tested.rbd().pool().name(), tested.name)
                                    .at(snapshot),
                            child,
                            TestedImage.OPTIONS.withCloneFormat(2));
            try (Image opened = tested.rbd().openReadOnly(child)) {
                new BlockModel(origin.size(), origin::get).settle(Judge.all(opened), child);
            }
            tested.rbd().remove(child, Progress.NONE);
            tested.children.remove(child);
        }
    },
    FLATTEN {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            if (tested.image().parent().isPresent()) {
                tested.image().flatten(Progress.NONE);
            }
        }
    },
    REFRESH {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            tested.image().refresh();
        }
    },
    FLUSH {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            tested.image().flush();
        }
    },
    RELEASE {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            if (tested.image().lock().isOwned()) {
                tested.image().lock().release();
            }
        }
    },
    METADATA {
        @Override
        void run(TestedImage tested, Random random) throws Exception {
            tested.image().setMetadata("weather", new byte[] {(byte) random.nextInt()});
        }
    };

    abstract void run(TestedImage tested, Random random) throws Exception;

    private static int objects(TestedImage tested) {
        return tested.blocks() / TestedImage.OBJECT_BLOCKS;
    }

    private static String any(TestedImage tested, Random random) {
        List<String> all = new ArrayList<>(tested.model.snapshots());
        all.removeAll(tested.maybe);
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    /** Changes the size; blocks behind a new end are zero, if not now then once the image grows again. */
    private static void resize(TestedImage tested, int objects) throws Exception {
        long size = (long) objects << TestedImage.ORDER;
        int first = objects * TestedImage.OBJECT_BLOCKS;
        int last = (int) (Collections.max(tested.sizes) / Block.SIZE);
        BlockModel.Change change = first < last ? tested.model.beginShrink(first, last) : null;
        tested.sizes.add(size);
        tested.note("resize to " + objects + " objects");
        tested.image().resize(size, Progress.NONE);
        if (change != null) {
            tested.model.acknowledged(change);
        }
        tested.sizes.retainAll(Set.of(size));
    }
}
