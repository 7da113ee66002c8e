package io.jrados.rados;

/**
 * What a command answered. A failed one is a {@link io.jrados.error.RadosException} with the status in its text.
 *
 * @param status a sentence for people, often empty
 * @param output what {@code -o} gives the ceph command
 */
public record CommandResult(String status, byte[] output) {}
