package io.jrados.drivers;

import java.util.Optional;

/**
 * One line of a driver's audit trail: a change that a call made, or the end of the call.
 *
 * @param call the name of the method that was called
 * @param subject the image, volume, snapshot, backup or instance that the call is about
 * @param step the change, as {@code "renamed"}, with its image; {@code "end"} at the end of the call
 * @param image that was changed, as {@code pool/image}
 * @param failure why the call failed, at its end
 */
public record DriverEvent(String call, String subject, String step, String image, Optional<Throwable> failure) {
    /** Told of every step of every call, on the thread that does it. Its failures are logged and forgotten. */
    @FunctionalInterface
    public interface Hook {
        /** Wants to know nothing. */
        Hook NONE = event -> {};

        void event(DriverEvent event);
    }
}
