package io.jrados.rbd.ops;

import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.TrashImageSpec;
import io.jrados.rbd.model.TrashEntry;
import java.time.Instant;
import java.util.List;

/** The entries in the trash of a pool and namespace (Trash::list and Trash::get, src/librbd/api/Trash.cc). */
public final class TrashEntries {
    private final Pool pool;

    public TrashEntries(Pool pool) {
        this.pool = pool;
    }

    /** In order of ids: without those whose removal was interrupted, which are listed as images. */
    public List<TrashEntry> list() throws RadosException {
        return new Trash(pool)
                .list().stream()
                        .filter(entry -> entry.spec().source() != TrashImageSpec.Source.REMOVING)
                        .map(entry -> entry(entry.id(), entry.spec()))
                        .toList();
    }

    /** @throws RadosException ENOENT for the id */
    public TrashEntry get(String id) throws RadosException {
        return entry(
                id,
                new Trash(pool)
                        .find(id)
                        .orElseThrow(() -> new NotFoundException(
                                "looking for image " + id + " in the trash of " + Header.spec(pool, ""), null)));
    }

    private record Entry(String id, String name, Source source, Instant deleted, Instant defermentEnd)
            implements TrashEntry {}

    private static TrashEntry entry(String id, TrashImageSpec spec) {
        return new Entry(
                id,
                spec.name(),
                TrashEntry.Source.valueOf(spec.source().name()),
                spec.deleted().toInstant(),
                spec.defermentEnd().toInstant());
    }
}
