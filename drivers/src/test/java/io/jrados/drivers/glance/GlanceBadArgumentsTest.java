package io.jrados.drivers.glance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.RbdLocation;
import io.jrados.drivers.ServiceConf;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.drivers.glance.model.Upload;
import io.jrados.drivers.glance.model.Verifier;
import io.jrados.rados.Rados;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.BadArguments;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bad arguments of the image store: a failure that names the argument. A size is not an argument of the program's but
 * of somebody's request, so a bad one is a {@link io.jrados.drivers.DriverException}.
 */
@CephTest
@Timeout(60)
class GlanceBadArgumentsTest {
    @Test
    void areNamed(CephCluster cluster, @TempDir Path folder) throws Exception {
        GlanceOptions options = GlanceOptions.DEFAULT.withPool(cluster.pool(GlanceBadArgumentsTest.class));
        Path file = Files.writeString(folder.resolve("glance-api.conf"), "[sample]\n");
        ByteSource source = ByteSource.of(InputStream.nullInputStream());
        try (Rados rados = Clusters.connect(cluster, "crc")) {
            BadArguments bad = new BadArguments()
                    .anyNumber("size", "features", "seconds")
                    .with(Rados.class, rados)
                    .with(GlanceOptions.class, options)
                    .with(Progress.class, Progress.NONE)
                    .with(Executor.class, Runnable::run)
                    .with(Verifier.class, Verifier.NONE)
                    .with(DriverEvent.Hook.class, DriverEvent.Hook.NONE)
                    .with(Upload.class, Upload.of("sample", source))
                    .with(Path.class, file)
                    .with(ServiceConf.class, ServiceConf.read(file))
                    .with(ByteSource.class, source)
                    .with(InputStream.class, InputStream.nullInputStream())
                    .with(ReadableByteChannel.class, Channels.newChannel(InputStream.nullInputStream()))
                    .with(Iterator.class, Collections.emptyIterator());
            GlanceStore store = new GlanceStore(rados, options);
            bad.of(GlanceStore.class, store)
                    .of(AsyncGlanceStore.class, store.async(Runnable::run))
                    .constructors(GlanceStore.class)
                    .statics(GlanceStore.class)
                    .statics(GlanceStores.class);
            bad.of(GlanceOptions.class, options).of(Upload.class, Upload.of("sample", source));
            bad.statics(ByteSource.class).statics(RbdLocation.class).statics(Upload.class);
            assertThat(bad.wrong()).isEmpty();
            assertThat(bad.calls()).isGreaterThan(50);
        }
    }
}
