package io.jrados.drivers.backup;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.digest;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.drivers.Upstream;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Chains of backups that Cinder's own driver and ours have added to, restored and deleted by both. Runs on request: it
 * takes {@code tools/setup openstack}.
 */
@CephTest
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupCrossingsCheck {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 12 * MIB;

    private BackupPools pools;
    private Upstream python;

    @BeforeAll
    void connect(CephCluster cluster, @TempDir Path theFolder) throws IOException {
        pools = new BackupPools(cluster, BackupCrossingsCheck.class);
        python = new Upstream(cluster, theFolder);
    }

    @AfterAll
    void disconnect() throws IOException {
        python.close();
        assertEmpty(pools.cluster, pools.backups);
        pools.close();
    }

    /** The backup as their database has it. */
    private Map<String, Object> record(Backup backup) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("id", backup.id());
        record.put("volume_id", backup.volumeId());
        record.put("container", pools.backups);
        record.put("service_metadata", backup.serviceMetadata().orElse(null));
        if (backup.parent().isPresent()) {
            record.put("parent", record(backup.parent().get()));
        }
        return record;
    }

    private Backup make(char who, Backup backup, RbdVolume volume) throws IOException {
        if (who == 'j') {
            return pools.make(backup, volume);
        }
        JsonNode metadata = python.call(
                "cinder.backup",
                "pool",
                pools.volumes,
                "volume",
                volume.name(),
                "size",
                volume.size(),
                "backup",
                record(backup));
        return backup.withServiceMetadata(metadata.asText());
    }

    private void delete(char who, Backup backup) throws IOException {
        if (who == 'j') {
            pools.driver.delete(backup);
        } else {
            python.call("cinder.delete_backup", "backup", record(backup));
        }
    }

    private void restore(char who, Backup backup, RbdVolume target) throws IOException {
        if (who == 'j') {
            pools.driver.restore(backup, target, Progress.NONE);
        } else {
            python.call(
                    "cinder.restore",
                    "pool",
                    pools.volumes,
                    "volume",
                    target.name(),
                    "size",
                    target.size(),
                    "backup",
                    record(backup));
        }
    }

    private void assertRestores(Backup backup, byte[] content, String name) throws IOException {
        for (char who : new char[] {'j', 'p'}) {
            RbdVolume target = pools.volume(name + who, 1);
            restore(who, backup, target);
            assertThat(digest("SHA-256", pools.volumeStart(target.name(), SIZE)))
                    .as("backup %s restored by %s", backup.id(), who)
                    .isEqualTo(digest("SHA-256", content));
            python.call("cinder.delete", "pool", pools.volumes, "volume", target.name());
        }
    }

    /** The makers of the four backups of a chain, and those who delete them, the newest first. */
    @ParameterizedTest
    @CsvSource({"pjpj, jpjp", "jpjp, pjpj", "jjpp, ppjj"})
    void chainsOfBothAreRestoredAndDeletedByBoth(String makers, String deleters) throws IOException {
        String id = makers;
        RbdVolume volume = pools.volume(id, 1);
        byte[] content = new byte[SIZE];
        List<Backup> chain = new ArrayList<>();
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < makers.length(); i++) {
            byte[] piece = data(i, MIB);
            System.arraycopy(piece, 0, content, i * 2 * MIB, MIB);
            pools.write(volume, i * 2L * MIB, piece);
            if (i == 2) {
                Arrays.fill(content, 0, MIB / 2, (byte) 0);
                pools.discard(volume, 0, MIB / 2);
            }
            Backup next = Backup.of(makers + "-" + i, id, 1);
            chain.add(make(makers.charAt(i), i == 0 ? next : next.since(chain.get(i - 1)), volume));
            contents.add(content.clone());
        }
        assertThat(pools.bases(id)).hasSize(1);
        assertThat(pools.snapshots(pools.backups, pools.bases(id).get(0))).hasSize(makers.length());
        for (int i = 0; i < chain.size(); i++) {
            assertRestores(chain.get(i), contents.get(i), makers + "r" + i);
        }
        for (int i = chain.size() - 1; i >= 0; i--) {
            delete(deleters.charAt(i), chain.get(i));
        }
        assertThat(pools.bases(id)).isEmpty();
        python.call("cinder.delete", "pool", pools.volumes, "volume", volume.name());
    }

    @Test
    void aBackupIsRestoredToItsVolumeByTheOther() throws IOException {
        for (char who : new char[] {'j', 'p'}) {
            RbdVolume volume = pools.volume("self" + who, 1);
            byte[] content = data(5, SIZE);
            pools.write(volume, 0, content);
            Backup backup = make(who, Backup.of("self-" + who, "self" + who, 1), volume);
            pools.write(volume, 0, data(6, SIZE));
            restore(who == 'j' ? 'p' : 'j', backup, volume);
            assertThat(pools.volumeStart(volume.name(), SIZE)).isEqualTo(content);
            delete(who == 'j' ? 'p' : 'j', backup);
            assertThat(pools.bases("self" + who)).isEmpty();
            python.call("cinder.delete", "pool", pools.volumes, "volume", volume.name());
        }
    }
}
