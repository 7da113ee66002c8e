package io.jrados.rados;

import io.jrados.error.RadosException;
import io.jrados.message.HObject;
import io.jrados.message.ObjectPage;
import io.jrados.message.Op;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.osd.ObjectName;
import io.jrados.osd.Objecter;
import io.jrados.osd.Request;
import io.jrados.osdmap.OsdMap;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * The names of a namespace's objects, in the order of their bit-reversed hashes: from one placement group to the next, page
 * by page (Objecter::enumerate_objects, src/osdc/Objecter.cc).
 */
final class ObjectListing implements Iterable<String> {
    private static final int PAGE = 1024;

    private final Objecter objecter;
    private final long pool;
    private final String poolName;
    private final String namespace;
    private final Duration deadline;

    ObjectListing(Objecter objecter, long pool, String poolName, String namespace, Duration deadline) {
        this.objecter = objecter;
        this.pool = pool;
        this.poolName = poolName;
        this.namespace = namespace;
        this.deadline = deadline;
    }

    @Override
    public Iterator<String> iterator() {
        return new Pages();
    }

    private ObjectPage page(HObject cursor) throws RadosException {
        long epoch = objecter.map().map(OsdMap::epoch).orElse(0L);
        Operation<ObjectPage> operation = new Operation<>(
                List.of(Op.list(PAGE, epoch, cursor)),
                OsdFlags.READ | OsdFlags.PGOP | OsdFlags.IGNORE_OVERLAY,
                (outputs, version) -> ObjectPage.decode(outputs.output(0)));
        return Wait.on(objecter.submit(
                new Request<>(ObjectName.group(pool, poolName, namespace, cursor.hash()), operation, deadline)));
    }

    private final class Pages implements Iterator<String> {
        private final Queue<String> names = new ArrayDeque<>();
        private HObject cursor = HObject.MIN;

        @Override
        public boolean hasNext() {
            while (names.isEmpty() && !cursor.max()) {
                fetch();
            }
            return !names.isEmpty();
        }

        private void fetch() {
            try {
                ObjectPage page = page(cursor);
                page.entries().forEach(entry -> names.add(entry.name()));
                cursor = page.next();
            } catch (RadosException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public String next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return names.remove();
        }
    }
}
