package io.jrados.cli;

import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.drivers.nova.NovaDisks;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.CreatedDisk;
import io.jrados.drivers.nova.model.DiskNames;
import io.jrados.drivers.nova.model.ImageService;
import io.jrados.drivers.nova.model.NovaOptions;
import io.jrados.drivers.nova.model.PoolInfo;
import io.jrados.rados.Rados;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "nova",
        description = "Disks of Nova's instances, as images_type = rbd has them.",
        subcommands = {
            NovaCommands.Create.class,
            NovaCommands.Rescue.class,
            NovaCommands.Unrescue.class,
            NovaCommands.ConfigDrive.class,
            NovaCommands.Snapshot.class,
            NovaCommands.Flatten.class,
            NovaCommands.Resize.class,
            NovaCommands.Delete.class,
            NovaCommands.Info.class
        })
final class NovaCommands {
    private static final int GIB = 30;

    @ParentCommand
    private Client jrados;

    @Option(names = "--pool", defaultValue = "vms", description = "the disks' pool (${DEFAULT-VALUE})")
    private String pool;

    /** The work of a command once it is connected. */
    @FunctionalInterface
    private interface Verb {
        void run(NovaDisks disks, ProgressBar bar) throws IOException;
    }

    private int run(String title, Verb verb) throws IOException {
        try (Rados rados = jrados.connect();
                ProgressBar bar = new ProgressBar(System.err, title, jrados.isQuiet())) {
            verb.run(disks(rados), bar);
        }
        return 0;
    }

    private NovaDisks disks(Rados rados) throws IOException {
        return new NovaDisks(rados, NovaOptions.DEFAULT.withPool(pool));
    }

    /** Glance's part, for images that are named by their location in this cluster or lie in files. */
    private record Images(GlanceStore store, String format) implements ImageService {
        private static boolean isStored(String image) {
            return image.startsWith("rbd://");
        }

        @Override
        public BaseImage describe(String image) throws IOException {
            return isStored(image)
                    ? new BaseImage(image, format, store.size(image), List.of(image))
                    : new BaseImage(image, format, Files.size(Path.of(image)), List.of());
        }

        @Override
        public ReadableByteChannel download(String image) throws IOException {
            return isStored(image) ? store.get(image) : FileChannel.open(Path.of(image));
        }
    }

    /** A command with the instance that it is about. */
    private abstract static class OnInstance implements Callable<Integer> {
        @ParentCommand
        NovaCommands nova;

        @Parameters(paramLabel = "INSTANCE", index = "0", description = "the instance's UUID")
        UUID instance;

        String root() {
            return DiskNames.root(instance);
        }
    }

    /** A command that makes a disk from an image. */
    private abstract static class FromImage extends OnInstance {
        @Parameters(paramLabel = "IMAGE", index = "1", description = "a location of Glance's, or a file")
        private String image;

        @Option(
                names = "--disk-format",
                defaultValue = "raw",
                description = "of the image: raw, qcow2 (${DEFAULT-VALUE})")
        private String format;

        abstract CreatedDisk make(NovaDisks disks, BaseImage base, ImageService images, ProgressBar bar)
                throws IOException;

        @Override
        public Integer call() throws IOException {
            try (Rados rados = nova.jrados.connect();
                    ProgressBar bar = new ProgressBar(System.err, "create", nova.jrados.isQuiet())) {
                ImageService images = new Images(new GlanceStore(rados, GlanceOptions.DEFAULT), format);
                CreatedDisk made = make(nova.disks(rados), images.describe(image), images, bar);
                System.out.println(Client.line(made.name() + " " + made.origin() + " " + made.size()));
            }
            return 0;
        }
    }

    @Command(name = "create", description = "Makes an instance's root disk from an image.")
    static final class Create extends FromImage {
        @Option(names = "--size", paramLabel = "GIB", description = "of the flavor; by default the image's")
        private Optional<Integer> size = Optional.empty();

        @Override
        CreatedDisk make(NovaDisks disks, BaseImage base, ImageService images, ProgressBar bar) throws IOException {
            return size.isPresent()
                    ? disks.create(root(), base, (long) size.get() << GIB, images, bar)
                    : disks.create(root(), base, images, bar);
        }
    }

    @Command(name = "rescue", description = "Makes the disk that a broken instance is booted from.")
    static final class Rescue extends FromImage {
        @Override
        CreatedDisk make(NovaDisks disks, BaseImage base, ImageService images, ProgressBar bar) throws IOException {
            return disks.rescue(instance, base, images, bar);
        }
    }

    @Command(name = "unrescue", description = "Removes what rescue has made.")
    static final class Unrescue extends OnInstance {
        @Override
        public Integer call() throws IOException {
            return nova.run("unrescue", (disks, bar) -> disks.unrescue(instance));
        }
    }

    @Command(name = "config-drive", description = "Imports a config drive, unless the instance has one.")
    static final class ConfigDrive extends OnInstance {
        @Parameters(paramLabel = "FILE", index = "1")
        private Path file;

        @Override
        public Integer call() throws IOException {
            return nova.run("import", (disks, bar) -> {
                try (FileChannel drive = FileChannel.open(file)) {
                    disks.importConfigDrive(DiskNames.of(instance, DiskNames.CONFIG), drive, bar);
                }
            });
        }
    }

    @Command(name = "snapshot", description = "Makes an image of a root disk, and prints its location.")
    static final class Snapshot extends OnInstance {
        @Parameters(paramLabel = "IMAGE", index = "1", description = "the new image's id")
        private String image;

        @Parameters(paramLabel = "BASE", index = "2..*", description = "locations of the image the disk is from")
        private List<String> base = List.of();

        @Override
        public Integer call() throws IOException {
            return nova.run(
                    "snapshot",
                    (disks, bar) -> System.out.println(Client.line(disks.snapshot(root(), image, base, bar))));
        }
    }

    @Command(name = "flatten", description = "Copies into a root disk what it shares with its image.")
    static final class Flatten extends OnInstance {
        @Override
        public Integer call() throws IOException {
            return nova.run("flatten", (disks, bar) -> disks.flatten(root(), bar));
        }
    }

    @Command(name = "resize", description = "Enlarges a root disk.")
    static final class Resize extends OnInstance {
        @Parameters(paramLabel = "GIB", index = "1")
        private int size;

        @Override
        public Integer call() throws IOException {
            return nova.run("resize", (disks, bar) -> disks.resize(root(), (long) size << GIB, bar));
        }
    }

    @Command(name = "delete", description = "Removes all disks of an instance.")
    static final class Delete extends OnInstance {
        @Override
        public Integer call() throws IOException {
            return nova.run("delete", (disks, bar) -> disks.delete(instance, bar));
        }
    }

    @Command(name = "info", description = "Prints the room that there is for disks, in bytes.")
    static final class Info implements Callable<Integer> {
        @ParentCommand
        private NovaCommands nova;

        @Override
        public Integer call() throws IOException {
            return nova.run("info", (disks, bar) -> {
                PoolInfo info = disks.poolInfo();
                System.out.println("total  " + info.total());
                System.out.println("free   " + info.free());
                System.out.println("used   " + info.used());
            });
        }
    }
}
