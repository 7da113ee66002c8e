package io.jrados.rbd.stream;

import java.util.Optional;

/**
 * The begin of a diff: the two states between which it leads.
 *
 * @param from the snapshot at which it starts; empty for an image without any data
 * @param to the snapshot that its end was; empty for a head
 * @param isProtected whether that snapshot was protected; format 1 does not tell
 * @param size of the image at the end, bytes
 */
record DiffHeader(Optional<String> from, Optional<String> to, boolean isProtected, long size) {}
