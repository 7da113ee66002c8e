package io.jrados.drivers;

import java.util.Optional;

/**
 * One line of a driver's audit trail: a change that a call made, or the end of the call. Nova's disks tell of ends
 * only.
 *
 * @param call the name of the method that was called
 * @param subject the image, volume, snapshot, backup or instance that the call is about
 * @param step the change, as {@code "renamed"}, with its image; {@code "end"} at the end of the call
 * @param image that was changed, as {@code pool/image}; at the end, {@code "backup ID"} of a call for a backup, and the
 *     URI of Glance's deletion
 * @param failure why the call failed, at its end
 */
public record DriverEvent(String call, String subject, String step, String image, Optional<Throwable> failure) {
    /** Told of changes and of every call's end, on the thread of the call. Its failures are logged and forgotten. */
    @FunctionalInterface
    public interface Hook {
        /** Wants to know nothing. */
        Hook NONE = event -> {};

        void event(DriverEvent event);
    }
}
