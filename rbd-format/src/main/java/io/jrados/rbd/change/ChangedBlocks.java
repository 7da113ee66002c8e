package io.jrados.rbd.change;

import io.jrados.rbd.model.DiffExtent;
import java.util.List;

/**
 * An answer with ranges of an image that changed: what one response of the Kubernetes SnapshotMetadata service has.
 * Made by this library alone, and may get more properties.
 */
public interface ChangedBlocks {
    /** Bytes of the image at the later moment: {@code volume_capacity_bytes}. */
    long imageSize();

    /**
     * The ranges, ascending and of any length: {@code block_metadata} of type {@code VARIABLE_LENGTH}. The end of the
     * last is the offset from which a call that broke off goes on.
     */
    List<DiffExtent> blocks();
}
