package io.jrados.rbd.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.MismatchException;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.Layout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A model that does random things to an image, its snapshots and clones of them, beside arrays of bytes that say what
 * must be read. What it does follows from the seed alone.
 */
public final class ImageModel {
    /** An image, or a clone of one of its snapshots, as something can be done to it. */
    public interface Subject {
        CompletableFuture<Void> read(long offset, ByteBuffer into);

        CompletableFuture<Void> write(long offset, ByteBuffer data);

        CompletableFuture<Void> discard(long offset, long length);

        CompletableFuture<Void> flush();

        CompletableFuture<Void> write(long offset, List<ByteBuffer> data);

        CompletableFuture<Void> writeZeroes(long offset, long length, boolean thick);

        CompletableFuture<Void> writeSame(long offset, long length, ByteBuffer pattern);

        CompletableFuture<Void> compareAndWrite(long offset, ByteBuffer expected, ByteBuffer data);

        void resize(long size) throws RadosException;

        void createSnapshot(String name) throws RadosException;

        void removeSnapshot(String name) throws RadosException;

        void flatten() throws RadosException;

        Subject cloneOf(String snapshot) throws RadosException;

        /** Reads a snapshot from its beginning. */
        void readSnapshot(String name, ByteBuffer into) throws RadosException;

        Layout layout();

        /** Closes and opens it again. */
        void reopen() throws RadosException;

        /** Whether it knows {@link #rollBack} and {@link #writeElsewhere}. */
        default boolean isShared() {
            return false;
        }

        default void rollBack(String snapshot) throws RadosException {}

        /** Another client writes so many equal bytes, and keeps the image open. */
        default void writeElsewhere(long offset, int value, int length) throws IOException {}

        /** Returns what is known of a wrong byte's object, for the message. */
        default String explain(int offset) {
            return "";
        }
    }

    private static final int MAX_DEPTH = 3;
    private static final int MAX_SNAPSHOTS = 4;

    private final Random random;
    private final int largest;
    private final int objectSize;
    private final int granularity;
    private final List<String> history = new ArrayList<>();
    private final Map<String, byte[]> snapshots = new LinkedHashMap<>();
    private Subject subject;
    private byte[] expected;
    private int depth;
    private boolean hasParent;
    private int names;

    /**
     * @param subject new, and so all zero
     * @param size its bytes
     */
    public ImageModel(long seed, Subject subject, int size, int objectSize) {
        this.random = new Random(seed);
        this.subject = subject;
        this.expected = new byte[size];
        this.largest = 2 * size;
        this.objectSize = objectSize;
        this.granularity = Math.min(64 << 10, objectSize);
    }

    /** Makes the model of a seed. */
    @FunctionalInterface
    public interface Maker {
        ImageModel make(long seed) throws IOException;
    }

    /**
     * Runs models of one seed after the other, each of so many steps, for some seconds or for as many as the
     * property {@code jrados.model.seconds} says; {@code jrados.model.steps} are other steps. A failure names its seed:
     * {@code -Djrados.seed=} runs that one alone.
     */
    public static void runFor(int seconds, int steps, Maker maker) throws IOException {
        runFor(seconds, steps, maker, model -> {});
    }

    /** Looks at a model whose steps are done. */
    @FunctionalInterface
    public interface Judge {
        void judge(ImageModel model) throws IOException;
    }

    /** As {@link #runFor(int, int, Maker)}, with a last look at each model. */
    public static void runFor(int seconds, int steps, Maker maker, Judge judge) throws IOException {
        int perSeed = Integer.getInteger("jrados.model.steps", steps);
        Long only = Long.getLong("jrados.seed");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("jrados.model.seconds", seconds));
        long seed = only == null ? System.nanoTime() : only;
        long operations = 0;
        do {
            ImageModel model = maker.make(seed);
            try {
                for (int step = 0; step < perSeed; step++) {
                    model.step();
                }
                model.verify();
                judge.judge(model);
            } catch (IOException | RuntimeException | AssertionError failed) {
                throw new AssertionError("with -Djrados.seed=" + seed + ", after\n" + model.history(), failed);
            }
            seed++;
            operations += perSeed;
        } while (only == null && System.nanoTime() < end);
        System.out.println(operations + " random operations on images, the last with -Djrados.seed=" + (seed - 1));
    }

    /** One random thing. */
    public void step() throws IOException {
        int dice = random.nextInt(106);
        if (dice < 30) {
            writeSeveral();
        } else if (dice < 33) {
            writeScattered();
        } else if (dice < 37) {
            writeZeroes();
        } else if (dice < 40) {
            writeSame();
        } else if (dice < 45) {
            compareAndWrite();
        } else if (dice < 65) {
            readSome();
        } else if (dice < 77) {
            discardSome();
        } else if (dice < 83) {
            resize();
        } else if (dice < 89) {
            createSnapshot();
        } else if (dice < 92) {
            removeSnapshot();
        } else if (dice < 95) {
            cloneSnapshot();
        } else if (dice < 97) {
            flatten();
        } else if (dice < 98) {
            note("reopen");
            subject.reopen();
        } else if (dice < 100) {
            verify();
        } else if (subject.isShared()) {
            if (dice < 103) {
                rollBack();
            } else {
                writeElsewhere();
            }
        }
    }

    private void rollBack() throws RadosException {
        if (!snapshots.isEmpty()) {
            String name = anySnapshot();
            note("roll back to " + name);
            subject.rollBack(name);
            expected = snapshots.get(name).clone();
        }
    }

    private void writeElsewhere() throws IOException {
        if (expected.length > 0) {
            int offset = offset();
            int length = length(expected.length - offset);
            int value = 1 + random.nextInt(255);
            note("write elsewhere " + offset + "~" + length);
            subject.writeElsewhere(offset, value, length);
            Arrays.fill(expected, offset, offset + length, (byte) value);
        }
    }

    /** Returns the content of each snapshot, oldest first. */
    public Map<String, byte[]> snapshots() {
        return new LinkedHashMap<>(snapshots);
    }

    /** Reads the head and all snapshots. */
    public void verify() throws RadosException {
        note("verify");
        check("the head", read(0, expected.length), expected, 0);
        for (Map.Entry<String, byte[]> snapshot : snapshots.entrySet()) {
            byte[] bytes = new byte[snapshot.getValue().length];
            subject.readSnapshot(snapshot.getKey(), ByteBuffer.wrap(bytes));
            check("snapshot " + snapshot.getKey(), bytes, snapshot.getValue(), 0);
        }
    }

    /** Returns the content of the head. */
    public byte[] expected() {
        return expected.clone();
    }

    public Subject subject() {
        return subject;
    }

    private String history() {
        return String.join(
                "\n",
                history.subList(
                        Math.max(0, history.size() - Integer.getInteger("jrados.model.history", 60)), history.size()));
    }

    private void note(String what) {
        history.add(what);
    }

    private int length(int room) {
        int length =
                switch (random.nextInt(4)) {
                    case 0 -> 1 + random.nextInt(512);
                    case 1 -> 4096 * (1 + random.nextInt(4));
                    case 2 -> 1 + random.nextInt(objectSize);
                    default -> objectSize + random.nextInt(2 * objectSize);
                };
        return Math.min(length, room);
    }

    private int offset() {
        int offset = random.nextInt(expected.length);
        return switch (random.nextInt(3)) {
            case 0 -> offset;
            case 1 -> offset / 4096 * 4096;
            default -> offset / objectSize * objectSize;
        };
    }

    /** In flight together, also on the same bytes: the last one counts. */
    private void writeSeveral() throws RadosException {
        if (expected.length == 0) {
            return;
        }
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            int offset = offset();
            byte[] data = new byte[length(expected.length - offset)];
            if (random.nextInt(6) > 0) {
                random.nextBytes(data);
            }
            note("write " + offset + "~" + data.length);
            System.arraycopy(data, 0, expected, offset, data.length);
            writes.add(subject.write(offset, ByteBuffer.wrap(data)));
        }
        if (random.nextInt(8) == 0) {
            note("flush");
            Wait.on(subject.flush());
        }
        for (CompletableFuture<Void> write : writes) {
            Wait.on(write);
        }
    }

    private void writeScattered() throws RadosException {
        if (expected.length == 0) {
            return;
        }
        int offset = offset();
        byte[] data = new byte[length(expected.length - offset)];
        random.nextBytes(data);
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int at = 0; at < data.length; ) {
            int length = Math.min(data.length - at, 1 + random.nextInt(2 * objectSize / 3));
            buffers.add(ByteBuffer.wrap(data, at, length));
            at += length;
        }
        note("write " + buffers.size() + " buffers " + offset + "~" + data.length);
        Wait.on(subject.write(offset, buffers));
        System.arraycopy(data, 0, expected, offset, data.length);
    }

    private void writeZeroes() throws RadosException {
        if (expected.length == 0) {
            return;
        }
        int offset = offset();
        int length = length(expected.length - offset);
        boolean thick = random.nextBoolean();
        note("write " + (thick ? "thick" : "thin") + " zeroes " + offset + "~" + length);
        Wait.on(subject.writeZeroes(offset, length, thick));
        Arrays.fill(expected, offset, offset + length, (byte) 0);
    }

    private void writeSame() throws RadosException {
        if (expected.length == 0) {
            return;
        }
        int offset = offset();
        int length = length(expected.length - offset);
        byte[] pattern = new byte[1 + random.nextInt(Math.min(length, 5000))];
        random.nextBytes(pattern);
        length = length / pattern.length * pattern.length;
        note("write the same " + pattern.length + " bytes " + offset + "~" + length);
        Wait.on(subject.writeSame(offset, length, ByteBuffer.wrap(pattern)));
        for (int at = 0; at < length; at++) {
            expected[offset + at] = pattern[at % pattern.length];
        }
    }

    /** Sometimes what is expected is wrong in one byte. */
    private void compareAndWrite() throws RadosException {
        if (expected.length == 0) {
            return;
        }
        int offset = offset();
        int length = (int) subject.layout()
                .extentAt(offset, length(expected.length - offset))
                .length();
        byte[] compared = Arrays.copyOfRange(expected, offset, offset + length);
        byte[] data = new byte[length];
        random.nextBytes(data);
        int wrong = random.nextInt(3) == 0 ? random.nextInt(length) : -1;
        note("compare and write " + offset + "~" + length + (wrong < 0 ? "" : " but for " + wrong));
        if (wrong < 0) {
            Wait.on(subject.compareAndWrite(offset, ByteBuffer.wrap(compared), ByteBuffer.wrap(data)));
            System.arraycopy(data, 0, expected, offset, length);
            return;
        }
        compared[wrong] ^= 1;
        CompletableFuture<Void> refused =
                subject.compareAndWrite(offset, ByteBuffer.wrap(compared), ByteBuffer.wrap(data));
        MismatchException mismatch = catchThrowableOfType(MismatchException.class, () -> Wait.on(refused));
        assertThat(mismatch).as("comparing with a wrong byte").isNotNull();
        assertThat(mismatch.offset()).isEqualTo(wrong);
    }

    private void readSome() throws RadosException {
        if (expected.length == 0) {
            return;
        }
        int offset = offset();
        int length = length(expected.length - offset);
        int pieces = random.nextBoolean() ? 1 : 1 + random.nextInt(8);
        note("read " + offset + "~" + length + " in " + pieces);
        int end = offset + length;
        for (int from = offset, to; from < end; from = to) {
            to = Math.min(end, from + Math.max(1, length / pieces));
            check("the head", read(from, to - from), Arrays.copyOfRange(expected, from, to), from);
        }
    }

    private byte[] read(int offset, int length) throws RadosException {
        byte[] bytes = new byte[length + 2];
        Arrays.fill(bytes, (byte) 0x5a);
        Wait.on(subject.read(offset, ByteBuffer.wrap(bytes, 1, length)));
        assertThat(bytes[0]).isEqualTo((byte) 0x5a);
        assertThat(bytes[length + 1]).isEqualTo((byte) 0x5a);
        return Arrays.copyOfRange(bytes, 1, length + 1);
    }

    /** Discards a range: bytes that must be zero are checked, others are taken as they are. */
    private void discardSome() throws RadosException {
        if (expected.length == 0) {
            return;
        }
        int offset = offset();
        int length = length(expected.length - offset);
        note("discard " + offset + "~" + length);
        Wait.on(subject.discard(offset, length));
        byte[] now = read(offset, length);
        for (int i = 0; i < length; i++) {
            if (now[i] != 0) {
                assertThat(now[i])
                        .as("a byte from %d on, after a discard", offset)
                        .isEqualTo(expected[offset + i]);
            }
        }
        Layout layout = subject.layout();
        for (int i = 0; i < length; i++) {
            if (now[i] != 0 && isDiscarded(layout, offset + i, offset, offset + length)) {
                throw new AssertionError("byte " + (offset + i) + " was discarded");
            }
        }
        System.arraycopy(now, 0, expected, offset, length);
    }

    /** Whether the whole piece of its object that a byte belongs to lies within the range. */
    private boolean isDiscarded(Layout layout, long at, long offset, long end) {
        Layout.Extent extent = layout.extentAt(at, 1);
        long first = extent.offset() / granularity * granularity;
        return layout.imageOffset(extent.object(), first) >= offset
                && layout.imageOffset(extent.object(), first + granularity - 1) < end;
    }

    private void resize() throws RadosException {
        int size = random.nextInt(4) == 0 ? random.nextInt(largest / objectSize) * objectSize : random.nextInt(largest);
        note("resize " + expected.length + " to " + size);
        subject.resize(size);
        expected = Arrays.copyOf(expected, size);
    }

    private void createSnapshot() throws RadosException {
        if (snapshots.size() < MAX_SNAPSHOTS) {
            String name = "s" + names++;
            note("snapshot " + name);
            subject.createSnapshot(name);
            snapshots.put(name, expected.clone());
        }
    }

    private void removeSnapshot() throws RadosException {
        if (!snapshots.isEmpty()) {
            String name = anySnapshot();
            note("remove snapshot " + name);
            subject.removeSnapshot(name);
            snapshots.remove(name);
        }
    }

    private String anySnapshot() {
        return new ArrayList<>(snapshots.keySet()).get(random.nextInt(snapshots.size()));
    }

    /** Goes on with the clone. */
    private void cloneSnapshot() throws RadosException {
        if (snapshots.isEmpty() || depth == MAX_DEPTH) {
            return;
        }
        String name = anySnapshot();
        if (snapshots.get(name).length == 0) {
            return; // refused, as by librbd
        }
        note("clone " + name);
        subject = subject.cloneOf(name);
        expected = snapshots.get(name).clone();
        snapshots.clear();
        depth++;
        hasParent = true;
    }

    private void flatten() throws RadosException {
        if (hasParent) {
            note("flatten");
            subject.flatten();
            hasParent = false;
        }
    }

    private void check(String what, byte[] actual, byte[] wanted, int offset) {
        int wrong = Arrays.mismatch(actual, wanted);
        if (wrong >= 0) {
            throw new AssertionError(what + " differs at byte " + (offset + wrong) + ": " + actual[wrong] + ", not "
                    + wanted[wrong] + " " + subject.explain(offset + wrong));
        }
    }
}
