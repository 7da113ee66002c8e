package io.jrados.rbd.ops;

import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.stream.CopyOptions;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ExportOptions;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Imports of one small image with a snapshot, of whose head and snapshot every byte is known. */
enum StreamVerb {
    BYTES {
        @Override
        void run(Rbd rbd, Streams streams, String name, Progress progress) throws IOException {
            ImageStreams.on(rbd)
                    .importImage(name, ImportOptions.DEFAULT.withImage(OPTIONS), pipe(streams.bytes), progress);
        }

        @Override
        List<String> snapshots() {
            return List.of();
        }
    },
    IMAGE {
        @Override
        void run(Rbd rbd, Streams streams, String name, Progress progress) throws IOException {
            ImageStreams.on(rbd).importImage(name, ImportOptions.DEFAULT.withFormat(2), pipe(streams.image), progress);
        }
    },
    DIFF {
        @Override
        void prepare(Rbd rbd, Streams streams, String name) throws IOException {
            ImageStreams.on(rbd)
                    .importImage(name, ImportOptions.DEFAULT.withFormat(2), pipe(streams.start), Progress.NONE);
        }

        @Override
        void run(Rbd rbd, Streams streams, String name, Progress progress) throws IOException {
            ImageStreams.on(rbd).importDiff(name, pipe(streams.diff), progress);
        }

        @Override
        List<String> snapshots() {
            return List.of("one", "two");
        }
    },
    COPY {
        @Override
        void run(Rbd rbd, Streams streams, String name, Progress progress) throws IOException {
            ImageStreams.on(streams.source).copyImage("original", CopyOptions.DEFAULT, rbd, name, progress);
        }

        @Override
        List<String> snapshots() {
            return List.of();
        }
    };

    static final int OBJECT = 1 << 16;
    static final int SIZE = 4 * OBJECT;
    static final ImageOptions OPTIONS = ImageOptions.DEFAULT.withOrder(16);

    void prepare(Rbd rbd, Streams streams, String name) throws IOException {}

    abstract void run(Rbd rbd, Streams streams, String name, Progress progress) throws IOException;

    /** The snapshots that there are when it is done. */
    List<String> snapshots() {
        return List.of("one", "two");
    }

    private static ReadableByteChannel pipe(byte[] stream) {
        return Channels.newChannel(new ByteArrayInputStream(stream));
    }

    /**
     * Streams of an image.
     *
     * @param source another pool, which has the image
     * @param before the bytes at the first snapshot, from which the diff leads
     * @param after those at the second, which are the head's too
     * @param bytes the head, raw
     * @param image all of it
     * @param start all of it when it had the first snapshot only
     * @param diff from the first snapshot to the second
     */
    record Streams(Rbd source, byte[] before, byte[] after, byte[] bytes, byte[] image, byte[] start, byte[] diff) {
        /** Makes the image and exports it. */
        static Streams make(Rbd rbd) throws IOException {
            String name = "original";
            rbd.create(name, SIZE, OPTIONS);
            ImageStreams streams = ImageStreams.on(rbd);
            byte[] before = new byte[SIZE];
            byte[] start;
            try (Image image = rbd.open(name)) {
                new Random(1).nextBytes(before);
                Arrays.fill(before, OBJECT, 2 * OBJECT, (byte) 0);
                image.write(0, ByteBuffer.wrap(before, 0, OBJECT).slice());
                image.write(
                        2 * OBJECT,
                        ByteBuffer.wrap(before, 2 * OBJECT, 2 * OBJECT).slice());
                image.createSnapshot("one");
                start = image(streams, name);
                byte[] after = Arrays.copyOf(before, 3 * OBJECT + 1000);
                Arrays.fill(after, 2 * OBJECT, 3 * OBJECT, (byte) 0);
                Arrays.fill(after, 10, 20, (byte) 7);
                image.discard(2 * OBJECT, OBJECT);
                image.write(10, ByteBuffer.wrap(after, 10, 10).slice());
                image.resize(after.length, Progress.NONE);
                image.createSnapshot("two");
                image.protectSnapshot("two");
                ByteArrayOutputStream diff = new ByteArrayOutputStream();
                DiffExportOptions options =
                        DiffExportOptions.DEFAULT.since("one").until("two");
                streams.exportDiff(name, options.withFormat(2), Channels.newChannel(diff), Progress.NONE);
                return new Streams(rbd, before, after, after, image(streams, name), start, diff.toByteArray());
            }
        }

        private static byte[] image(ImageStreams streams, String name) throws IOException {
            ByteArrayOutputStream image = new ByteArrayOutputStream();
            streams.exportImage(name, ExportOptions.DEFAULT.withFormat(2), Channels.newChannel(image), Progress.NONE);
            return image.toByteArray();
        }
    }

    /** Removes an image with its snapshots. */
    static void remove(Rbd rbd, String name) throws IOException {
        try (Image image = rbd.open(name)) {
            for (SnapshotInfo snapshot : image.snapshots()) {
                if (snapshot.isProtected()) {
                    image.unprotectSnapshot(snapshot.name());
                }
                image.removeSnapshot(snapshot.id());
            }
        }
        rbd.remove(name, Progress.NONE);
    }
}
