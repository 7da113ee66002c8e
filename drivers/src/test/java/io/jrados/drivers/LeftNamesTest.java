package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.conf.CephConf;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.BusyException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names that stand in the directory alone, as a program leaves them that dies at the beginning of a creation. */
@CephTest
@Timeout(120)
class LeftNamesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private CephCluster cluster;
    private String pool;
    private Rados rados;

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(LeftNamesTest.class);
        rados = Rados.connect(CephConf.builder()
                .file(cluster.conf())
                .set("osd_client_watch_timeout", "2")
                .build());
    }

    @AfterEach
    void disconnect() {
        rados.close();
    }

    /** The first step of a creation. */
    private void leave(String name, String id) throws IOException {
        ByteBuffer input = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        for (String word : new String[] {name, id}) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            input.putInt(bytes.length).put(bytes);
        }
        byte[] encoded = new byte[input.flip().remaining()];
        input.get(encoded);
        rados.pool(pool).operate("rbd_directory", new WriteOperation().exec("rbd", "dir_add_image", encoded));
        assertThat(cluster.run("rbd", "ls", pool)).contains(name);
    }

    /** A step that may be refused for a while. */
    private interface Step {
        boolean run() throws IOException;
    }

    private static void untilDone(Step step) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean done = step.run();
        while (!done && System.nanoTime() < end) {
            done = step.run();
        }
        assertThat(done).isTrue();
    }

    @Test
    @Covers("O17")
    void glanceDeletesAndAddsNamesThatACreationLeft() throws Exception {
        GlanceStore store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
        leave("deleted", "a1");
        leave("added", "a2");
        String uri = new RbdLocation(rados.fsid().toString(), pool, "deleted", "snap").toString();
        assertThatThrownBy(() -> store.delete(uri))
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(Kind.IN_USE_BY_STORE);
        untilDone(() -> {
            try {
                store.delete(uri);
                return true;
            } catch (DriverException busy) {
                assertThat(busy.kind()).isEqualTo(Kind.IN_USE_BY_STORE);
                return false;
            }
        });
        assertThatThrownBy(() -> store.delete(uri))
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(Kind.NOT_FOUND);
        ByteSource source = ByteSource.of(new ByteArrayInputStream(new byte[4096]));
        assertThatThrownBy(() -> store.add("added", source, 4096)).isInstanceOf(BusyException.class);
        untilDone(() -> {
            try {
                store.add("added", ByteSource.of(new ByteArrayInputStream(new byte[4096])), 4096);
                return true;
            } catch (BusyException busy) {
                return false;
            }
        });
        assertThat(cluster.run("rbd", "ls", pool)).contains("added").doesNotContain("deleted");
        assertThat(cluster.run("rbd", "info", pool + "/added@snap")).contains("size 4 KiB");
    }

    @Test
    @Covers("O52")
    void cinderDeletesAndCreatesVolumesOfNamesThatACreationLeft() throws Exception {
        CinderVolumes volumes =
                new CinderVolumes(rados, CinderOptions.DEFAULT.withPool(pool).withBusyBudget(PATIENCE));
        leave("volume-deleted", "b1");
        leave("volume-created", "b2");
        assertThatThrownBy(() -> volumes.create("volume-created", 1)).isInstanceOf(BusyException.class);
        volumes.delete("volume-deleted");
        assertThat(cluster.run("rbd", "ls", pool)).doesNotContain("volume-deleted");
        untilDone(() -> {
            try {
                volumes.create("volume-created", 1);
                return true;
            } catch (BusyException busy) {
                return false;
            }
        });
        assertThat(cluster.run("rbd", "info", pool + "/volume-created")).contains("size 1 GiB");
        volumes.delete("volume-created");
        volumes.delete("volume-created");
    }
}
