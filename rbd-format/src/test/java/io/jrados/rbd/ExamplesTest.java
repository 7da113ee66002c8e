package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * The examples of the README and of the Javadoc compile, and each class with which a program begins has one. An example
 * is the body of a method, with the variables that its reader has by then.
 */
class ExamplesTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");
    private static final Pattern IN_MARKDOWN = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern IN_JAVADOC = Pattern.compile("<pre>\\{@code\n(.*?)\n \\* \\}</pre>", Pattern.DOTALL);
    private static final Pattern MARGIN = Pattern.compile("(?m)^ \\* ?");

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
            "ImageStreams");

    private static final List<String> PACKAGES = List.of(
            "java.nio",
            "java.nio.charset",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "io.jrados.cls",
            "io.jrados.conf",
            "io.jrados.error",
            "io.jrados.osd.op",
            "io.jrados.rados",
            "io.jrados.rbd",
            "io.jrados.rbd.model",
            "io.jrados.rbd.stream");

    /** Source text that is in memory. */
    private static final class Text extends SimpleJavaFileObject {
        private final String code;

        Text(String name, String code) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }

    @Test
    void theExamplesCompile() throws IOException {
        Map<String, String> examples = new LinkedHashMap<>();
        add(examples, "README", IN_MARKDOWN.matcher(Files.readString(ROOT.resolve("README.md"))));
        for (Path source : sources()) {
            String name = source.getFileName().toString().replace(".java", "");
            add(examples, name, IN_JAVADOC.matcher(Files.readString(source)));
        }
        assertThat(examples).containsKey("README0");
        assertThat(examples.keySet())
                .containsAll(ENTRY_CLASSES.stream().map(name -> name + "0").toList());
        List<JavaFileObject> units = new ArrayList<>();
        examples.forEach((name, body) -> units.add(new Text("Example" + name, unit(name, body))));
        assertThat(compile(units)).isEmpty();
    }

    @Test
    void anExampleThatDoesNotCompileIsFound() {
        assertThat(compile(List.of(new Text("ExampleWrong", unit("Wrong", "rbd.opens(\"disk\");")))))
                .singleElement()
                .asString()
                .contains("opens");
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("rados-protocol", "rbd-format")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    private static void add(Map<String, String> examples, String name, Matcher found) {
        for (int number = 0; found.find(); number++) {
            examples.put(
                    name + number, MARGIN.matcher(found.group(1)).replaceAll("").replace("&lt;", "<"));
        }
    }

    /** An example whose own variables are the known ones declares them itself. */
    private static String unit(String name, String body) {
        String known = Stream.of(
                        "Rados rados",
                        "Pool pool",
                        "Rbd rbd",
                        "Image image",
                        "Rbd elsewhere",
                        "java.nio.channels.FileChannel file")
                .filter(variable -> !isDeclared(variable, body))
                .collect(Collectors.joining(", "));
        String imports =
                PACKAGES.stream().map(each -> "import " + each + ".*;\n").collect(Collectors.joining());
        // of two classes of one name
        return imports + "import io.jrados.cls.Lock;\nclass Example" + name + " {\n    void run(" + known
                + ") throws Exception {\n" + body + "\n    }\n}\n";
    }

    private static boolean isDeclared(String variable, String body) {
        String name = variable.substring(variable.indexOf(' ') + 1);
        return body.contains(variable + " = ") || body.contains("(" + name + " -> ");
    }

    private static List<String> compile(List<JavaFileObject> units) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (JavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
            String path = System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", "");
            compiler.getTask(
                            null,
                            files,
                            problems,
                            List.of(
                                    "-proc:none",
                                    "-Xlint:none",
                                    "-implicit:none",
                                    "-d",
                                    System.getProperty("java.io.tmpdir"),
                                    "-classpath",
                                    path),
                            null,
                            units)
                    .call();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(Diagnostic::toString)
                .toList();
    }
}
