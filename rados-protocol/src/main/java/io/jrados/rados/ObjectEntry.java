package io.jrados.rados;

import java.util.Objects;
import java.util.Optional;

/**
 * An object that a listing found.
 *
 * @param namespace empty for the default one, which has that name
 * @param key that it was written with; empty when it is found by its name
 */
public record ObjectEntry(String namespace, String name, Optional<String> key) {
    /** Checks for nulls. */
    public ObjectEntry {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(key, "key");
    }
}
