package io.jrados.crush;

import java.util.Map;

/**
 * The names that a map gives to its parts.
 *
 * @param types by number: 0 "osd", 1 "host", ...
 * @param items by id; a shadow bucket of a device class is called {@code default~ssd}
 * @param rules by number
 * @param classes of devices, by number
 * @param classOf number of the class of an item
 * @param shadows for a bucket, by class, the bucket that has its devices of that class only
 */
public record CrushNames(
        Map<Integer, String> types,
        Map<Integer, String> items,
        Map<Integer, String> rules,
        Map<Integer, String> classes,
        Map<Integer, Integer> classOf,
        Map<Integer, Map<Integer, Integer>> shadows) {}
