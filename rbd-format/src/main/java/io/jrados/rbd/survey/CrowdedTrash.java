package io.jrados.rbd.survey;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.NotFoundException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.json.JsonReader;
import io.jrados.json.JsonValue;
import io.jrados.json.JsonValue.JsonNumber;
import io.jrados.rados.Command;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.TrashEntry;
import io.jrados.rbd.ops.PurgeTrash;
import io.jrados.rbd.ops.TrashEntries;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the images of the trash without which their pools are no fuller than they may be (Trash::purge in
 * src/librbd/api/Trash.cc): of each pool that is too full those whose deferment ends first, until they take as much as
 * is too much. The pool that counts is that of an image's data, wherever its header is.
 */
public final class CrowdedTrash {
    private static final Logger LOG = LoggerFactory.getLogger(CrowdedTrash.class);

    private final Pool pool;
    private final double threshold;
    private final Progress progress;
    private final String doing;

    /**
     * The fullness of a pool.
     *
     * @param share of its room that is taken, 0 to 1
     * @param bytes that are taken, and those that there is room for
     */
    private record Fullness(double share, long bytes) {}

    /**
     * @param threshold share of a pool's room that may be taken, 0 to 1
     * @param progress asked whether to go on
     */
    public CrowdedTrash(Pool pool, double threshold, Progress progress) {
        this.pool = pool;
        this.threshold = threshold;
        this.progress = progress;
        this.doing = "choosing what to purge from the trash of " + pool;
    }

    /** Returns the ids of the images; empty if no pool is too full, or nothing in the trash takes room there. */
    public Set<String> run() throws RadosException {
        Map<String, List<TrashEntry>> byPool = new TreeMap<>();
        for (TrashEntry entry : new TrashEntries(pool).list()) {
            if (PurgeTrash.isPurged(entry)) {
                Optional<String> data = dataPool(entry.id());
                data.ifPresent(name ->
                        byPool.computeIfAbsent(name, none -> new ArrayList<>()).add(entry));
            }
        }
        Map<String, Fullness> full = byPool.isEmpty() ? Map.of() : fullness();
        Set<String> chosen = new HashSet<>();
        for (Map.Entry<String, List<TrashEntry>> there : byPool.entrySet()) {
            Fullness fullness = full.get(there.getKey());
            if (fullness != null && fullness.share > threshold) {
                chosen.addAll(choose(there.getValue(), (long) (fullness.bytes * (fullness.share - threshold))));
            }
        }
        return chosen;
    }

    /** The first ones, by their deferment, that take so many bytes; none if all of them take nothing. */
    private Set<String> choose(List<TrashEntry> entries, long tooMuch) throws RadosException {
        Set<String> chosen = new HashSet<>();
        long freed = 0;
        entries.sort(Comparator.comparing(TrashEntry::defermentEnd));
        for (TrashEntry entry : entries) {
            if (progress.isCancelled()) {
                throw RadosException.of(Errno.ECANCELED, doing);
            }
            try {
                freed += MeasureImage.ofHead(pool, entry.id(), entry.name());
                chosen.add(entry.id());
            } catch (NotFoundException gone) {
                continue; // somebody else has removed it
            } catch (RadosException unreadable) {
                if (unreadable.errno() != Errno.ENOSYS && unreadable.errno() != Errno.EBADMSG) {
                    throw unreadable;
                }
                LOG.warn(
                        "{} stays, as nobody can tell what it takes: {}",
                        Printable.of(entry.name()),
                        unreadable.getMessage());
                continue;
            }
            if (freed >= tooMuch) {
                break;
            }
        }
        return freed == 0 ? Set.of() : chosen;
    }

    /** The name of the pool of an image's data; empty if that pool or the image is gone. */
    private Optional<String> dataPool(String id) throws RadosException {
        try {
            long data = ClassCalls.read(pool, ObjectNames.header(id), HeaderCalls.getDataPool());
            return Optional.of(data < 0 ? pool.name() : pool.rados().pool(data).name());
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
    }

    private Map<String, Fullness> fullness() throws RadosException {
        byte[] answer = pool.rados().admin().commands().mon(Command.of("df")).output();
        try {
            Map<String, Fullness> full = new TreeMap<>();
            for (JsonValue one : JsonReader.read(answer).get("pools").elements()) {
                JsonValue stats = one.get("stats");
                full.put(
                        one.get("name").text(),
                        new Fullness(
                                share(stats.get("percent_used")),
                                stats.get("max_avail").number()
                                        + stats.get("bytes_used").number()));
            }
            return full;
        } catch (MalformedException malformed) {
            throw malformed.during(doing);
        }
    }

    private static double share(JsonValue value) {
        if (value instanceof JsonNumber number) {
            return Double.parseDouble(number.literal());
        }
        throw new MalformedException("a share that is no number");
    }
}
