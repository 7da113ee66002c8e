package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dependencies that a project gets with the test kit, and its behavior without the rest. */
class DependenciesTest {
    @Test
    void bringsOneJar() throws IOException {
        Matcher dependencies = Pattern.compile("<artifactId>([^<]*)</artifactId>([^\n]*)</dependency>")
                .matcher(Files.readString(Path.of("pom.xml")));
        List<String> brought = new ArrayList<>();
        while (dependencies.find()) {
            if (!dependencies.group(2).contains("<scope>test</scope>")
                    && !dependencies.group(2).contains("<optional>true</optional>")) {
                brought.add(dependencies.group(1));
            }
        }
        assertThat(brought).containsExactly("slf4j-api");
    }

    @Test
    void withoutTestcontainersThereAreNoContainers() throws ReflectiveOperationException, IOException {
        List<URL> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("testcontainers") && !entry.contains("docker-java")) {
                path.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader without =
                new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Method areThere = without.loadClass(Containers.class.getName()).getDeclaredMethod("areThere");
            areThere.setAccessible(true);
            assertThat(areThere.invoke(null)).isEqualTo(false);
        }
    }
}
