package io.jrados.rbd.survey;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SummaryOptions;
import io.jrados.rbd.ops.ListImages;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Describes all images of a pool and namespace, several at a time, in order of their names. A failure is that of one
 * image, and the others are told of nevertheless; an image that is removed meanwhile is such a failure.
 */
public final class SurveyImages {
    private final Pool pool;
    private final SummaryOptions options;
    private final Progress progress;

    /** @param progress in images */
    public SurveyImages(Pool pool, SummaryOptions options, Progress progress) {
        this.pool = pool;
        this.options = options;
        this.progress = progress;
    }

    /**
     * @param each called on this thread, one after the other; while it runs only as many images are being asked about
     *     as the width says
     * @throws RadosException for what concerns no single image: the list of them, ECANCELED, EINTR
     */
    public void run(Consumer<FoundImage> each) throws RadosException {
        Map<String, String> ids = new ListImages(pool).namesToIds();
        ImageNames names = new ImageNames();
        names.know(pool, ids);
        Deque<CompletableFuture<FoundImage>> ahead = new ArrayDeque<>();
        long told = 0;
        try {
            for (Map.Entry<String, String> image : ids.entrySet()) {
                ahead.add(
                        new SurveyImage(pool, image.getKey(), image.getValue(), options.includeUsage(), names).start());
                if (ahead.size() >= options.width()) {
                    tell(ahead, each, ++told, ids.size());
                }
            }
            while (!ahead.isEmpty()) {
                tell(ahead, each, ++told, ids.size());
            }
        } finally {
            ahead.forEach(asked -> asked.cancel(false));
        }
    }

    private void tell(Deque<CompletableFuture<FoundImage>> ahead, Consumer<FoundImage> each, long told, long total)
            throws RadosException {
        if (progress.isCancelled()) {
            throw RadosException.of(
                    Errno.ECANCELED, "describing the images of " + pool + ", after " + (told - 1) + " of " + total);
        }
        each.accept(Wait.on(ahead.remove()));
        progress.report(told, total);
    }
}
