package io.jrados.cli;

import io.jrados.drivers.backup.CephBackup;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupOptions;
import io.jrados.drivers.backup.model.BackupReport;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.backup.model.RestoreReport;
import io.jrados.rados.Rados;
import io.jrados.rbd.Rbd;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/**
 * Cinder's backups by hand. What Cinder's database keeps between calls, the caller keeps here: {@code create} prints it
 * as {@code metadata}, and the other commands take it.
 */
@Command(
        name = "backup",
        description = "Backups of Cinder's ceph driver.",
        subcommands = {
            BackupCommands.Create.class,
            BackupCommands.Restore.class,
            BackupCommands.Save.class,
            BackupCommands.Delete.class
        })
final class BackupCommands {
    @ParentCommand
    private Client jrados;

    @Option(names = "--pool", defaultValue = "backups", description = "the backups' pool (${DEFAULT-VALUE})")
    private String pool;

    @Option(names = "--volumes", defaultValue = "volumes", description = "the volumes' pool (${DEFAULT-VALUE})")
    private String volumes;

    /** The work of a command once it is connected. */
    @FunctionalInterface
    private interface Verb {
        void run(CephBackup backups, Rbd volumes, ProgressBar bar) throws IOException;
    }

    private int run(String title, Verb verb) throws IOException {
        try (Rados rados = jrados.connect();
                ProgressBar bar = new ProgressBar(System.err, title, jrados.isQuiet())) {
            verb.run(new CephBackup(rados, BackupOptions.DEFAULT.withPool(pool)), Rbd.on(rados.pool(volumes)), bar);
        }
        return 0;
    }

    /** A command with the backup that it is about. */
    private abstract static class OnBackup implements Callable<Integer> {
        @ParentCommand
        BackupCommands backups;

        @Parameters(paramLabel = "BACKUP", index = "0", description = "the backup's id")
        String id;

        @Parameters(paramLabel = "VOLUME", index = "1", description = "the id of the volume, without volume-")
        String volume;

        @Parameters(paramLabel = "GIB", index = "2", description = "the size of that volume")
        int size;

        Backup backup() {
            return Backup.of(id, volume, size);
        }
    }

    /** A command about a backup that was made. */
    private abstract static class OnMade extends OnBackup {
        @Option(names = "--metadata", paramLabel = "JSON", description = "what create printed of the backup")
        @Nullable
        private String metadata;

        @Override
        Backup backup() {
            return metadata == null ? super.backup() : super.backup().withServiceMetadata(metadata);
        }
    }

    @Command(name = "create", description = "Backs a volume up, and prints what the other commands need to know.")
    static final class Create extends OnBackup {
        @Option(names = "--since", paramLabel = "BACKUP", description = "only what has changed since that backup")
        @Nullable
        private String since;

        @Option(names = "--since-metadata", paramLabel = "JSON", description = "what create printed of that backup")
        @Nullable
        private String sinceMetadata;

        @Override
        Backup backup() {
            if (since == null) {
                return super.backup();
            }
            Backup parent = Backup.of(since, volume, size);
            return super.backup().since(sinceMetadata == null ? parent : parent.withServiceMetadata(sinceMetadata));
        }

        @Override
        public Integer call() throws IOException {
            return backups.run("backup", (made, images, bar) -> {
                BackupReport report = made.backup(backup(), RbdVolume.of(images, volume, size), Optional.empty(), bar);
                System.out.println("metadata  " + Client.line(report.serviceMetadata()));
                System.out.println("kind      " + (report.incremental() ? "incremental" : "full"));
                System.out.println("bytes     " + report.bytes());
            });
        }
    }

    @Command(name = "restore", description = "Restores a backup into a volume that is there.")
    static final class Restore extends OnMade {
        @Parameters(paramLabel = "TARGET", index = "3", description = "the id of the volume to restore into")
        private String target;

        @Parameters(paramLabel = "TARGETGIB", index = "4", description = "the size of that volume")
        private int targetSize;

        @Override
        public Integer call() throws IOException {
            return backups.run("restore", (made, images, bar) -> {
                RestoreReport report = made.restore(backup(), RbdVolume.of(images, target, targetSize), bar);
                System.out.println("kind      " + (report.differential() ? "differential" : "full"));
            });
        }
    }

    @Command(name = "save", description = "Restores a backup into a file.")
    static final class Save extends OnMade {
        @Parameters(paramLabel = "FILE", index = "3", description = "a new file, or - for standard output")
        private String file;

        @Override
        public Integer call() throws IOException {
            return backups.run("restore", (made, images, bar) -> {
                try (WritableByteChannel out = Copy.output(file)) {
                    made.restore(backup(), out, size, bar);
                }
            });
        }
    }

    @Command(name = "delete", description = "Deletes a backup. Nobody checks whether others build on it.")
    static final class Delete extends OnMade {
        @Override
        public Integer call() throws IOException {
            return backups.run("delete", (made, images, bar) -> made.delete(backup()));
        }
    }
}
