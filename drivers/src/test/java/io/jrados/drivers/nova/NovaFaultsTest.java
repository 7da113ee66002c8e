package io.jrados.drivers.nova;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.nova.NovaCluster.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.DiskNames;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.OperationHook;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each write of a call fails in turn, once or together with all that come after it. */
@CephTest
class NovaFaultsTest {
    private static final UUID INSTANCE = UUID.fromString("21111111-2222-3333-4444-555555555555");
    private static final String ROOT = DiskNames.root(INSTANCE);

    private final AtomicInteger left = new AtomicInteger();
    private volatile boolean isDead;
    private volatile boolean dies;
    private NovaCluster at;

    private final OperationHook hook = (pool, object, write) -> {
        boolean now = write && left.decrementAndGet() == 0;
        isDead |= now && dies;
        if (now || write && isDead) {
            throw new RadosException(Errno.EIO, "a fault at " + object);
        }
    };

    @AfterEach
    void close() throws IOException {
        try (NovaCluster closed = at) {
            heal();
            closed.disks.delete(INSTANCE, Progress.NONE);
        }
    }

    private void heal() {
        left.set(0);
        isDead = false;
    }

    private List<String> disksSnapshots() throws IOException {
        try (Image image = Rbd.on(at.rados.pool(at.pool)).openReadOnly(ROOT)) {
            return image.snapshots().stream().map(SnapshotInfo::name).toList();
        }
    }

    private List<String> images() throws IOException {
        return Rbd.on(at.rados.pool(at.images)).list();
    }

    /** Fails the k-th write of a direct snapshot; true while there was such a write. */
    private boolean failsAt(int number, BaseImage base) throws IOException {
        left.set(number);
        boolean isDone;
        try {
            at.disks.snapshot(ROOT, "new", base.locations(), Progress.NONE);
            isDone = true;
        } catch (RadosException failed) {
            assertThat(failed.errno()).as("fault %s: %s", number, failed).isEqualTo(Errno.EIO);
            isDone = false;
        }
        boolean wasReached = left.get() <= 0;
        heal();
        if (isDone) {
            at.disks.discardSnapshot("rbd://" + at.rados.fsid() + "/" + at.images + "/new/snap");
        }
        return wasReached;
    }

    /** A clone that has no parent yet would be a disk of zeroes, and the next call would find it there. */
    @Test
    void aCloneThatADeadClientWasMakingIsMadeAnew(CephCluster cluster) throws IOException {
        at = new NovaCluster(cluster, NovaFaultsTest.class, 2, hook);
        BaseImage base = at.glance.inPool("golden", data(3, MIB));
        dies = true;
        for (int number = 1; ; number++) {
            left.set(number);
            boolean isDone = true;
            try {
                at.disks.create(ROOT, base, at.glance, Progress.NONE);
            } catch (IOException failed) {
                isDone = false;
            }
            boolean wasReached = left.get() <= 0;
            heal();
            if (!wasReached) {
                break;
            }
            if (!isDone) {
                try {
                    at.disks.create(ROOT, base, at.glance, Progress.NONE);
                } catch (BusyException half) {
                    assertThat(half).hasMessageContaining("has no header"); // such a name is kept for 30 s
                    at.cluster.exec("rados", "-p", at.pool, "rm", "rbd_id." + ROOT);
                    at.cluster.exec("rados", "-p", at.pool, "rmomapkey", "rbd_directory", "name_" + ROOT);
                    at.disks.create(ROOT, base, at.glance, Progress.NONE);
                }
            }
            try (Image image = Rbd.on(at.rados.pool(at.pool)).openReadOnly(ROOT)) {
                ByteBuffer bytes = ByteBuffer.allocate(MIB);
                image.read(0, bytes);
                assertThat(bytes.array()).as("after fault %s", number).isEqualTo(data(3, MIB));
            }
            at.disks.delete(INSTANCE, Progress.NONE);
        }
    }

    @Test
    @Covers("O94")
    void item094_afterAnyFailureNothingIsLeft(CephCluster cluster) throws IOException {
        at = new NovaCluster(cluster, NovaFaultsTest.class, 1, hook);
        BaseImage base = at.glance.inPool("golden", data(1, MIB));
        at.disks.create(ROOT, base, at.glance, Progress.NONE);
        int number = 1;
        while (failsAt(number, base)) {
            assertThat(images()).as("images after fault %s", number).containsExactly("golden");
            assertThat(disksSnapshots()).as("snapshots after fault %s", number).isEmpty();
            number++;
        }
        assertThat(number).as("writes of a direct snapshot").isGreaterThan(10);
    }

    /** The client is not really dead: it gives the lock away now, which it could not, and its watch with it. */
    private void awaitItsEnd() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        boolean isOpen = true;
        while (isOpen) {
            try (Image image = Rbd.on(at.rados.pool(at.images)).openReadOnly("new")) {
                isOpen = !image.watchers().isEmpty();
            } catch (RadosException noHeader) {
                return;
            }
            assertThat(System.nanoTime()).as("the end of the one that died").isLessThan(deadline);
        }
    }

    /** A name without a header is somebody's for 30 s: the one case that takes waiting, and here an end to it. */
    private String again(BaseImage base) throws IOException {
        awaitItsEnd();
        try {
            return at.disks.snapshot(ROOT, "new", base.locations(), Progress.NONE);
        } catch (BusyException half) {
            assertThat(half).hasMessageContaining("has no header");
            at.cluster.exec("rados", "-p", at.images, "rm", "rbd_id.new");
            at.cluster.exec("rados", "-p", at.images, "rmomapkey", "rbd_directory", "name_new");
            return at.disks.snapshot(ROOT, "new", base.locations(), Progress.NONE);
        }
    }

    /** All writes fail from the k-th on, the clean-up's too, as when the process dies: the same call ends well. */
    @Test
    @Covers("O94")
    void item094_aSecondCallFinishesWhatADeadOneBegan(CephCluster cluster) throws IOException {
        at = new NovaCluster(cluster, NovaFaultsTest.class, 2, hook);
        BaseImage base = at.glance.inPool("golden", data(2, MIB));
        at.disks.create(ROOT, base, at.glance, Progress.NONE);
        dies = true;
        int number = 1;
        while (failsAt(number, base)) {
            left.set(0);
            dies = false;
            at.disks.discardSnapshot(again(base));
            dies = true;
            assertThat(images()).as("images after death %s", number).containsExactly("golden");
            number += 4;
        }
    }
}
