package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The jars that a program with images gets, beside those of jrados: few, small, and none that clouds the class path.
 */
class DependenciesTest {
    private static final long MOST_BYTES = 6 << 20;
    private static final int MOST_JARS = 9;

    private static List<Path> runtime() throws IOException {
        List<Path> entries = new ArrayList<>(List.of(Path.of("target/classes")));
        for (String entry :
                Files.readString(Path.of("target/runtime.classpath")).strip().split(File.pathSeparator)) {
            entries.add(Path.of(entry));
        }
        return entries;
    }

    /** A jar's size, or that of all files of a module that is not packed yet, which is more than its jar will have. */
    private static long size(Path entry) throws IOException {
        try (Stream<Path> files = Files.walk(entry)) {
            long sum = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    @Test
    void areFewAndSmall() throws IOException {
        long sum = 0;
        for (Path entry : runtime()) {
            sum += size(entry);
        }
        assertThat(runtime()).hasSizeLessThanOrEqualTo(MOST_JARS);
        assertThat(sum).isLessThanOrEqualTo(MOST_BYTES);
    }

    @Test
    void areTheseAndNoOthers() throws IOException {
        assertThat(runtime().stream()
                        .map(entry -> entry.getFileName().toString().replaceFirst("-[0-9].*", ""))
                        .filter(name -> !name.equals("classes") && !name.equals("rados-protocol")))
                .containsExactlyInAnyOrder(
                        "netty-buffer", "netty-common", "netty-resolver", "netty-transport", "slf4j-api", "jspecify");
    }
}
