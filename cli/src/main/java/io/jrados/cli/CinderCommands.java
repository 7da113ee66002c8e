package io.jrados.cli;

import io.jrados.disk.DiskImages;
import io.jrados.disk.http.HttpOptions;
import io.jrados.disk.http.HttpSource;
import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.PurgeResult;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.rados.Rados;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "cinder",
        description = "Volumes of Cinder's rbd driver.",
        subcommands = {
            CinderCommands.Create.class,
            CinderCommands.FromImage.class,
            CinderCommands.FromSnapshot.class,
            CinderCommands.Clone.class,
            CinderCommands.Snapshot.class,
            CinderCommands.DeleteSnapshot.class,
            CinderCommands.Extend.class,
            CinderCommands.Revert.class,
            CinderCommands.Load.class,
            CinderCommands.Save.class,
            CinderCommands.Manage.class,
            CinderCommands.Connection.class,
            CinderCommands.Stats.class,
            CinderCommands.Purge.class,
            CinderCommands.Delete.class
        })
final class CinderCommands {
    @ParentCommand
    private Client jrados;

    @Option(names = "--pool", defaultValue = "volumes", description = "the volumes' pool (${DEFAULT-VALUE})")
    private String pool;

    @Option(names = "--flatten", description = "flatten volumes made from snapshots")
    private boolean flatten;

    /** The work of a verb once it is connected. */
    @FunctionalInterface
    private interface Verb {
        void run(CinderVolumes volumes) throws IOException;
    }

    private int run(Verb verb) throws IOException {
        try (Rados rados = jrados.connect()) {
            verb.run(new CinderVolumes(
                    rados, CinderOptions.DEFAULT.withPool(pool).withFlattenVolumeFromSnapshot(flatten)));
        }
        return 0;
    }

    /** A verb with the volume that it makes or deletes. */
    private abstract static class OnVolume implements Callable<Integer> {
        @ParentCommand
        CinderCommands cinder;

        @Parameters(paramLabel = "VOLUME", index = "0")
        String volume;
    }

    @Command(name = "create", description = "Makes an empty volume.")
    static final class Create extends OnVolume {
        @Parameters(paramLabel = "GIB", index = "1")
        private int size;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.create(volume, size));
        }
    }

    @Command(name = "from-image", description = "Clones an image into a volume.")
    static final class FromImage extends OnVolume {
        @Parameters(paramLabel = "GIB", index = "1")
        private int size;

        @Parameters(paramLabel = "URI", index = "2..*", arity = "1..*")
        private List<String> locations;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> {
                if (!volumes.createFromImage(locations, "raw", volume, size)) {
                    throw new IOException("none of " + locations + " can be cloned into volume " + volume);
                }
            });
        }
    }

    @Command(name = "from-snapshot", description = "Makes a volume from a snapshot of another.")
    static final class FromSnapshot extends OnVolume {
        @Parameters(paramLabel = "GIB", index = "1")
        private int size;

        @Parameters(paramLabel = "SOURCE", index = "2")
        private String source;

        @Parameters(paramLabel = "SNAPSHOT", index = "3")
        private String snapshot;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.createFromSnapshot(source, snapshot, volume, size));
        }
    }

    @Command(name = "clone", description = "Makes a volume from another.")
    static final class Clone extends OnVolume {
        @Parameters(paramLabel = "GIB", index = "1")
        private int size;

        @Parameters(paramLabel = "SOURCE", index = "2")
        private String source;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.createClone(source, volume, size));
        }
    }

    @Command(name = "snapshot", description = "Snapshots a volume and protects the snapshot.")
    static final class Snapshot extends OnVolume {
        @Parameters(paramLabel = "SNAPSHOT", index = "1")
        private String snapshot;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.createSnapshot(volume, snapshot));
        }
    }

    @Command(name = "delete-snapshot", description = "Deletes a snapshot.")
    static final class DeleteSnapshot extends OnVolume {
        @Parameters(paramLabel = "SNAPSHOT", index = "1")
        private String snapshot;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.deleteSnapshot(volume, snapshot));
        }
    }

    @Command(name = "extend", description = "Enlarges a volume.")
    static final class Extend extends OnVolume {
        @Parameters(paramLabel = "GIB", index = "1")
        private int size;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.extend(volume, size));
        }
    }

    @Command(name = "revert", description = "Makes a volume what it was at a snapshot.")
    static final class Revert extends OnVolume {
        @Parameters(paramLabel = "SNAPSHOT", index = "1")
        private String snapshot;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.revertToSnapshot(volume, snapshot));
        }
    }

    @Command(name = "load", description = "Fills a volume with a disk image, raw or qcow2.")
    static final class Load extends OnVolume {
        @Parameters(paramLabel = "GIB", index = "1", description = "the volume's size")
        private int size;

        @Parameters(paramLabel = "SOURCE", index = "2", description = "a file, or an http or https address")
        private String source;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> {
                try (DiskImage disk = DiskImages.open(opened())) {
                    volumes.copyImageToVolume(disk, Volume.of(volume, size));
                }
            });
        }

        private RandomAccessSource opened() throws IOException {
            return source.startsWith("http://") || source.startsWith("https://")
                    ? HttpSource.open(URI.create(source), HttpOptions.DEFAULT)
                    : RandomAccessSource.of(FileChannel.open(Path.of(source)));
        }
    }

    @Command(name = "save", description = "Writes a volume as a disk image.")
    static final class Save extends OnVolume {
        @Parameters(paramLabel = "FILE", index = "1", description = "a new file, or - for standard output")
        private String file;

        @Option(
                names = "--disk-format",
                defaultValue = "QCOW2",
                description = "of the image: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
        private DiskFormat format;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> {
                try (WritableByteChannel out = Copy.output(file)) {
                    volumes.copyVolumeToImage(volume, format, out);
                }
            });
        }
    }

    @Command(name = "manage", description = "Makes an image of the pool a volume, by renaming it.")
    static final class Manage extends OnVolume {
        @Parameters(paramLabel = "IMAGE", index = "1")
        private String image;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> {
                int size = Math.toIntExact(volumes.manageGetSize(image));
                volumes.manage(image, Volume.of(volume, size));
                System.out.println(size + " GiB");
            });
        }
    }

    @Command(name = "connection", description = "Prints how a volume is attached.")
    static final class Connection extends OnVolume {
        @Override
        public Integer call() throws IOException {
            return cinder.run(
                    volumes -> print(volumes.initializeConnection(volume).toMap()));
        }
    }

    @Command(name = "stats", description = "Prints what the scheduler hears of the pool.")
    static final class Stats implements Callable<Integer> {
        @ParentCommand
        private CinderCommands cinder;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> print(volumes.stats().toMap()));
        }
    }

    @Command(name = "purge", description = "Removes the deleted volumes whose time has come from the trash.")
    static final class Purge implements Callable<Integer> {
        @ParentCommand
        private CinderCommands cinder;

        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> {
                PurgeResult result = volumes.purge();
                result.purged().forEach(name -> System.out.println(Client.line("purged  " + name)));
                result.deferred().forEach(name -> System.out.println(Client.line("later   " + name)));
                result.failed()
                        .forEach((name, why) ->
                                System.out.println(Client.line("failed  " + name + ": " + why.getMessage())));
            });
        }
    }

    private static void print(Map<String, Object> map) {
        map.forEach((name, value) -> System.out.println(Client.line(name + "  " + value)));
    }

    @Command(name = "delete", description = "Deletes a volume.")
    static final class Delete extends OnVolume {
        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.delete(volume));
        }
    }
}
