package io.jrados.error;

import java.time.Instant;

/**
 * Something that a client does and that is not finished, and what it waits for.
 *
 * @param what is being done, as a participle, as in the message of the exception that would end it: "writing object foo
 *     in pool rbd"; like things that wait together in one image are one: "3 changes of image rbd/vm1"
 * @param stage that it is in
 * @param since when it is in this stage, or, where nobody notes that, since when it is under way; by the client's wall
 *     clock
 * @param cause what keeps it there, as a clause: "osd.3 at v2:10.0.0.7:6800/1 is not connected (...)"
 */
public record Waiting(String what, Stage stage, Instant since, String cause) {
    /** One line, with control characters escaped. */
    @Override
    public String toString() {
        return Printable.of(what + ": waits for " + stage + " since " + since + ": " + cause);
    }
}
