package io.jrados.rbd.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.MemoryImage;
import io.jrados.rbd.io.MemoryRados;
import io.jrados.rbd.lock.ClientId;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.lock.RequestId;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.verb.VerbExecutor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The table of the verbs that the owner of a lock does for others: which of all messages begin one. */
@Timeout(30)
class ServedVerbsTest {
    private static final RequestId ID = new RequestId(new ClientId(1, 2), 3);
    private static final SnapshotNamespace USER = SnapshotNamespace.USER;

    private final List<Runnable> begun = new ArrayList<>();
    private ServedVerbs verbs;

    @BeforeEach
    void opens() throws RadosException {
        MemoryImage header = new MemoryImage(new MemoryRados().pool(1, ""), "i", 1 << 20);
        ImageContext image = Wait.on(ImageContext.openAsync(header.pool, header.id, "image", SnapContext.HEAD, false));
        verbs = new ServedVerbs(
                image, new VerbExecutor("threads", new VerbExecutor.Limits(100, 0), begun::add, header.pool.rados()));
    }

    private static NotifyMessage message(NotifyOp op, SnapshotNamespace namespace) {
        return switch (op) {
            case ACQUIRED_LOCK, RELEASED_LOCK -> new NotifyMessage.LockNotice(op, ID.client());
            case REQUEST_LOCK -> new NotifyMessage.RequestLock(ID.client(), false);
            case HEADER_UPDATE -> new NotifyMessage.HeaderUpdate();
            case ASYNC_PROGRESS -> new NotifyMessage.AsyncProgress(ID, 1, 2);
            case ASYNC_COMPLETE -> new NotifyMessage.AsyncComplete(ID, 0);
            case FLATTEN, REBUILD_OBJECT_MAP, MIGRATE, QUIESCE, UNQUIESCE -> new NotifyMessage.Request(op, ID);
            case RESIZE -> new NotifyMessage.Resize(5, ID, true);
            case SNAP_CREATE -> new NotifyMessage.SnapCreate("snap", namespace, ID, 0);
            case SNAP_REMOVE, SNAP_PROTECT, SNAP_UNPROTECT -> new NotifyMessage.SnapRequest(op, "snap", namespace, ID);
            case SNAP_RENAME -> new NotifyMessage.SnapRename(4, "new", namespace, ID);
            case RENAME -> new NotifyMessage.Rename("new", ID);
            case UPDATE_FEATURES -> new NotifyMessage.UpdateFeatures(8, false, ID);
            case SPARSIFY -> new NotifyMessage.Sparsify(ID, 4096);
            case METADATA_UPDATE -> new NotifyMessage.MetadataUpdate("key", Optional.of("value"), ID);
        };
    }

    /** Returns the operations that begin a verb, which goes to the worker and does not run here. */
    private Set<NotifyOp> served(SnapshotNamespace namespace) {
        Set<NotifyOp> served = EnumSet.noneOf(NotifyOp.class);
        for (NotifyOp op : NotifyOp.values()) {
            begun.clear();
            boolean known = verbs.begin(message(op, namespace), Progress.NONE).isPresent();
            assertThat(begun).as("handed to the worker: %s", op).hasSize(known ? 1 : 0);
            if (known) {
                served.add(op);
            }
        }
        return served;
    }

    @Test
    void theOwnerDoesEveryVerbThatItKnows() {
        assertThat(served(USER))
                .containsExactlyInAnyOrder(
                        NotifyOp.FLATTEN,
                        NotifyOp.RESIZE,
                        NotifyOp.SNAP_CREATE,
                        NotifyOp.SNAP_REMOVE,
                        NotifyOp.REBUILD_OBJECT_MAP,
                        NotifyOp.SNAP_RENAME,
                        NotifyOp.SNAP_PROTECT,
                        NotifyOp.SNAP_UNPROTECT,
                        NotifyOp.RENAME,
                        NotifyOp.UPDATE_FEATURES,
                        NotifyOp.METADATA_UPDATE);
    }

    @Test
    void ofOthersSnapshotsItOnlyRemovesAndRenames() {
        assertThat(served(new SnapshotNamespace.Trash("before", 0)))
                .contains(NotifyOp.SNAP_REMOVE, NotifyOp.SNAP_RENAME)
                .doesNotContain(NotifyOp.SNAP_CREATE, NotifyOp.SNAP_PROTECT, NotifyOp.SNAP_UNPROTECT);
    }

    @Test
    void aMessageOfANewerReleaseBeginsNothing() {
        assertThat(verbs.begin(new NotifyMessage.Unknown(99), Progress.NONE)).isEmpty();
    }
}
