package io.jrados.drivers.nova;

import static io.jrados.drivers.Clusters.assertEmpty;

import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.CreatedDisk;
import io.jrados.drivers.nova.model.DiskNames;
import io.jrados.rados.OperationHook;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** The stage of the tests of disks: two pools, a client, and an instance whose disks are deleted after each test. */
abstract class NovaStage {
    static final UUID INSTANCE = UUID.fromString("11111111-2222-3333-4444-555555555555");
    static final UUID OTHER = UUID.fromString("11111111-2222-3333-4444-555555555556");
    static final String ROOT = DiskNames.root(INSTANCE);

    NovaCluster at;
    NovaDisks disks;

    void connect(CephCluster cluster, int cloneFormat) throws IOException {
        at = new NovaCluster(cluster, getClass(), cloneFormat, OperationHook.NONE);
        disks = at.disks;
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (NovaCluster closed = at) {
            disks.delete(INSTANCE, Progress.NONE);
            assertEmpty(closed.cluster, closed.pool);
        }
    }

    /** Makes the root disk, with as many bytes as the image has. */
    CreatedDisk create(BaseImage image) throws IOException {
        return disks.create(ROOT, image, at.glance, Progress.NONE);
    }

    CreatedDisk create(BaseImage image, long size) throws IOException {
        return disks.create(ROOT, image, size, at.glance, Progress.NONE);
    }

    static ReadableByteChannel channel(byte[] bytes) {
        return Channels.newChannel(new ByteArrayInputStream(bytes));
    }
}
