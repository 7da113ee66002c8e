package io.jrados.rbd.model;

/**
 * A client that has a lock of an image.
 *
 * @param client its name: {@code client.4123}
 * @param address as a blocklist names it: {@code 127.0.0.1:0/123456}
 * @param cookie of its choice; {@code auto} and the handle of its watch for the managed lock
 */
public record LockHolder(String client, String address, String cookie) {}
