package io.jrados.rados;

import io.jrados.error.RadosException;
import io.jrados.osd.op.OmapPage;
import io.jrados.osd.op.ReadOperation;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** An object's omap pairs, in key order, fetched page by page as they are taken. */
final class OmapPages implements Iterator<Map.Entry<String, byte[]>> {
    private static final int PAGE = 1024;

    private final Pool pool;
    private final String object;
    private final String prefix;
    private final Queue<Map.Entry<String, byte[]>> pairs = new ArrayDeque<>();
    private String after;
    private boolean ended;

    OmapPages(Pool pool, String object, String after, String prefix) {
        this.pool = pool;
        this.object = object;
        this.after = after;
        this.prefix = prefix;
    }

    @Override
    public boolean hasNext() {
        while (pairs.isEmpty() && !ended) {
            fetch();
        }
        return !pairs.isEmpty();
    }

    /** All pairs, page by page. A page of an object that is gone by then fails with ENOENT. */
    static CompletableFuture<Map<String, byte[]>> all(Pool pool, String object) {
        return more(pool, object, "", new LinkedHashMap<>());
    }

    private static CompletableFuture<Map<String, byte[]>> more(
            Pool pool, String object, String after, Map<String, byte[]> found) {
        return pool.operateAsync(object, new ReadOperation().omapValues(after, "", PAGE))
                .thenCompose(result -> {
                    OmapPage page = result.omap(0);
                    String last = after;
                    for (Map.Entry<String, byte[]> pair : page.pairs().entrySet()) {
                        found.put(pair.getKey(), pair.getValue());
                        last = pair.getKey();
                    }
                    return page.truncated() && !page.pairs().isEmpty()
                            ? more(pool, object, last, found)
                            : CompletableFuture.completedFuture(found);
                });
    }

    private void fetch() {
        try {
            OmapPage page = pool.operate(object, new ReadOperation().omapValues(after, prefix, PAGE))
                    .omap(0);
            for (Map.Entry<String, byte[]> pair : page.pairs().entrySet()) {
                pairs.add(pair);
                after = pair.getKey();
            }
            ended = !page.truncated() || page.pairs().isEmpty();
        } catch (RadosException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public Map.Entry<String, byte[]> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return pairs.remove();
    }
}
