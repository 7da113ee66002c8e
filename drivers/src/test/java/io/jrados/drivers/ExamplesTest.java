package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Examples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples in the Javadoc of the drivers and of disk images compile, and each facade has one. */
class ExamplesTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");

    @Test
    void theExamplesCompile() throws IOException {
        Examples examples = new Examples(
                        List.of(
                                "java.net.*",
                                "java.nio.*",
                                "java.nio.channels.*",
                                "java.util.*",
                                "io.jrados.disk.*",
                                "io.jrados.disk.http.*",
                                "io.jrados.disk.model.*",
                                "io.jrados.drivers.backup.*",
                                "io.jrados.drivers.backup.model.*",
                                "io.jrados.drivers.cinder.*",
                                "io.jrados.drivers.cinder.model.*",
                                "io.jrados.drivers.nova.*",
                                "io.jrados.drivers.nova.model.*",
                                "io.jrados.rados.*",
                                "io.jrados.rbd.*",
                                "io.jrados.rbd.model.*"),
                        List.of(
                                "Rados rados",
                                "ImageService glance",
                                "UUID instance",
                                "java.nio.file.Path path",
                                "java.util.concurrent.Executor executor"))
                .sources(ROOT.resolve("disk-image/src/main/java"))
                .sources(ROOT.resolve("drivers/src/main/java"));
        assertThat(examples.names())
                .contains("DiskImages0", "HttpSource0", "CinderVolumes0", "CephBackup0", "NovaDisks0");
        assertThat(examples.errors()).isEmpty();
    }
}
