package io.jrados.drivers.backup.flow;

import io.jrados.drivers.backup.model.Backup;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names by which Cinder finds a backup's images, snapshots and objects. */
final class BackupNames {
    private static final Pattern SNAPSHOT = Pattern.compile("backup\\.([a-z0-9-]+?)\\.snap\\.(.+)");

    private BackupNames() {}

    /** The base image of a backup of its own. */
    static String ownBase(Backup backup) {
        return "volume-" + backup.volumeId() + ".backup." + backup.id();
    }

    /** The base image that old releases share among a volume's backups. */
    static String sharedBase(Backup backup) {
        return "volume-" + backup.volumeId() + ".backup.base";
    }

    /** The snapshot of a backup, on the volume and on the base image. */
    static String snapshot(Backup backup, String time) {
        return "backup." + backup.id() + ".snap." + time;
    }

    /** The object of a backup's metadata. */
    static String metadata(Backup backup) {
        return "backup." + backup.id() + ".meta";
    }

    /** The id of the backup that a snapshot was made for. */
    static Optional<String> backupOf(SnapshotInfo snapshot) {
        Matcher parts = SNAPSHOT.matcher(snapshot.name());
        return snapshot.namespace() == Namespace.USER && parts.matches()
                ? Optional.of(parts.group(1))
                : Optional.empty();
    }

    /** The names of the snapshots of one backup, oldest first. */
    static List<String> of(Backup backup, List<SnapshotInfo> snapshots) {
        return snapshots.stream()
                .filter(each -> backupOf(each).filter(backup.id()::equals).isPresent())
                .map(SnapshotInfo::name)
                .toList();
    }

    /** The names of the snapshots of any backups, oldest first. */
    static List<String> ofAll(List<SnapshotInfo> snapshots) {
        return snapshots.stream()
                .filter(each -> backupOf(each).isPresent())
                .map(SnapshotInfo::name)
                .toList();
    }
}
