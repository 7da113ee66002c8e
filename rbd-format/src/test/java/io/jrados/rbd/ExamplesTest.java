package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Examples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the README and of the Javadoc compile, and each class with which a program begins has one. */
class ExamplesTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");

    private static final List<String> ENTRY_CLASSES = List.of(
            "Rados",
            "Pool",
            "ClusterAdmin",
            "Locks",
            "Rbd",
            "AsyncRbd",
            "Image",
            "AsyncImage",
            "ImageLock",
            "ImageStreams",
            "ImageChanges");

    private static Examples examples() {
        return new Examples(
                List.of(
                        "java.nio.*",
                        "java.nio.charset.*",
                        "java.time.*",
                        "java.util.*",
                        "java.util.concurrent.*",
                        "io.jrados.cls.*",
                        "io.jrados.conf.*",
                        "io.jrados.error.*",
                        "io.jrados.osd.op.*",
                        "io.jrados.rados.*",
                        "io.jrados.rbd.*",
                        "io.jrados.rbd.change.*",
                        "io.jrados.rbd.model.*",
                        "io.jrados.rbd.stream.*",
                        // of two classes of one name
                        "io.jrados.cls.Lock"),
                List.of(
                        "Rados rados",
                        "Pool pool",
                        "Rbd rbd",
                        "Image image",
                        "Rbd elsewhere",
                        "java.nio.channels.FileChannel file"));
    }

    @Test
    void theExamplesCompile() throws IOException {
        Examples examples = examples()
                .page(ROOT.resolve("README.md"))
                .sources(ROOT.resolve("rados-protocol/src/main/java"))
                .sources(ROOT.resolve("rbd-format/src/main/java"));
        assertThat(examples.names()).contains("README0");
        assertThat(examples.names())
                .containsAll(ENTRY_CLASSES.stream().map(name -> name + "0").toList());
        assertThat(examples.errors()).isEmpty();
    }

    @Test
    void anExampleThatDoesNotCompileIsFound() throws IOException {
        assertThat(examples().body("Wrong", "rbd.opens(\"disk\");").errors())
                .singleElement()
                .asString()
                .contains("opens");
    }
}
