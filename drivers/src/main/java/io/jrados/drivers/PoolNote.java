package io.jrados.drivers;

import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Rbd;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A note in the pool's metadata of what a call is in the middle of. By it the next call for the same volume ends what
 * one began that died. Others do not look at it.
 */
public final class PoolNote {
    private final Rbd rbd;
    private final String key;

    /** @param doing one word for the call, as {@code cloning} */
    public PoolNote(Rbd rbd, String doing, String volume) {
        this.rbd = rbd;
        this.key = "jrados." + doing + "." + volume;
    }

    /** The text; empty without a note. */
    public Optional<String> read() throws RadosException {
        try {
            return Optional.of(new String(rbd.metadata(key), StandardCharsets.UTF_8));
        } catch (NotFoundException none) {
            return Optional.empty();
        }
    }

    /** Writes the note, in place of one that is there. */
    public void write(String text) throws RadosException {
        rbd.setMetadata(key, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Removes the note, if it is there. */
    public void erase() throws RadosException {
        try {
            rbd.removeMetadata(key);
        } catch (NotFoundException gone) {
            // An attempt whose answer was lost has done it.
            return;
        }
    }
}
