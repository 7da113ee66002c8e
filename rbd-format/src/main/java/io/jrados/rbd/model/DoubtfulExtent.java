package io.jrados.rbd.model;

import java.time.Instant;

/**
 * A range of an image that a change in doubt may still reach: the change was sent, and its caller stopped waiting for
 * the answer because a deadline passed or it was cancelled.
 *
 * @param offset bytes into the image
 * @param length bytes
 * @param since when the caller stopped waiting, by the wall clock
 * @param verb what is being done there
 */
public record DoubtfulExtent(long offset, long length, Instant since, Verb verb) {
    /** Kinds of changes. */
    public enum Verb {
        WRITE("write"),
        /** A discard, or a writing of zeroes. */
        ZERO("discard"),
        WRITE_SAME("write-same"),
        COMPARE_AND_WRITE("compare-and-write"),
        /** The parent's data, with the writes that waited for it. */
        COPY_UP("copy-up"),
        ROLL_BACK("rollback"),
        /** An update of the object map; the range is the whole image. */
        OBJECT_MAP("object-map update"),
        /** A change of the header; the range is the whole image. */
        HEADER("change of the header");

        private final String text;

        Verb(String text) {
            this.text = text;
        }

        /** The verb for messages: "compare-and-write". */
        @Override
        public String toString() {
            return text;
        }
    }

    /** The extent for messages: "write of 4096 at 0 since 2026-11-30T11:00:00Z". */
    @Override
    public String toString() {
        return verb + " of " + length + " at " + offset + " since " + since;
    }
}
