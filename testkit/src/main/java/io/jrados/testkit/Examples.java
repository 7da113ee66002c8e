package io.jrados.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

/**
 * The examples of pages and of Javadoc comments, for tests that compile them. An example is the body of a method, with
 * the variables that its reader has by then.
 */
public final class Examples {
    private static final Pattern IN_MARKDOWN = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern IN_JAVADOC = Pattern.compile("<pre>\\{@code\n(.*?)\n \\* \\}</pre>", Pattern.DOTALL);
    private static final Pattern MARGIN = Pattern.compile("(?m)^ \\* ?");

    private final List<String> imports;
    private final List<String> variables;
    private final Map<String, String> bodies = new LinkedHashMap<>();

    /**
     * @param imports as in a source file: {@code java.util.*}, or a class
     * @param variables with their types; one that an example declares itself is left out there
     */
    public Examples(List<String> imports, List<String> variables) {
        this.imports = List.copyOf(imports);
        this.variables = List.copyOf(variables);
    }

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

    /** Adds the examples of a page in Markdown. */
    public Examples page(Path page) throws IOException {
        String name = page.getFileName().toString().replace(".md", "");
        add(name, IN_MARKDOWN.matcher(Files.readString(page)));
        return this;
    }

    /** Adds the examples in the Javadoc comments of classes, of all sources below a folder. */
    public Examples sources(Path folder) throws IOException {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(folder)) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        for (Path source : sources) {
            String name = source.getFileName().toString().replace(".java", "");
            add(name, IN_JAVADOC.matcher(Files.readString(source)));
        }
        return this;
    }

    /** Adds one example. */
    public Examples body(String name, String body) {
        bodies.put(name, body);
        return this;
    }

    private void add(String name, Matcher found) {
        for (int number = 0; found.find(); number++) {
            bodies.put(
                    name + number, MARGIN.matcher(found.group(1)).replaceAll("").replace("&lt;", "<"));
        }
    }

    /** Returns the names of the examples: that of the page or class, and a number from 0 on. */
    public Set<String> names() {
        return Set.copyOf(bodies.keySet());
    }

    private String unit(String name, String body) {
        String known = variables.stream()
                .filter(variable -> !isDeclared(variable, body))
                .collect(Collectors.joining(", "));
        String head = imports.stream().map(each -> "import " + each + ";\n").collect(Collectors.joining());
        return head + "class Example" + name + " {\n    void run(" + known + ") throws Exception {\n" + body
                + "\n    }\n}\n";
    }

    private static boolean isDeclared(String variable, String body) {
        String name = variable.substring(variable.indexOf(' ') + 1);
        return body.contains(variable + " = ") || body.contains("(" + name + " -> ");
    }

    /** Compiles all of them against what this JVM has, and returns the compiler's errors. */
    public List<String> errors() throws IOException {
        List<JavaFileObject> units = new ArrayList<>();
        bodies.forEach((name, body) -> units.add(new Text("Example" + name, unit(name, body))));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        Path compiled = Files.createTempDirectory("jrados-examples");
        try (JavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
            String path = System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", "");
            List<String> options = List.of(
                    "-proc:none", "-Xlint:none", "-implicit:none", "-d", compiled.toString(), "-classpath", path);
            compiler.getTask(null, files, problems, options, null, units).call();
        } finally {
            delete(compiled);
        }
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(Diagnostic::toString)
                .toList();
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
