package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Verbs on images with the default features: what is there before, the verb itself, and what is there when it is done.
 */
enum CrashedVerb {
    CREATE {
        @Override
        void prepare(Rbd rbd, String name) {}

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            rbd.create(name, SIZE, OPTIONS);
        }

        @Override
        List<String> natively(String name) {
            return List.of("create", name, "--size", SIZE + "B", "--object-size", "256K");
        }

        @Override
        byte[] done(String name) {
            return new byte[SIZE];
        }
    },
    CLONE {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            filled(rbd, name + "-parent");
            snapshot(rbd, name + "-parent");
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            rbd.clone(ImageSpec.of(rbd.pool().name(), name + "-parent").at("s"), name, OPTIONS.withCloneFormat(2));
        }

        @Override
        List<String> natively(String name) {
            return List.of("clone", "--rbd-default-clone-format", "2", name + "-parent@s", name);
        }
    },
    SNAPSHOT {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            filled(rbd, name);
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            try (Image image = rbd.open(name)) {
                image.createSnapshot("s");
            }
        }

        @Override
        List<String> natively(String name) {
            return List.of("snap", "create", "--no-progress", name + "@s");
        }

        @Override
        List<String> snapshots() {
            return List.of("s");
        }
    },
    REMOVE_SNAPSHOT {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            filled(rbd, name);
            snapshot(rbd, name);
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            try (Image image = rbd.open(name)) {
                image.removeSnapshot("s");
            }
        }

        @Override
        List<String> natively(String name) {
            return List.of("snap", "rm", "--no-progress", name + "@s");
        }
    },
    FLATTEN {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            CLONE.prepare(rbd, name);
            CLONE.run(rbd, name);
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            try (Image image = rbd.open(name)) {
                image.flatten(Progress.NONE);
            }
        }

        @Override
        List<String> natively(String name) {
            return List.of("flatten", "--no-progress", name);
        }
    },
    REMOVE {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            filled(rbd, name);
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            rbd.remove(name, Progress.NONE);
        }

        @Override
        List<String> natively(String name) {
            return List.of("rm", "--no-progress", name);
        }
    },
    SHRINK {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            filled(rbd, name);
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            resize(rbd, name, SIZE / 3);
        }

        @Override
        List<String> natively(String name) {
            return List.of("resize", "--no-progress", "--allow-shrink", "--size", SIZE / 3 + "B", name);
        }

        @Override
        byte[] done(String name) {
            return Arrays.copyOf(content(name), SIZE / 3);
        }
    },
    GROW {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            filled(rbd, name);
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            resize(rbd, name, 2 * SIZE);
        }

        @Override
        List<String> natively(String name) {
            return List.of("resize", "--no-progress", "--size", 2 * SIZE + "B", name);
        }

        @Override
        byte[] done(String name) {
            return Arrays.copyOf(content(name), 2 * SIZE);
        }
    },
    ROLL_BACK {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            filled(rbd, name);
            snapshot(rbd, name);
            try (Image image = rbd.open(name)) {
                image.resize(SIZE + 1000, Progress.NONE);
                image.write(1000, ByteBuffer.wrap(new byte[SIZE]));
            }
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            try (Image image = rbd.open(name)) {
                image.rollBack("s", Progress.NONE);
            }
        }

        @Override
        List<String> natively(String name) {
            return List.of("snap", "rollback", "--no-progress", name + "@s");
        }

        @Override
        List<String> snapshots() {
            return List.of("s");
        }
    },
    RENAME {
        @Override
        void prepare(Rbd rbd, String name) throws RadosException {
            filled(rbd, name);
        }

        @Override
        void run(Rbd rbd, String name) throws RadosException {
            rbd.rename(name, result(name));
        }

        @Override
        List<String> natively(String name) {
            return List.of("rename", name, name + "-renamed");
        }

        @Override
        String result(String name) {
            return name + "-renamed";
        }
    };

    private static final Duration REMOVED_WITHIN = Duration.ofSeconds(60);

    /** Bytes: six objects. */
    static final int SIZE = 6 << 18;

    static final ImageOptions OPTIONS = ImageOptions.DEFAULT.withOrder(18);

    abstract void prepare(Rbd rbd, String name) throws RadosException;

    abstract void run(Rbd rbd, String name) throws RadosException;

    /** The same verb's words for the {@code rbd} command. */
    abstract List<String> natively(String name);

    /** Returns the content of the image when the verb is done. */
    byte[] done(String name) {
        return content(name);
    }

    /** The image's name then. */
    String result(String name) {
        return name;
    }

    /** The names of its snapshots then. */
    List<String> snapshots() {
        return List.of();
    }

    static byte[] content(String name) {
        byte[] content = new byte[SIZE];
        new Random(name.hashCode()).nextBytes(content);
        return content;
    }

    private static void filled(Rbd rbd, String name) throws RadosException {
        rbd.create(name, SIZE, OPTIONS);
        try (Image image = rbd.open(name)) {
            image.write(0, ByteBuffer.wrap(content(name.replace("-parent", ""))));
        }
    }

    private static void snapshot(Rbd rbd, String name) throws RadosException {
        try (Image image = rbd.open(name)) {
            image.createSnapshot("s");
        }
    }

    private static void resize(Rbd rbd, String name, long size) throws RadosException {
        try (Image image = rbd.open(name)) {
            image.resize(size, Progress.NONE);
        }
    }

    /**
     * Runs it again after a crash, so that it is done. An image that is being made holds its name until it is removed.
     *
     * @param again by us or natively; fails when it is done already, or cannot be begun
     */
    void finish(Rbd rbd, String name, Again again) throws IOException {
        if (this == CREATE || this == CLONE) {
            if (rbd.list().contains(name)) {
                removed(rbd, name);
            }
            again.run();
            return;
        }
        if (this == REMOVE ? rbd.list().contains(name) : !isDone(rbd, name)) {
            again.run();
        }
    }

    /** One without a header might still be under way: that is seen after a watch's lifetime. */
    private static void removed(Rbd rbd, String name) throws RadosException {
        long end = System.nanoTime() + REMOVED_WITHIN.toNanos();
        while (true) {
            try {
                rbd.remove(name, Progress.NONE);
                return;
            } catch (BusyException young) {
                if (System.nanoTime() > end) {
                    throw young;
                }
            }
        }
    }

    private boolean isDone(Rbd rbd, String name) throws IOException {
        if (this == RENAME) {
            return !rbd.exists(name);
        }
        try (Image image = rbd.openReadOnly(name)) {
            return switch (this) {
                case SNAPSHOT ->
                    image.snapshots().stream().map(SnapshotInfo::name).toList().contains("s");
                case FLATTEN -> image.parent().isEmpty();
                default -> false;
            };
        }
    }

    /** A verb that runs again. */
    interface Again {
        void run() throws IOException;
    }

    /** Our own form of it, which may find its work done. */
    Again ours(Rbd rbd, String name) {
        return () -> {
            try {
                run(rbd, name);
            } catch (NotFoundException done) {
                assertThat(this).as("finds nothing to do").isIn(REMOVE_SNAPSHOT, RENAME);
            } catch (AlreadyExistsException done) {
                assertThat(this).as("finds it done").isEqualTo(SNAPSHOT);
            }
        };
    }
}
