package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.TrashEntry;
import io.jrados.rbd.model.TrashEntry.Source;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what people have moved to the trash (Trash::purge, src/librbd/api/Trash.cc). Images that others of the trash
 * hang on go after those.
 */
public final class PurgeTrash {
    private static final Set<Errno> PERHAPS_LATER = Set.of(Errno.ENOTEMPTY, Errno.EBUSY, Errno.EMLINK);

    private final Pool pool;
    private final Predicate<TrashEntry> chosen;
    private final Progress progress;
    private final OtherImages others;

    /**
     * @param chosen whether an image is deleted that a person, or its clones, left there
     * @param progress in images
     */
    public PurgeTrash(Pool pool, Predicate<TrashEntry> chosen, Progress progress, OtherImages others) {
        this.pool = pool;
        this.chosen = chosen;
        this.progress = progress;
        this.others = others;
    }

    /** Whether it is one of those that people see in the trash, and that a purge may take. */
    public static boolean isPurged(TrashEntry entry) {
        return entry.source() == Source.USER || entry.source() == Source.USER_PARENT;
    }

    /** @throws RadosException ENOTEMPTY, EBUSY or EMLINK for what could not be deleted, when all else is */
    public void run() throws RadosException {
        List<TrashEntry> waiting = new ArrayList<>();
        for (TrashEntry entry : new TrashEntries(pool).list()) {
            if (isPurged(entry) && chosen.test(entry)) {
                waiting.add(entry);
            }
        }
        int total = waiting.size();
        RadosException held;
        int round;
        do {
            round = waiting.size();
            held = deleteOnce(waiting, total);
        } while (!waiting.isEmpty() && waiting.size() < round);
        if (held != null) {
            throw held;
        }
    }

    private @Nullable RadosException deleteOnce(List<TrashEntry> waiting, int total) throws RadosException {
        RadosException held = null;
        for (Iterator<TrashEntry> entries = waiting.iterator(); entries.hasNext(); ) {
            String id = entries.next().id();
            if (progress.isCancelled()) {
                throw RadosException.of(Errno.ECANCELED, "purging the trash of " + Header.spec(pool, ""));
            }
            try {
                new RemoveFromTrash(pool, id, true, Progress.NONE, others).run();
            } catch (NotFoundException gone) {
                // An image that was kept for its clones goes with the last of them.
            } catch (RadosException failed) {
                if (!PERHAPS_LATER.contains(failed.errno())) {
                    throw failed;
                }
                held = failed;
                continue;
            }
            entries.remove();
            progress.report(total - waiting.size(), total);
        }
        return held;
    }
}
