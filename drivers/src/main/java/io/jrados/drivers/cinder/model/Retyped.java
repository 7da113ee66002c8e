package io.jrados.drivers.cinder.model;

/**
 * The result of a retype.
 *
 * @param done whether the volume has the new type; if not nothing was changed, and it must be migrated
 */
public record Retyped(boolean done, ModelUpdate update) {}
