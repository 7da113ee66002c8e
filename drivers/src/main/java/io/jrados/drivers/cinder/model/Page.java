package io.jrados.drivers.cinder.model;

import java.util.Objects;
import java.util.Optional;

/**
 * The part of a listing that is wanted.
 *
 * @param order of the whole listing
 * @param descending whether the largest comes first
 * @param marker the name of the entry behind which the part begins; empty for the beginning
 * @param offset entries that are left out behind the marker
 * @param limit the most entries
 */
public record Page(Order order, boolean descending, Optional<String> marker, int offset, int limit) {
    /** All of it, by name. */
    public static final Page ALL = new Page(Order.REFERENCE, false, Optional.empty(), 0, Integer.MAX_VALUE);

    /** The key of the order. */
    public enum Order {
        REFERENCE,
        SIZE
    }

    /** Refuses nulls and negative numbers. */
    public Page {
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(marker, "marker");
        if (offset < 0) {
            throw new IllegalArgumentException("offset: " + offset);
        }
        if (limit < 0) {
            throw new IllegalArgumentException("limit: " + limit);
        }
    }

    public Page after(String name) {
        return new Page(order, descending, Optional.of(Objects.requireNonNull(name, "name")), offset, limit);
    }

    public Page first(int limit) {
        return new Page(order, descending, marker, offset, limit);
    }

    public Page orderedBy(Order order, boolean largestFirst) {
        return new Page(order, largestFirst, marker, offset, limit);
    }
}
