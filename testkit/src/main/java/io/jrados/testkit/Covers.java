package io.jrados.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the rows of {@code docs/rows.tsv} that a test shows: {@code @Covers({"A05", "A07"})}. A row counts as done in
 * {@code docs/coverage.md} when a test that names it ran and passed, and none that names it failed.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Covers {
    String[] value();
}
