package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.io.Gate;
import io.jrados.rbd.io.ImageContext;
import io.jrados.rbd.io.Window;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.model.Progress;

/**
 * Changes an image's size (src/librbd/operation/ResizeRequest.cc, src/librbd/operation/TrimRequest.cc). Writes are held
 * back meanwhile. Shrinking trims the data before the header tells the new size, so that nothing lies beyond an image's
 * end; run again it finishes what an interrupted run began.
 */
public final class ResizeImage {
    private final ImageContext image;
    private final long size;
    private final Progress progress;
    private final Maintenance maintenance;

    /**
     * @param size bytes
     * @param progress in objects, when shrinking
     */
    public ResizeImage(ImageContext image, long size, Progress progress) {
        this.image = image;
        this.size = size;
        this.progress = progress;
        this.maintenance = new Maintenance(image, "setting the size to " + size);
    }

    /** @throws RadosException EINVAL for a negative size, EROFS for an image that is read-only */
    public void run() throws RadosException {
        if (size < 0) {
            throw maintenance.refused(Errno.EINVAL, "it is negative");
        }
        maintenance.run(request -> new NotifyMessage.Resize(size, request, true), progress, this::execute);
    }

    /** What the lock's owner does. */
    void execute() throws RadosException {
        Gate.Hold hold = maintenance.begin();
        try {
            long before = image.state().size();
            if (size == before) {
                hold.close();
                return;
            }
            if (size < before) {
                trim(before);
            }
            maintenance.write(HeaderCalls.setSize(size));
        } catch (RadosException | RuntimeException failed) {
            hold.close();
            throw failed;
        }
        maintenance.finish(hold);
    }

    private void trim(long before) throws RadosException {
        Layout layout = image.layout();
        long sets = size / layout.period();
        long first = sets * layout.stripeCount();
        long end = layout.objectCount(before);
        Window.of(progress).each(first, end, number -> image.objects().trim(number, layout.lengthBelow(number, size)));
    }
}
