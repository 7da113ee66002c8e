package io.jrados.drivers.cinder.model;

import java.util.Optional;

/**
 * An image, or a snapshot of one, that Cinder may take over.
 *
 * @param name the {@code source-name} of its reference
 * @param source the image of a snapshot, empty for an image
 * @param size GiB, rounded up
 * @param reasonNotSafe why it had better be left alone; empty when it is safe to manage
 * @param cinderId the id under which Cinder has it already
 */
public record Manageable(
        String name, Optional<String> source, long size, Optional<String> reasonNotSafe, Optional<String> cinderId) {
    public boolean isSafe() {
        return reasonNotSafe.isEmpty();
    }
}
