package io.jrados.rbd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public types of a module, for tests that look at all of them. */
final class ExportedTypes {
    private ExportedTypes() {}

    /** The name of a type behind its package's. */
    static String simple(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }

    /** The public types of the packages that a module exports to all. */
    static List<Class<?>> of(Class<?> anchor) throws IOException {
        Path place = Path.of(URI.create(
                anchor.getProtectionDomain().getCodeSource().getLocation().toString()));
        if (Files.isDirectory(place)) {
            return exported(place);
        }
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
            return exported(jar.getPath("/"));
        }
    }

    private static List<Class<?>> exported(Path root) throws IOException {
        ModuleDescriptor module;
        try (InputStream descriptor = Files.newInputStream(root.resolve("module-info.class"))) {
            module = ModuleDescriptor.read(descriptor);
        }
        return module.exports().stream()
                .filter(exports -> !exports.isQualified())
                .flatMap(exports -> types(root, exports.source()))
                .collect(Collectors.toList());
    }

    private static Stream<Class<?>> types(Path root, String name) {
        try (Stream<Path> files = Files.list(root.resolve(name.replace('.', '/')))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                    .<Class<?>>map(file -> load(name + "." + file.substring(0, file.length() - ".class".length())))
                    .filter(ExportedTypes::isPublic)
                    .toList()
                    .stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ExportedTypes.class.getClassLoader());
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether it and what it lies in are public. */
    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
    }
}
