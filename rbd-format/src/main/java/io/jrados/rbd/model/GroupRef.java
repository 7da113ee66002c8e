package io.jrados.rbd.model;

/**
 * The group that an image belongs to.
 *
 * @param pool id of the group's pool
 */
public record GroupRef(long pool, String groupId) {}
