package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rados.Rados;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The public records of the client and of images, which may not grow: another component breaks every caller that makes
 * one or takes one apart. What may get another component is a class with accessors, and withers where callers make it.
 */
class PublicRecordsTest {
    private static final Map<String, String> COMPONENTS = Map.ofEntries(
            Map.entry("ClassCall", "objectClass method input"),
            Map.entry("ClientName", "type id"),
            Map.entry("CommandResult", "status output"),
            Map.entry("ConfigOption", "name value source"),
            Map.entry("DaemonConnection", "daemon address mode"),
            Map.entry("DiffExtent", "offset length exists"),
            Map.entry("DoubtfulExtent", "offset length since verb"),
            Map.entry("Explanation", "waiting more"),
            Map.entry("ImageSpec", "pool namespace image snapshot"),
            Map.entry("ImageTimes", "created accessed modified"),
            Map.entry("Lock", "name type cookie tag"),
            Map.entry("LockHolder", "client address cookie"),
            Map.entry("LockHolders", "holders exclusive tag"),
            Map.entry("LockInfo", "lockers type tag"),
            Map.entry("LockInfo.Locker", "client cookie expires address description"),
            Map.entry("LogLine", "time speaker sequence level channel message"),
            Map.entry("MonitorEndpoint", "address priority weight insteadOf"),
            Map.entry("NotifyResult", "replies missed"),
            Map.entry("NotifyResult.Reply", "watcher answer"),
            Map.entry("NotifyResult.Watcher", "clientId handle"),
            Map.entry("ObjectEntry", "namespace name key"),
            Map.entry("ObjectListing.Page", "entries next"),
            Map.entry("ObjectSource", "pool namespace key object snapId version"),
            Map.entry("ObjectStat", "size modified"),
            Map.entry("OmapPage", "pairs truncated"),
            Map.entry("PoolSnapshot", "id name created"),
            Map.entry("SnapSet", "clones sequence"),
            Map.entry("SnapSet.Clone", "id snaps overlaps size"),
            Map.entry("SnapshotOwner.Trash", "originalName originalNamespace"),
            Map.entry("SnapshotOwner.Unknown", "type"),
            Map.entry("SnapshotOwner.User", ""),
            Map.entry("SparseData", "extents data"),
            Map.entry("SparseData.Extent", "offset length"),
            Map.entry("Waiting", "what stage since cause"),
            Map.entry("WatcherInfo", "clientId cookie timeoutSeconds address"),
            Map.entry("WriteInDoubt.Part", "kind offset length"));

    @Test
    void haveTheComponentsThatTheyBeganWith() throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (Class<?> anchor : List.of(Rados.class, Rbd.class)) {
            for (Class<?> type : ExportedTypes.of(anchor)) {
                if (type.isRecord()) {
                    found.put(ExportedTypes.simple(type), components(type));
                }
            }
        }
        assertThat(found)
                .as("records that grow break callers: a class with withers does not")
                .isEqualTo(COMPONENTS);
    }

    private static String components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.joining(" "));
    }
}
