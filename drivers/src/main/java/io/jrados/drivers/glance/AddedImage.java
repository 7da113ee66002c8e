package io.jrados.drivers.glance;

/**
 * The result of an upload.
 *
 * @param uri its location, of four parts
 * @param size bytes written
 * @param md5 in hex
 * @param multihash digest of the store's algorithm, in hex
 */
public record AddedImage(String uri, long size, String md5, String multihash) {}
