package io.jrados.cli;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.rados.Rados;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "glance",
        description = "Images of Glance's rbd store.",
        subcommands = {
            GlanceCommands.Add.class,
            GlanceCommands.Get.class,
            GlanceCommands.Size.class,
            GlanceCommands.Delete.class
        })
final class GlanceCommands {
    @ParentCommand
    private Client jrados;

    @Option(names = "--pool", defaultValue = "images", description = "the store's pool (${DEFAULT-VALUE})")
    private String pool;

    @Option(names = "--chunk-size", defaultValue = "8", description = "MiB (${DEFAULT-VALUE})")
    private int chunkSize;

    @Option(names = "--in-flight", defaultValue = "4", description = "chunks being written at once (${DEFAULT-VALUE})")
    private int inFlight;

    @Option(names = "--thin", description = "leave out chunks of zeroes")
    private boolean thin;

    private GlanceStore store(Rados rados) throws IOException {
        return new GlanceStore(
                rados,
                GlanceOptions.DEFAULT
                        .withPool(pool)
                        .withChunkSize(chunkSize)
                        .withWritesInFlight(inFlight)
                        .withThinProvisioning(thin));
    }

    @Command(name = "add", description = "Uploads a file and prints its location.")
    static final class Add implements Callable<Integer> {
        @ParentCommand
        private GlanceCommands glance;

        @Parameters(paramLabel = "FILE", description = "or - for standard input, whose size is not known")
        private String file;

        @Option(names = "--id", required = true, description = "the image's name")
        private String id;

        @Override
        public Integer call() throws IOException {
            boolean stream = file.equals("-");
            Path path = Path.of(file);
            try (Rados rados = glance.jrados.connect();
                    ReadableByteChannel in =
                            stream ? Channels.newChannel(System.in) : FileChannel.open(path, StandardOpenOption.READ);
                    ProgressBar bar = new ProgressBar(System.err, "upload", glance.jrados.isQuiet())) {
                long size = stream ? 0 : Files.size(path);
                AddedImage added = glance.store(rados).add(id, ByteSource.of(in), size, bar);
                System.out.println(Client.line(added.uri()));
                System.out.println("size    " + added.size());
                System.out.println("md5     " + added.md5());
                System.out.println("sha512  " + added.multihash());
            }
            return 0;
        }
    }

    @Command(name = "get", description = "Downloads an image.")
    static final class Get implements Callable<Integer> {
        @ParentCommand
        private GlanceCommands glance;

        @Parameters(paramLabel = "URI")
        private String uri;

        @Parameters(paramLabel = "FILE", defaultValue = "-", description = "or - for standard output")
        private String file;

        @Override
        public Integer call() throws IOException {
            try (Rados rados = glance.jrados.connect();
                    ImageReader image = glance.store(rados).get(uri);
                    WritableByteChannel out = Copy.output(file);
                    ProgressBar bar = new ProgressBar(System.err, "download", glance.jrados.isQuiet())) {
                Copy.all(image, image.size(), out, bar);
            }
            return 0;
        }
    }

    @Command(name = "size", description = "Prints an image's size in bytes.")
    static final class Size implements Callable<Integer> {
        @ParentCommand
        private GlanceCommands glance;

        @Parameters(paramLabel = "URI")
        private String uri;

        @Override
        public Integer call() throws IOException {
            try (Rados rados = glance.jrados.connect()) {
                System.out.println(glance.store(rados).size(uri));
            }
            return 0;
        }
    }

    @Command(name = "delete", description = "Deletes an image and its snapshot.")
    static final class Delete implements Callable<Integer> {
        @ParentCommand
        private GlanceCommands glance;

        @Parameters(paramLabel = "URI")
        private String uri;

        @Override
        public Integer call() throws IOException {
            try (Rados rados = glance.jrados.connect()) {
                glance.store(rados).delete(uri);
            }
            return 0;
        }
    }
}
