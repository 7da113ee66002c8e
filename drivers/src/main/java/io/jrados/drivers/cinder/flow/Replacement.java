package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.RadosException;
import io.jrados.rbd.Rbd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that a volume has beside it while another takes its name ({@link CopyImageToVolume}). A client may die at
 * any point of that; whoever deals with the volume next ends what was begun.
 */
final class Replacement {
    private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);

    private final Call call;

    Replacement(Call call) {
        this.call = call;
    }

    /** Removes what was to be the volume, and gives the volume its name back if it has lost it. */
    void tidy(Rbd rbd, String volume) throws RadosException {
        if (rbd.exists(volume + Names.IMPORT)) {
            new RemoveImage(call, rbd).run(volume + Names.IMPORT);
        }
        if (rbd.exists(volume + Names.REPLACED)) {
            if (rbd.exists(volume)) {
                removeReplaced(volume);
            } else {
                rbd.rename(volume + Names.REPLACED, volume);
            }
        }
    }

    /** Deletes the image that was replaced, as a volume is: what clones need of it goes to the trash. */
    void removeReplaced(String volume) {
        try {
            new DeleteVolume(call).run(volume + Names.REPLACED);
        } catch (RadosException failed) {
            // The volume has what it should have. The next call for it tries again.
            LOG.warn("{}{} stays for now: {}", volume, Names.REPLACED, failed.getMessage());
        }
    }
}
