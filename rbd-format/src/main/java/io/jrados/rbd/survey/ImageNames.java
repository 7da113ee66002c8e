package io.jrados.rbd.survey;

import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ReadCall;
import io.jrados.rbd.format.TrashCalls;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.wait.Async;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The names of images by their ids, for clones whose parents lie anywhere. Each directory is read once, page by page,
 * however many images are asked about.
 */
final class ImageNames {
    private static final long PAGE = 1024;

    private final Map<String, CompletableFuture<Map<String, String>>> directories = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Map<String, String>>> trashes = new ConcurrentHashMap<>();

    /**
     * A name.
     *
     * @param isInTrash whether it is the name that the image had
     */
    record Name(String text, boolean isInTrash) {}

    /** Tells of a pool's names what is known already. */
    void know(Pool pool, Map<String, String> namesToIds) {
        Map<String, String> byId = new HashMap<>();
        namesToIds.forEach((name, id) -> byId.put(id, name));
        directories.put(key(pool), CompletableFuture.completedFuture(byId));
    }

    /** Empty for an image that neither the directory nor the trash knows. */
    CompletableFuture<Optional<Name>> find(Pool pool, String id) {
        return once(directories, pool, this::directory)
                .thenCompose(names -> names.containsKey(id)
                        ? CompletableFuture.completedFuture(Optional.of(new Name(names.get(id), false)))
                        : once(trashes, pool, this::trash).thenApply(thrown -> Optional.ofNullable(thrown.get(id))
                                .map(name -> new Name(name, true))));
    }

    private static String key(Pool pool) {
        return pool.id() + "/" + pool.namespace();
    }

    private static CompletableFuture<Map<String, String>> once(
            Map<String, CompletableFuture<Map<String, String>>> known,
            Pool pool,
            Function<Pool, CompletableFuture<Map<String, String>>> read) {
        CompletableFuture<Map<String, String>> mine = new CompletableFuture<>();
        CompletableFuture<Map<String, String>> first = known.putIfAbsent(key(pool), mine);
        if (first != null) {
            return first;
        }
        read.apply(pool).whenComplete((names, failed) -> {
            if (failed == null) {
                mine.complete(names);
            } else {
                known.remove(key(pool), mine); // another may have more luck
                mine.completeExceptionally(Async.cause(failed));
            }
        });
        return mine;
    }

    private CompletableFuture<Map<String, String>> directory(Pool pool) {
        return pages(
                pool,
                ObjectNames.DIRECTORY,
                DirectoryCalls::dirList,
                "",
                new HashMap<>(),
                (names, page) -> page.forEach((name, id) -> names.put(id, name)));
    }

    private CompletableFuture<Map<String, String>> trash(Pool pool) {
        return pages(
                pool,
                ObjectNames.TRASH,
                TrashCalls::list,
                "",
                new HashMap<>(),
                (names, page) -> page.forEach((id, spec) -> names.put(id, spec.name())));
    }

    /** An object that is not there has no names. */
    private static <V> CompletableFuture<Map<String, String>> pages(
            Pool pool,
            String object,
            BiFunction<String, Long, ReadCall<Map<String, V>>> list,
            String after,
            Map<String, String> names,
            BiConsumer<Map<String, String>, Map<String, V>> add) {
        return ClassCalls.readAsync(pool, object, list.apply(after, PAGE))
                .exceptionallyCompose(failed -> Async.isAbsent(Async.cause(failed))
                        ? CompletableFuture.completedFuture(Map.of())
                        : CompletableFuture.failedFuture(failed))
                .thenCompose(page -> {
                    add.accept(names, page);
                    String last = after;
                    for (String key : page.keySet()) {
                        last = key;
                    }
                    return page.size() < PAGE
                            ? CompletableFuture.completedFuture(names)
                            : pages(pool, object, list, last, names, add);
                });
    }
}
