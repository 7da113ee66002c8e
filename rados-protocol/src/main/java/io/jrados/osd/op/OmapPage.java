package io.jrados.osd.op;

import java.util.Map;

/**
 * Some of an object's omap, in key order; values are empty for a request of keys.
 *
 * @param truncated whether there is more after the last key
 */
public record OmapPage(Map<String, byte[]> pairs, boolean truncated) {}
