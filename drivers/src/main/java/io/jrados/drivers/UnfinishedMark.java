package io.jrados.drivers;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.Comparison;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The mark of an image that one call is making, in the image's metadata from its first moment to its last step. By it a
 * later call knows what a client that died has left, and that it may take that away: nobody else's image has the mark.
 *
 * <p>The value tells calls apart. The maker changes it once it has the image open, and whoever takes an image away
 * changes it before: each only if the value is what it has seen, so that of two calls at once one gets the image.
 */
public final class UnfinishedMark {
    /** The beginning of the keys of metadata in a header (RBD_METADATA_KEY_PREFIX, src/cls/rbd/cls_rbd.cc). */
    private static final String PREFIX = "metadata_";

    private static final String HEADER = "rbd_header.";

    private final String key;
    private final String made = UUID.randomUUID().toString();

    /** The value that this call has given the mark. */
    private volatile String held = made;

    /** @param key of the image's metadata, the same for all calls of one kind */
    public UnfinishedMark(String key) {
        this.key = key;
    }

    /** The options of a new image, with the mark. */
    public ImageOptions on(ImageOptions options) {
        return options.withMetadata(key, made);
    }

    /**
     * Makes sure that the image that was opened is the one that was made: another call may have taken it for left over
     * in between.
     *
     * @throws RadosException ECANCELED if so
     */
    public void confirm(Image image) throws RadosException {
        change(image, made, "open " + made);
        held = "open " + made;
    }

    /**
     * Takes the mark off the image, which is whole.
     *
     * @throws RadosException ECANCELED if another call has claimed the image, which is that one's to remove now
     */
    public void remove(Image image) throws RadosException {
        String omapKey = PREFIX + key;
        WriteOperation operation = new WriteOperation()
                .compareOmap(omapKey, Comparison.EQ, held.getBytes(StandardCharsets.UTF_8))
                .omapRemove(List.of(omapKey));
        image.pool().operate(HEADER + image.id(), operation);
    }

    /**
     * Claims an image that a dead client was making: it has the mark, and nobody has it open. From then on its maker,
     * should it live, cannot go on, and it is the caller's to remove.
     *
     * @return false for anything else, which is untouched
     */
    public boolean claim(Rbd rbd, String name) throws RadosException {
        try (Image image = rbd.openReadOnly(name)) {
            Optional<String> value = value(image);
            if (value.isEmpty() || !image.watchers().isEmpty()) {
                return false;
            }
            change(image, value.get(), "claimed " + made);
            held = "claimed " + made;
            return true;
        } catch (NotFoundException none) {
            return false;
        } catch (RadosException failed) {
            if (failed.errno() == Errno.ECANCELED) {
                return false;
            }
            throw failed;
        }
    }

    /** Whether an image has the mark, whoever makes it. False if there is no such image. */
    public boolean isOn(Rbd rbd, String name) throws RadosException {
        try (Image image = rbd.openReadOnly(name)) {
            return value(image).isPresent();
        } catch (NotFoundException none) {
            return false;
        }
    }

    private Optional<String> value(Image image) throws RadosException {
        return Optional.ofNullable(image.metadata().get(key)).map(text -> new String(text, StandardCharsets.UTF_8));
    }

    private void change(Image image, String from, String to) throws RadosException {
        String omapKey = PREFIX + key;
        WriteOperation operation = new WriteOperation()
                .compareOmap(omapKey, Comparison.EQ, from.getBytes(StandardCharsets.UTF_8))
                .omapSet(Map.of(omapKey, to.getBytes(StandardCharsets.UTF_8)));
        image.pool().operate(HEADER + image.id(), operation);
    }
}
