package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.cinder.rule.Names;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.util.List;
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

    /**
     * Removes what was to be the volume, and gives the volume its name back if it has lost it. An image that has both
     * names is in the middle of a renaming, which comes first: removing it by one name would take the volume away.
     */
    void tidy(Rbd rbd, String volume) throws RadosException {
        for (String ending : List.of(Names.IMPORT, Names.REPLACED, Names.DELETED)) {
            String beside = volume + ending;
            if (isSame(rbd, beside, volume)) {
                LOG.warn("{} is also called {}: its renaming is ended", volume, beside);
                rbd.rename(beside, volume);
            }
        }
        // The removal of either may have ended half-way too, and then there is no image of that name.
        new RemoveImage(call, rbd).run(volume + Names.IMPORT);
        if (rbd.exists(volume + Names.REPLACED) && !rbd.exists(volume)) {
            rbd.rename(volume + Names.REPLACED, volume);
        } else {
            removeReplaced(volume);
        }
    }

    private static boolean isSame(Rbd rbd, String one, String other) throws RadosException {
        try (Image image = rbd.openReadOnly(one);
                Image another = rbd.openReadOnly(other)) {
            return image.id().equals(another.id());
        } catch (NotFoundException none) {
            return false;
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
