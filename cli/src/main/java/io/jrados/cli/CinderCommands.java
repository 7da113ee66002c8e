package io.jrados.cli;

import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.rados.Rados;
import java.io.IOException;
import java.util.List;
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
            CinderCommands.Delete.class
        })
final class CinderCommands {
    @ParentCommand
    private Jrados jrados;

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

    @Command(name = "delete", description = "Deletes a volume.")
    static final class Delete extends OnVolume {
        @Override
        public Integer call() throws IOException {
            return cinder.run(volumes -> volumes.delete(volume));
        }
    }
}
