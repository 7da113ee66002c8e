package io.jrados.drivers.glance.model;

import java.util.Map;

/**
 * The result of an upload.
 *
 * @param uri its location, of four parts
 * @param size bytes written
 * @param md5 in hex
 * @param multihash digest of the upload's algorithm, in hex
 * @param metadata of the location: {@code store} with the store's name, if it is one of several
 */
public record AddedImage(String uri, long size, String md5, String multihash, Map<String, String> metadata) {}
