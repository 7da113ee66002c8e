package io.jrados.osd.order;

import org.jspecify.annotations.Nullable;

/**
 * An operation, as far as its order matters to others of its object. It carries the links of one list, so that an index
 * of those under way costs no memory of its own.
 *
 * @param <O> the kind of operation
 */
public interface Ordered<O> {
    /** Its place in the order of submission. */
    long number();

    /** The object whose operations are kept in order. */
    Object object();

    /** A hash of the object that is cheap to ask for. */
    int objectHash();

    /**
     * Whether it keeps to the order of what is under way: a watch does not, which only passes no write that waits, nor
     * does what settles writes in doubt.
     */
    boolean isInOrder();

    boolean isWrite();

    /** Whether OSDs order it with writes: it is one, or a read that asks for that. */
    boolean isWriteOrdered();

    /** Whether it goes to a full pool too. */
    boolean passesFull();

    /** Whether the map in force keeps it from being sent. */
    boolean isPaused();

    /** Whether it is a write that nobody waits for any more, and that a full pool keeps from being sent. */
    boolean mayBeGivenUp();

    /** Whether it is a write that a full pool keeps waiting. */
    default boolean waitsForSpace() {
        return isWrite() && !passesFull();
    }

    @Nullable
    O next();

    void next(@Nullable O next);

    @Nullable
    O previous();

    void previous(@Nullable O previous);
}
