package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.SnapshotInfo;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;

/**
 * Writes an image with its properties, metadata and the snapshots that people made, as the {@code rbd} command's export
 * format 2: a diff from each snapshot to the next, and from the last to the head. Unlike there, snapshots of groups, of
 * mirroring and of the trash are left out instead of being taken for the head.
 */
final class ExportImage {
    private final Rbd rbd;
    private final int depth;
    private final Steps steps;

    ExportImage(Rbd rbd, int depth, Steps steps) {
        this.rbd = rbd;
        this.depth = depth;
        this.steps = steps;
    }

    void run(String name, WritableByteChannel sink) throws IOException {
        StreamOutput out = new StreamOutput(sink);
        try (Image head = rbd.openReadOnly(name)) {
            List<SnapshotInfo> snapshots = head.snapshots().stream()
                    .filter(snapshot -> snapshot.namespace() == SnapshotInfo.Namespace.USER)
                    .toList();
            long headSize = head.size();
            long total =
                    headSize + snapshots.stream().mapToLong(SnapshotInfo::size).sum();
            ImageHeader.of(head).write(out);
            out.banner(ImageHeader.DIFFS_BANNER);
            out.u64(snapshots.size() + 1L);
            DiffWriter writer = new DiffWriter(out, 2);
            Optional<SnapshotInfo> last = Optional.empty();
            long before = 0;
            for (SnapshotInfo snapshot : snapshots) {
                DiffHeader header = new DiffHeader(
                        last.map(SnapshotInfo::name),
                        Optional.of(snapshot.name()),
                        snapshot.isProtected(),
                        snapshot.size());
                try (Image image = rbd.openSnapshotById(head.id(), snapshot.id())) {
                    new ExportDiff(image, depth, steps, before, total).write(header, since(last), writer);
                }
                before += snapshot.size();
                last = Optional.of(snapshot);
            }
            DiffHeader header = new DiffHeader(last.map(SnapshotInfo::name), Optional.empty(), false, headSize);
            new ExportDiff(head, depth, steps, before, total).write(header, since(last), writer);
        }
    }

    private static DiffOptions since(Optional<SnapshotInfo> last) {
        return last.map(snapshot -> DiffOptions.ALL.since(snapshot.id())).orElse(DiffOptions.ALL);
    }
}
