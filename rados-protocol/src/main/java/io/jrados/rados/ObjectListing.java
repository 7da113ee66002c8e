package io.jrados.rados;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.HObject;
import io.jrados.message.ObjectPage;
import io.jrados.message.Op;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.osd.ObjectName;
import io.jrados.osd.Objecter;
import io.jrados.osd.Request;
import io.jrados.osd.op.SnapContext;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PoolInfo;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The objects of a pool, in the order of their bit-reversed hashes: from one placement group to the next, page by page
 * (Objecter::enumerate_objects, src/osdc/Objecter.cc). Nothing is asked for before the first is taken. It is no
 * snapshot: what is made or deleted meanwhile may be in it or not. Immutable; several threads may go through it, or its
 * slices, at a time. Iterators throw an {@link UncheckedIOException} with the {@link RadosException}.
 */
public final class ObjectListing implements Iterable<ObjectEntry> {
    private static final int PAGE = 1024;
    private static final int MAX_SLICES = 1 << 16;
    /** LIBRADOS_ALL_NSPACES. */
    private static final String ALL_NAMESPACES = "\u0001";

    /** The scope of a listing. */
    record Scope(long pool, String poolName, String namespace, Optional<ObjectFilter> filter, Duration deadline) {}

    /** Some objects, and where the next ones begin. */
    public record Page(List<ObjectEntry> entries, ObjectCursor next) {}

    private final Objecter objecter;
    private final Scope scope;
    private final ObjectCursor begin;
    private final ObjectCursor end;

    ObjectListing(Objecter objecter, Scope scope) {
        this(objecter, scope, ObjectCursor.BEGIN, ObjectCursor.END);
    }

    private ObjectListing(Objecter objecter, Scope scope, ObjectCursor begin, ObjectCursor end) {
        this.objecter = objecter;
        this.scope = scope;
        this.begin = begin;
        this.end = end;
    }

    private ObjectListing of(String namespace, Optional<ObjectFilter> filter) {
        return new ObjectListing(
                objecter, new Scope(scope.pool, scope.poolName, namespace, filter, scope.deadline), begin, end);
    }

    /** Extends the listing to all namespaces. */
    public ObjectListing inAllNamespaces() {
        return of(ALL_NAMESPACES, scope.filter);
    }

    /** Only those that a filter lets through. */
    public ObjectListing filtered(ObjectFilter filter) {
        Objects.requireNonNull(filter, "filter");
        return of(scope.namespace, Optional.of(filter));
    }

    /** Restricts the listing to the objects from one place on and before another. */
    public ObjectListing between(ObjectCursor first, ObjectCursor last) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(last, "last");
        return new ObjectListing(objecter, scope, first, last);
    }

    /**
     * The same objects in parts of about the same size, for several threads.
     *
     * @throws IllegalArgumentException unless it is 1 to 65,536
     */
    public List<ObjectListing> slices(int count) {
        if (count < 1 || count > MAX_SLICES) {
            throw new IllegalArgumentException("count: " + count + " slices are not 1 to " + MAX_SLICES);
        }
        List<ObjectListing> slices = new ArrayList<>(count);
        ObjectCursor from = begin;
        for (int i = 1; i <= count; i++) {
            ObjectCursor to = i == count ? end : begin.split(end, scope.pool, i, count);
            slices.add(between(from, to));
            from = to;
        }
        return slices;
    }

    /**
     * Up to {@code most} objects from a place on. The OSD may return fewer, even none before the end.
     *
     * @param most at least 1
     */
    public CompletableFuture<Page> pageAsync(ObjectCursor cursor, int most) {
        if (cursor == null) {
            return Wait.missing("cursor");
        }
        if (most < 1) {
            return Wait.refused("most", most);
        }
        if (cursor.compareTo(end) >= 0) {
            return CompletableFuture.completedFuture(new Page(List.of(), end));
        }
        HObject place = cursor.place();
        long epoch = objecter.map().map(OsdMap::epoch).orElse(0L);
        Operation<ObjectPage> operation = new Operation<>(
                List.of(Op.list(most, epoch, place, scope.filter.map(ObjectFilter::encoded))),
                OsdFlags.READ | OsdFlags.PGOP | OsdFlags.IGNORE_OVERLAY,
                (outputs, version) -> ObjectPage.decode(outputs.output(0)));
        ObjectName group = ObjectName.group(scope.pool, scope.poolName, scope.namespace, place.hash());
        return objecter.submit(new Request<>(group, operation, scope.deadline)).thenCompose(this::cut);
    }

    /** {@link #pageAsync}, waited for. */
    public Page page(ObjectCursor cursor, int most) throws RadosException {
        return Wait.on(pageAsync(cursor, most));
    }

    /** Leaves out what is not before the end. */
    private CompletableFuture<Page> cut(ObjectPage page) {
        Optional<PoolInfo> pool = objecter.map().flatMap(map -> map.pool(scope.pool));
        if (pool.isEmpty()) {
            return CompletableFuture.failedFuture(
                    RadosException.of(Errno.ENOENT, "listing the objects of pool " + scope.poolName));
        }
        boolean last = page.next().compareTo(end.place()) >= 0;
        List<ObjectEntry> entries = new ArrayList<>(page.entries().size());
        for (ObjectPage.Entry entry : page.entries()) {
            if (!last || place(entry, pool.get()).compareTo(end.place()) < 0) {
                Optional<String> key = Optional.of(entry.key()).filter(given -> !given.isEmpty());
                entries.add(new ObjectEntry(entry.namespace(), entry.name(), key));
            }
        }
        return CompletableFuture.completedFuture(
                new Page(List.copyOf(entries), last ? end : new ObjectCursor(page.next())));
    }

    private static HObject place(ObjectPage.Entry entry, PoolInfo pool) {
        int hash = pool.rawPgOf(entry.name(), entry.key(), entry.namespace()).seed();
        return new HObject(entry.key(), entry.name(), SnapContext.HEAD, hash, false, entry.namespace(), pool.id());
    }

    /** One after the other, fetched page by page. */
    @Override
    public Iterator<ObjectEntry> iterator() {
        return new Pages();
    }

    /** As {@link #iterator}. */
    public Stream<ObjectEntry> stream() {
        return StreamSupport.stream(spliterator(), false);
    }

    private final class Pages implements Iterator<ObjectEntry> {
        private final Queue<ObjectEntry> entries = new ArrayDeque<>();
        private ObjectCursor cursor = begin;

        @Override
        public boolean hasNext() {
            while (entries.isEmpty() && cursor.compareTo(end) < 0) {
                fetch();
            }
            return !entries.isEmpty();
        }

        private void fetch() {
            try {
                Page page = Wait.on(pageAsync(cursor, PAGE));
                entries.addAll(page.entries());
                cursor = page.next();
            } catch (RadosException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public ObjectEntry next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return entries.remove();
        }
    }
}
