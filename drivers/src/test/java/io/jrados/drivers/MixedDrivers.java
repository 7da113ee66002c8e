package io.jrados.drivers;

import io.jrados.conf.CephConf;
import io.jrados.drivers.backup.CephBackup;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupOptions;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Our drivers as a program that does one call after the other, a line of words each, and answers each with a line:
 * {@code ok} with a digest for those that read, or {@code failed} with the reason.
 */
final class MixedDrivers {
    /** Bytes that each image and volume begins with. */
    static final int SIZE = 3 << 20;

    private final Rados rados;
    private final GlanceStore store;
    private final CinderVolumes volumes;
    private final CephBackup backups;
    private final Rbd rbd;

    MixedDrivers(Rados rados, String pool) throws IOException {
        this.rados = rados;
        this.store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool).withChunkSize(1));
        this.volumes = new CinderVolumes(
                rados,
                CinderOptions.DEFAULT.withPool(pool).withMaxCloneDepth(3).withBusyBudget(Duration.ofSeconds(60)));
        this.backups = new CephBackup(rados, BackupOptions.DEFAULT.withPool(pool));
        this.rbd = Rbd.on(rados.pool(pool));
    }

    /** @param arguments the configuration and the pool */
    public static void main(String[] arguments) throws IOException {
        try (Rados rados = Rados.connect(CephConf.load(Path.of(arguments[0])));
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            MixedDrivers drivers = new MixedDrivers(rados, arguments[1]);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(drivers.answer(line));
            }
        }
    }

    String answer(String line) {
        try {
            return "ok " + call(line.split(" "));
        } catch (IOException | RuntimeException failed) {
            return "failed " + failed;
        }
    }

    private String uri(String image) {
        return store.urlPrefix() + image + "/snap";
    }

    private String call(String[] words) throws IOException {
        String name = words[1];
        switch (words[0]) {
            case "add" -> {
                store.add(name, ByteSource.of(new ByteArrayInputStream(content(words[2]))), SIZE);
                return Clusters.digest("SHA-256", content(words[2]));
            }
            case "get" -> {
                return digest(uri(name));
            }
            case "delete-image" -> store.delete(uri(name));
            case "create" -> {
                volumes.create(name, 1);
                write(name, words[2]);
            }
            case "write" -> write(name, words[2]);
            case "from-image" -> {
                if (!volumes.createFromImage(List.of(uri(words[2])), "raw", name, 1)) {
                    throw new IOException("image " + words[2] + " cannot be cloned");
                }
            }
            case "clone" -> volumes.createClone(words[2], name, 1);
            case "read" -> {
                return digestOfVolume(name);
            }
            case "delete" -> volumes.delete(name);
            case "snapshot" -> volumes.createSnapshot(name, words[2]);
            case "from-snapshot" -> volumes.createFromSnapshot(words[2], words[3], name, 1);
            case "delete-snapshot" -> volumes.deleteSnapshot(name, words[2]);
            case "revert" -> volumes.revertToSnapshot(name, words[2]);
            case "backup" -> backups.backup(backup(words), volume(words[2]), Optional.empty(), Progress.NONE);
            case "restore" -> backups.restore(backup(words), volume(words[3]), Progress.NONE);
            case "delete-backup" -> backups.delete(backup(words));
            default -> throw new IllegalArgumentException(words[0]);
        }
        return "";
    }

    private static Backup backup(String[] words) {
        return Backup.of(words[1], id(words[2]), 1);
    }

    private RbdVolume volume(String name) {
        return RbdVolume.of(rbd, id(name), 1);
    }

    private static String id(String volume) {
        return volume.substring("volume-".length());
    }

    private void write(String volume, String content) throws IOException {
        try (Image image = rbd.open(volume)) {
            image.write(0, ByteBuffer.wrap(content(content)));
        }
    }

    private String digest(String uri) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(SIZE);
        try (ImageReader image = store.get(uri)) {
            while (all.hasRemaining() && image.read(all) >= 0) {
                rados.fsid();
            }
        }
        return Clusters.digest("SHA-256", all.array());
    }

    private String digestOfVolume(String volume) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(SIZE);
        try (Image image = rbd.openReadOnly(volume)) {
            image.read(0, all);
        }
        return Clusters.digest("SHA-256", all.array());
    }

    static byte[] content(String word) {
        return Clusters.data(word.hashCode(), SIZE);
    }
}
