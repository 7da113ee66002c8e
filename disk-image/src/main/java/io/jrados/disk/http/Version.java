package io.jrados.disk.http;

import java.util.Optional;

/**
 * The marks of one state of a file on a server. Two halves of different states make an image that never was, so every
 * answer is compared with the first.
 *
 * @param tag the entity tag
 * @param modified the time of the last change, as the server writes it
 */
record Version(Optional<String> tag, Optional<String> modified) {
    /** The most characters of a mark that is kept. */
    static final int LONGEST = 1024;

    /** Whether an answer with these other marks may be of the same state: tags are believed before times. */
    boolean agreesWith(Version other) {
        return tag.isPresent() && other.tag.isPresent() ? agree(tag, other.tag) : agree(modified, other.modified);
    }

    private static boolean agree(Optional<String> one, Optional<String> other) {
        return one.isEmpty() || other.isEmpty() || one.get().equals(other.get());
    }

    /** The tag that makes a server send the whole file instead of a range once it has changed. */
    Optional<String> condition() {
        return tag.filter(value -> value.startsWith("\""));
    }
}
