package io.jrados.rbd.model;

import java.time.Instant;

/**
 * The times at which an image was made, and last read and written, by the OSDs' clocks. The last two are kept to the
 * minute at best; an image that was never read or written has been when it was made.
 */
public record ImageTimes(Instant created, Instant accessed, Instant modified) {}
