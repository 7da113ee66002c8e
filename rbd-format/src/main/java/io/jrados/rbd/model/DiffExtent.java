package io.jrados.rbd.model;

/**
 * A range of an image that may differ between two states of it.
 *
 * @param offset bytes into the image
 * @param length bytes, at least 1
 * @param exists whether the later state has data there; zeroes otherwise
 */
public record DiffExtent(long offset, long length, boolean exists) {}
