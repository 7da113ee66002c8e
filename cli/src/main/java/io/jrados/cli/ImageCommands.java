package io.jrados.cli;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.ChunkBuffers;
import io.jrados.drivers.ChunkPipeline;
import io.jrados.drivers.Cleanup;
import io.jrados.drivers.ImageReader;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Verbs of the rbd program, with its names and ways of naming images. */
final class ImageCommands {
    private static final int CHUNK = 8 << 20;
    private static final int DEPTH = 4;

    /** An object of the default size: one that is all zeroes is not made. */
    private static final int IMPORT_CHUNK = 4 << 20;

    private ImageCommands() {}

    /** {@code [POOL/[NAMESPACE/]]IMAGE[@SNAPSHOT]}, with the pool {@code rbd} by default. */
    static ImageSpec parse(String spec) {
        int at = spec.lastIndexOf('@');
        String[] parts = (at < 0 ? spec : spec.substring(0, at)).split("/", -1);
        ImageSpec head =
                switch (parts.length) {
                    case 1 -> ImageSpec.of("rbd", parts[0]);
                    case 2 -> ImageSpec.of(parts[0], parts[1]);
                    case 3 -> ImageSpec.of(parts[0], parts[2]).inNamespace(parts[1]);
                    default ->
                        throw new IllegalArgumentException("'" + spec + "' is not POOL/NAMESPACE/IMAGE@SNAPSHOT");
                };
        return at < 0 ? head : head.at(spec.substring(at + 1));
    }

    /** Names are others' to choose, so a line is printed without what drives a terminal. */
    private static void print(Object line) {
        System.out.println(Client.line(line));
    }

    private static Rbd rbd(Rados rados, ImageSpec spec) throws IOException {
        return Rbd.on(rados.pool(spec.pool()).inNamespace(spec.namespace()));
    }

    private static Image openReadOnly(Rados rados, ImageSpec spec) throws IOException {
        Rbd rbd = rbd(rados, spec);
        return spec.snapshot().isEmpty()
                ? rbd.openReadOnly(spec.image())
                : rbd.openSnapshot(spec.image(), spec.snapshot().get());
    }

    /** A verb on one image. */
    private abstract static class OnImage implements Callable<Integer> {
        @Parameters(paramLabel = "IMAGE-SPEC", index = "0", description = "[POOL/[NAMESPACE/]]IMAGE[@SNAPSHOT]")
        String spec;

        abstract Client jrados();

        abstract void run(Rados rados, ImageSpec image) throws IOException;

        @Override
        public Integer call() throws IOException {
            ImageSpec image = parse(spec);
            try (Rados rados = jrados().connect()) {
                run(rados, image);
            }
            return 0;
        }
    }

    /** A verb of the program itself. */
    private abstract static class TopVerb extends OnImage {
        @ParentCommand
        Client jrados;

        @Override
        Client jrados() {
            return jrados;
        }
    }

    @Command(name = "ls", description = "Lists the images of a pool.")
    static final class Ls implements Callable<Integer> {
        @ParentCommand
        private Client jrados;

        @Parameters(paramLabel = "POOL", defaultValue = "rbd")
        private String pool;

        @Override
        public Integer call() throws IOException {
            try (Rados rados = jrados.connect()) {
                Rbd.on(rados.pool(pool)).list().forEach(ImageCommands::print);
            }
            return 0;
        }
    }

    @Command(name = "info", description = "Shows what an image is.")
    static final class Info extends TopVerb {
        @Override
        void run(Rados rados, ImageSpec spec) throws IOException {
            try (Image image = openReadOnly(rados, spec)) {
                ImageInfo info = image.info();
                print("rbd image '" + info.name() + "':");
                print("\tsize " + info.size() + " bytes in " + info.objectCount() + " objects");
                print("\torder " + info.order() + " (" + (info.objectSize() >> 10) + " KiB objects)");
                print("\tsnapshot_count: " + info.snapshotCount());
                print("\tid: " + info.id());
                print("\tblock_name_prefix: " + info.dataPrefix());
                print("\tfeatures: " + Features.toString(info.features()).replace(",", ", "));
                info.parent().ifPresent(parent -> {
                    print("\tparent: " + parent);
                    print("\toverlap: " + info.overlap() + " bytes");
                });
            }
        }
    }

    @Command(name = "export", description = "Writes an image's bytes to a file.")
    static final class Export extends TopVerb {
        @Parameters(paramLabel = "FILE", index = "1", defaultValue = "-", description = "or - for standard output")
        private String file;

        @Override
        void run(Rados rados, ImageSpec spec) throws IOException {
            try (ImageReader image =
                            new ImageReader(openReadOnly(rados, spec), new ChunkBuffers(CHUNK, DEPTH), CHUNK, DEPTH);
                    WritableByteChannel out = Copy.output(file);
                    ProgressBar bar = new ProgressBar(System.err, "export", jrados.isQuiet())) {
                Copy.all(image, image.size(), out, bar);
            }
        }
    }

    @Command(name = "import", description = "Makes an image of a file's bytes, without its objects of zeroes.")
    static final class Import implements Callable<Integer> {
        @ParentCommand
        private Client jrados;

        @Parameters(paramLabel = "FILE", index = "0")
        private Path file;

        @Parameters(paramLabel = "IMAGE-SPEC", index = "1", description = "[POOL/[NAMESPACE/]]IMAGE")
        private String spec;

        @Override
        public Integer call() throws IOException {
            ImageSpec image = parse(spec);
            try (Rados rados = jrados.connect();
                    FileChannel in = FileChannel.open(file);
                    ProgressBar bar = new ProgressBar(System.err, "import", jrados.isQuiet())) {
                Rbd rbd = rbd(rados, image);
                rbd.create(image.image(), in.size(), ImageOptions.DEFAULT);
                Cleanup undo = new Cleanup();
                undo.add(() -> rbd.remove(image.image(), Progress.NONE));
                try (Image to = rbd.open(image.image());
                        ChunkPipeline pipeline =
                                new ChunkPipeline(to, new ChunkBuffers(IMPORT_CHUNK, DEPTH), DEPTH, true)) {
                    pipeline.copy(ByteSource.of(in), end -> {}, (chunk, end) -> {
                        bar.report(end, to.size());
                        return ChunkPipeline.NO_USE;
                    });
                } catch (IOException | RuntimeException failed) {
                    undo.run(failed);
                    throw failed;
                }
            }
            return 0;
        }
    }

    @Command(name = "flatten", description = "Copies what an image's parent has and detaches from it.")
    static final class Flatten extends TopVerb {
        @Override
        void run(Rados rados, ImageSpec spec) throws IOException {
            try (Image image = rbd(rados, spec).open(spec.image())) {
                image.flatten(Progress.NONE);
            }
        }
    }

    @Command(name = "children", description = "Lists the clones of an image's snapshots.")
    static final class Children extends TopVerb {
        @Override
        void run(Rados rados, ImageSpec spec) throws IOException {
            try (Image image = openReadOnly(rados, spec)) {
                image.children().forEach(ImageCommands::print);
            }
        }
    }

    @Command(name = "rm", description = "Deletes an image.")
    static final class Rm extends TopVerb {
        @Override
        void run(Rados rados, ImageSpec spec) throws IOException {
            rbd(rados, spec).remove(spec.image(), Progress.NONE);
        }
    }

    @Command(
            name = "snap",
            description = "Snapshots of an image.",
            subcommands = {SnapLs.class, SnapCreate.class, SnapRm.class, SnapProtect.class, SnapUnprotect.class})
    static final class Snap {
        @ParentCommand
        private Client jrados;
    }

    /** A verb on snapshots. */
    private abstract static class SnapVerb extends OnImage {
        @ParentCommand
        private Snap snap;

        @Override
        Client jrados() {
            return snap.jrados;
        }

        /** Works on the open image. */
        abstract void run(Image image, String snapshot) throws IOException;

        @Override
        void run(Rados rados, ImageSpec spec) throws IOException {
            if (spec.snapshot().isEmpty()) {
                throw new IllegalArgumentException("'" + spec + "' names no snapshot: IMAGE@SNAPSHOT");
            }
            try (Image image = rbd(rados, spec).open(spec.image())) {
                run(image, spec.snapshot().get());
            }
        }
    }

    @Command(name = "ls", description = "Lists them.")
    static final class SnapLs extends OnImage {
        @ParentCommand
        private Snap snap;

        @Override
        Client jrados() {
            return snap.jrados;
        }

        @Override
        void run(Rados rados, ImageSpec spec) throws IOException {
            try (Image image = openReadOnly(rados, spec)) {
                for (SnapshotInfo each : image.snapshots()) {
                    print(each.id() + "\t" + each.name().replace("\t", "\\t") + "\t" + each.size()
                            + (each.isProtected() ? "\tprotected" : "\t") + "\t" + each.timestamp());
                }
            }
        }
    }

    @Command(name = "create", description = "Makes one.")
    static final class SnapCreate extends SnapVerb {
        @Override
        void run(Image image, String snapshot) throws IOException {
            image.createSnapshot(snapshot);
        }
    }

    @Command(name = "rm", description = "Removes one.")
    static final class SnapRm extends SnapVerb {
        @Override
        void run(Image image, String snapshot) throws IOException {
            image.removeSnapshot(snapshot);
        }
    }

    @Command(name = "protect", description = "Protects one, so that it can be cloned.")
    static final class SnapProtect extends SnapVerb {
        @Override
        void run(Image image, String snapshot) throws IOException {
            image.protectSnapshot(snapshot);
        }
    }

    @Command(name = "unprotect", description = "Takes the protection off one.")
    static final class SnapUnprotect extends SnapVerb {
        @Override
        void run(Image image, String snapshot) throws IOException {
            image.unprotectSnapshot(snapshot);
        }
    }
}
