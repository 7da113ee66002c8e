package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.OperationHook;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Features;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each write of a driver's call fails once, in turn: whatever was made before is gone again. */
@CephTest
class InjectedFaultsTest {
    /** Fails one write, and no other. */
    private static final class OneFault implements OperationHook {
        private final AtomicInteger left = new AtomicInteger();
        private final AtomicReference<RadosException> thrown = new AtomicReference<>();

        @Override
        public void before(String pool, String object, boolean write) throws RadosException {
            if (write && left.decrementAndGet() == 0) {
                RadosException injected = new RadosException(Errno.EIO, "a fault at " + object);
                thrown.set(injected);
                throw injected;
            }
        }

        void at(int number) {
            thrown.set(null);
            left.set(number);
        }

        RadosException end() {
            left.set(0);
            return thrown.get();
        }
    }

    @FunctionalInterface
    private interface Call {
        void run() throws IOException;
    }

    private final OneFault fault = new OneFault();
    private String pool;
    private Rados rados;
    private GlanceStore store;
    private CinderVolumes volumes;

    @BeforeEach
    void connect(CephCluster cluster) throws IOException {
        pool = cluster.pool(InjectedFaultsTest.class);
        rados = Wait.on(Rados.builder(CephConf.builder().file(cluster.conf()).build())
                .hook(fault)
                .connectAsync());
        store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool).withChunkSize(1));
        volumes = new CinderVolumes(rados, CinderOptions.DEFAULT.withPool(pool).withMaxCloneDepth(1));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        fault.end();
        assertThat(objects()).isEmpty();
        rados.close();
    }

    private List<String> objects() throws IOException {
        List<String> found = new ArrayList<>();
        rados.pool(pool).objects().forEach(found::add);
        found.removeIf(name -> !name.matches("rbd_(id|header|data)\\..*"));
        return found;
    }

    private List<String> snapshots(String volume) throws IOException {
        try (Image image = Rbd.on(rados.pool(pool)).openReadOnly(volume)) {
            return image.snapshots().stream().map(Object::toString).toList();
        }
    }

    /**
     * Returns the number of faults that the call reported; those that it can do without it may keep to itself, and is
     * then undone.
     */
    private int failEachWrite(Call call, Call nothingLeft, Call undo) throws IOException {
        int reported = 0;
        for (int number = 1; ; number++) {
            fault.at(number);
            RadosException failure = null;
            try {
                call.run();
            } catch (RadosException failed) {
                failure = failed;
            }
            RadosException injected = fault.end();
            if (failure == null) {
                undo.run();
                if (injected == null) {
                    return reported;
                }
            } else {
                reported++;
                assertThat(failure.errno()).as("fault %s, %s", number, failure).isEqualTo(Errno.EIO);
                assertThat(injected).as("the cause of %s", failure).isNotNull();
                nothingLeft.run();
            }
        }
    }

    @Test
    @Covers("O8")
    void item008AnUploadThatFailsLeavesNothing() throws IOException {
        byte[] bytes = Clusters.data(1, 3 << 19);
        String uri = new RbdLocation(rados.fsid().toString(), pool, "image", "snap").toString();
        int reported = failEachWrite(
                () -> store.add("image", ByteSource.of(new ByteArrayInputStream(bytes)), bytes.length),
                () -> assertThat(objects()).isEmpty(),
                () -> store.delete(uri));
        // Name, header, two chunks, snapshot, protection.
        assertThat(reported).isGreaterThanOrEqualTo(6);
    }

    @Test
    @Covers("O46")
    void item046ASnapshotThatCannotBeProtectedIsRemoved() throws IOException {
        volumes.create("volume", 1);
        int reported = failEachWrite(
                () -> volumes.createSnapshot("volume", "one"),
                () -> assertThat(snapshots("volume")).isEmpty(),
                () -> volumes.deleteSnapshot("volume", "one"));
        assertThat(reported).isGreaterThanOrEqualTo(2);
        volumes.delete("volume");
    }

    @Test
    @Covers("O37")
    void item037ACloneThatCannotBeFlattenedLeavesNothing() throws IOException {
        // Every write fails once in turn: without a lock and a map there are fewer.
        CinderOptions plain = CinderOptions.DEFAULT.withPool(pool).withMaxCloneDepth(1);
        CinderVolumes volumes = new CinderVolumes(rados, plain.withFeatures(Features.LAYERING));
        volumes.create("first", 1);
        volumes.createClone("first", "source", 1);
        int reported = failEachWrite(
                () -> volumes.createClone("source", "clone", 1),
                () -> {
                    assertThat(Rbd.on(rados.pool(pool)).list()).containsExactly("first", "source");
                    assertThat(snapshots("source")).isEmpty();
                },
                () -> volumes.delete("clone"));
        assertThat(reported).isGreaterThanOrEqualTo(4);
        volumes.delete("source");
        volumes.delete("first");
    }
}
