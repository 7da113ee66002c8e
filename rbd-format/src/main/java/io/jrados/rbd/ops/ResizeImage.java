package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.header.HeaderReader;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Window;
import java.util.Optional;

/**
 * Changes an image's size (src/librbd/operation/ResizeRequest.cc, src/librbd/operation/TrimRequest.cc). Writes are held
 * back meanwhile. Shrinking trims the data before the header tells the new size, so that nothing lies beyond an image's
 * end; run again it finishes what an interrupted run began. The object map is never shorter than the image.
 */
public final class ResizeImage {
    private final ImageContext image;
    private final long size;
    private final boolean mayShrink;
    private final Progress progress;
    private final Maintenance maintenance;

    /**
     * @param size bytes
     * @param mayShrink whether it may become smaller, and so lose data
     * @param progress in objects, when shrinking
     */
    public ResizeImage(ImageContext image, long size, boolean mayShrink, Progress progress) {
        this.image = image;
        this.size = size;
        this.mayShrink = mayShrink;
        this.progress = progress;
        this.maintenance = new Maintenance(image, "setting the size to " + size);
    }

    /** @throws RadosException EINVAL if it would shrink and must not, EROFS for an image that is read-only */
    public void run() throws RadosException {
        maintenance.run(request -> new NotifyMessage.Resize(size, request, mayShrink), progress, this::execute);
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        maintenance.holding(this::resize);
    }

    /** Resizes while another verb holds the gate, which reads the header anew afterwards. */
    void resize(HeldImage held) throws RadosException {
        if (size < 0 || size > HeaderReader.MAX_SIZE) {
            throw maintenance.refused(Errno.EINVAL, "it is not 0 to 1 EiB");
        }
        long before = image.state().size();
        if (size == before) {
            return;
        }
        if (size < before && !mayShrink) {
            throw maintenance.refused(Errno.EINVAL, "it has " + before + " bytes, and must not shrink");
        }
        if (size > before) {
            growObjectMap(held);
        } else {
            trim(held, before);
        }
        held.write(HeaderCalls.setSize(size));
        if (size < before) {
            resizeObjectMap(held);
        }
    }

    private void growObjectMap(HeldImage held) throws RadosException {
        if (image.state().has(Features.OBJECT_MAP) && image.layout().objectCount(size) > BitVector.MAX_OBJECTS) {
            throw maintenance.refused(Errno.EINVAL, "its object map would be too large");
        }
        resizeObjectMap(held);
    }

    private void resizeObjectMap(HeldImage held) throws RadosException {
        Optional<ObjectMap> map = held.objectMap();
        if (map.isPresent()) {
            map.get().resize(size);
        }
    }

    /** Trims the objects: some bytes of one set may stay, those behind go away. */
    private void trim(HeldImage held, long before) throws RadosException {
        Layout layout = image.layout();
        long first = size / layout.period() * layout.stripeCount();
        long end = layout.objectCount(before);
        long whole = Math.min(end, (size + layout.period() - 1) / layout.period() * layout.stripeCount());
        Optional<ObjectMap> map = held.objectMap();
        if (map.isPresent()) {
            map.get().deleting(whole, end);
        }
        Window.of(progress)
                .each(
                        first,
                        end,
                        number -> number < whole
                                ? image.objects().trim(number, layout.lengthBelow(number, size))
                                : image.objects().remove(number));
        if (map.isPresent()) {
            map.get().deleted(whole, end);
        }
    }
}
