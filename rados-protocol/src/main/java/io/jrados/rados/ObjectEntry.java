package io.jrados.rados;

/**
 * An object that a listing found.
 *
 * @param namespace empty for the default one
 * @param key that it was written with, empty when it is found by its name
 */
public record ObjectEntry(String namespace, String name, String key) {}
