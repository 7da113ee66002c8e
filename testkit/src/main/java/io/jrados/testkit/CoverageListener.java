package io.jrados.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes down which rows were shown by tests that really ran: a line {@code row, test, passed|failed} each, in a new
 * file of the folder that the system property {@code jrados.coverage} names. Without that property it does nothing.
 */
public final class CoverageListener implements TestExecutionListener {
    private final Set<String> lines = new ConcurrentSkipListSet<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (!test.isTest() || result.getStatus() == TestExecutionResult.Status.ABORTED) {
            return;
        }
        test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .ifPresent(source -> {
                    String outcome = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL ? "passed" : "failed";
                    String name = source.getJavaClass().getSimpleName() + "." + source.getMethodName();
                    for (String row : rows(source.getJavaClass(), source.getJavaMethod())) {
                        lines.add(row + "\t" + name + "\t" + outcome);
                    }
                });
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        String folder = System.getProperty("jrados.coverage", "");
        if (folder.isEmpty() || lines.isEmpty()) {
            return;
        }
        try {
            Path directory = Files.createDirectories(Path.of(folder));
            Files.write(Files.createTempFile(directory, "run-", ".tsv"), new TreeSet<>(lines));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        lines.clear();
    }

    private static Set<String> rows(Class<?> test, Method method) {
        Set<String> rows = new LinkedHashSet<>();
        AnnotationSupport.findAnnotation(method, Covers.class).ifPresent(covers -> rows.addAll(Set.of(covers.value())));
        for (Class<?> type = test; type != null; type = type.getEnclosingClass()) {
            AnnotationSupport.findAnnotation(type, Covers.class)
                    .ifPresent(covers -> rows.addAll(Set.of(covers.value())));
        }
        return rows;
    }
}
