package io.jrados.benchmarks.load;

import io.jrados.rados.Pool;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.CopyOptions;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ExportOptions;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * The verbs that move an image, or ask what it takes, each measured as one operation; with as many pieces in flight as
 * {@code rbd} has.
 */
final class StreamVerbs {
    private static final int DEPTH = 10;

    private final Rbd rbd;
    private final ImageStreams streams;

    StreamVerbs(Pool pool) {
        this.rbd = Rbd.on(pool);
        this.streams = ImageStreams.on(rbd);
    }

    private static WritableByteChannel nowhere() {
        return Channels.newChannel(OutputStream.nullOutputStream());
    }

    /** @param words the verb and what {@code rbd} would be given after it */
    Load.Result run(String[] words) throws IOException {
        return Verbs.measure(
                switch (words[0]) {
                    case "cp" -> () -> copy(words[1], words[2]);
                    case "export" -> () -> export(words[1]);
                    case "import" -> () -> importImage(words[1], words[2]);
                    case "export-diff" -> () -> exportDiff(words[1], words[2]);
                    case "import-diff" -> () -> importDiff(words[1], words[2]);
                    case "du" -> () -> rbd.diskUsage(words[1], DiskUsageOptions.ALL, Progress.NONE);
                    case "diff" -> () -> diff(words[1], words[2]);
                    default -> throw new IllegalArgumentException("no command is named " + words[0]);
                });
    }

    private void copy(String image, String copy) throws IOException {
        streams.copyImage(image, CopyOptions.DEFAULT.withDepth(DEPTH), rbd, copy, Progress.NONE);
    }

    private void export(String image) throws IOException {
        streams.exportImage(image, ExportOptions.DEFAULT.withDepth(DEPTH), nowhere(), Progress.NONE);
    }

    private void importImage(String file, String image) throws IOException {
        try (FileChannel source = FileChannel.open(Path.of(file))) {
            streams.importImage(image, ImportOptions.DEFAULT.withDepth(DEPTH), source, Progress.NONE);
        }
    }

    private void exportDiff(String from, String image) throws IOException {
        DiffExportOptions options = DiffExportOptions.DEFAULT.since(from).withDepth(DEPTH);
        streams.exportDiff(image, options, nowhere(), Progress.NONE);
    }

    private void importDiff(String file, String image) throws IOException {
        try (FileChannel source = FileChannel.open(Path.of(file))) {
            streams.importDiff(image, source, DEPTH, Progress.NONE);
        }
    }

    private void diff(String from, String name) throws IOException {
        try (Image image = rbd.openReadOnly(name)) {
            image.diff(DiffOptions.ALL.since(from).byObject(), Progress.NONE, extent -> {});
        }
    }
}
