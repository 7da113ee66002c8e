package io.jrados.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceRulesTest {
    @TempDir
    Path module;

    @Test
    void aRelativeClauseIsNoSummary() throws IOException {
        source("/" + "** What it does. */\nclass A {\n    /" + "**\n     * Those who wait.\n     */\n    int b;\n}\n");

        assertEquals(
                Set.of("src/A.java:1: What it does. ", "src/A.java:3: Those who wait."),
                new SourceRules(module).oddOpenings());
    }

    @Test
    void aNounOrAVerbIsASummary() throws IOException {
        source("/** Whatsoever begins otherwise: a noun. */\nclass A {\n    /** Returns it. */\n    int b;\n}\n");

        assertEquals(Set.of(), new SourceRules(module).oddOpenings());
    }

    @Test
    void aLineEndsAtColumn120() throws IOException {
        source("//" + "x".repeat(118) + "\n//" + "x".repeat(119) + "\n");

        assertEquals(Set.of("src/A.java:2"), new SourceRules(module).wideLines());
    }

    @Test
    void theLargestCircleIsFound() {
        Map<String, Set<String>> graph = Map.of(
                "a",
                Set.of("b"),
                "b",
                Set.of("c"),
                "c",
                Set.of("a", "d"),
                "d",
                Set.of("e"),
                "e",
                Set.of("d"),
                "f",
                Set.of("a"));

        assertEquals(Set.of("a", "b", "c"), new SourceRules.Circles(graph).largest());
    }

    @Test
    void aTreeHasNoCircle() {
        assertEquals(
                Set.of(),
                new SourceRules.Circles(Map.of("a", Set.of("b", "c"), "b", Set.of("c"), "c", Set.of())).largest());
    }

    private void source(String text) throws IOException {
        Files.createDirectories(module.resolve("src"));
        Files.writeString(module.resolve("src/A.java"), text);
    }
}
