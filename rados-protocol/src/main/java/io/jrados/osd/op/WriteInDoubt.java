package io.jrados.osd.op;

import io.jrados.error.Receipt;
import java.time.Instant;
import java.util.List;

/**
 * A write that was sent and whose caller waits for it no more, because its deadline passed or it was cancelled. Who is
 * responsible for the object hears of it before the write's future completes, and knows so that it is not over.
 */
public interface WriteInDoubt extends Receipt {
    /** Name of the object. */
    String object();

    /** Returns the time at which its caller stopped waiting, by the wall clock. */
    Instant since();

    /** Returns the parts of the write. */
    List<Part> parts();

    /**
     * One part of a write.
     *
     * @param kind as Ceph names it: "write", "writefull", "zero", "truncate", "delete", "call"
     * @param offset bytes into the object, 0 for a part that is not about a range
     * @param length bytes, 0 for a part that is not about a range, or is about all from {@code offset} on
     */
    record Part(String kind, long offset, long length) {}
}
