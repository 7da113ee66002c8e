package io.jrados.rbd.ops;

import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.wire.Decoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The names of the images of a pool and namespace (Image::list_images, src/librbd/api/Image.cc). */
public final class ListImages {
    private static final long PAGE = 1024;

    /** Bytes: more names of format 1 were never seen. */
    private static final int MAX_FORMAT_ONE = 16 << 20;

    private final Pool pool;

    public ListImages(Pool pool) {
        this.pool = pool;
    }

    /** In order: images of both formats, and those whose removal was interrupted. */
    public List<String> run() throws RadosException {
        Set<String> names = new TreeSet<>(namesToIds().keySet());
        if (pool.namespace().isEmpty()) {
            names.addAll(formatOne());
        }
        new Trash(pool)
                .list(Source.REMOVING)
                .forEach(entry -> names.add(entry.spec().name()));
        return List.copyOf(names);
    }

    /** The ids of the images of format 2, by name. */
    public Map<String, String> namesToIds() throws RadosException {
        Map<String, String> all = new TreeMap<>();
        String after = "";
        Map<String, String> page;
        do {
            String from = after;
            page = Tolerate.absent(
                            () -> ClassCalls.read(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirList(from, PAGE)))
                    .orElse(Map.of());
            for (String name : page.keySet()) {
                after = name;
            }
            all.putAll(page);
        } while (page.size() == PAGE);
        return all;
    }

    /** Lists the images of format 1, which are in the directory's data: a header, and a map by names. */
    private Set<String> formatOne() throws RadosException {
        Optional<ReadResult> found =
                Tolerate.absent(() -> pool.operate(ObjectNames.DIRECTORY, new ReadOperation().read(0, MAX_FORMAT_ONE)));
        if (found.isEmpty() || !found.get().data(0).hasRemaining()) {
            return Set.of();
        }
        try {
            Decoder in = Decoder.of(found.get().data(0));
            in.bytes();
            return in.map(8, Decoder::string, Decoder::bytes).keySet();
        } catch (MalformedException malformed) {
            throw malformed.during("listing the images of format 1 of pool " + pool.name());
        }
    }
}
