package io.jrados.rbd.io;

import io.jrados.rbd.format.ParentImageSpec;
import java.util.Optional;

/**
 * The snapshot that an image was cloned from.
 *
 * @param headOverlap bytes that the head still shares with it; empty when the head was flattened and only snapshots
 *     have the link
 * @param image the parent, open at that snapshot, if the state that is open shares anything with it
 */
public record ParentState(ParentImageSpec spec, Optional<Long> headOverlap, Optional<ImageView> image) {}
