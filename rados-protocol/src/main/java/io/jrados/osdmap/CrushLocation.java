package io.jrados.osdmap;

import io.jrados.crush.CrushMap;
import io.jrados.error.Printable;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The place of a client in the hierarchy of OSDs (src/crush/CrushLocation.cc,
 * CrushWrapper::get_common_ancestor_distance in src/crush/CrushWrapper.cc).
 */
public final class CrushLocation {
    /** An OSD with which a location has nothing in common. */
    public static final int FAR = Integer.MAX_VALUE;

    /**
     * Names of buckets by the names of their types. A client may be in several of one type: multipath, stretched racks.
     */
    private final Map<String, Set<String>> buckets;

    private CrushLocation(Map<String, Set<String>> buckets) {
        this.buckets = buckets;
    }

    /**
     * Reads {@code crush_location}: {@code host=a rack=r1}, also with semicolons or commas between.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static CrushLocation parse(String text) {
        Map<String, Set<String>> buckets = new TreeMap<>();
        for (String pair : text.strip().split("[;,\\s]+")) {
            int equals = pair.indexOf('=');
            if (equals <= 0 || equals == pair.length() - 1) {
                throw new IllegalArgumentException("crush_location \"" + Printable.quoted(text) + "\": \""
                        + Printable.quoted(pair) + "\" is not type=name");
            }
            buckets.computeIfAbsent(pair.substring(0, equals), type -> new LinkedHashSet<>())
                    .add(pair.substring(equals + 1));
        }
        return new CrushLocation(buckets);
    }

    /**
     * The number of the lowest type at which an OSD and this have a bucket in common; {@link #FAR} if there is none.
     */
    public int distance(CrushMap crush, int osd) {
        Map<String, String> path = path(crush, osd);
        return crush.names().types().entrySet().stream()
                .filter(type -> path.containsKey(type.getValue()))
                .filter(type -> buckets.getOrDefault(type.getValue(), Collections.emptySet())
                        .contains(path.get(type.getValue())))
                .mapToInt(Map.Entry::getKey)
                .min()
                .orElse(FAR);
    }

    /** The item and what it lies in, by types; shadow buckets of device classes don't count. */
    private static Map<String, String> path(CrushMap crush, int osd) {
        Map<String, String> path = new TreeMap<>();
        Integer item = osd;
        while (item != null) {
            String type = crush.names().types().get(crush.typeOf(item));
            String name = crush.names().items().get(item);
            if (type != null && name != null) {
                path.put(type, name);
            }
            item = parent(crush, item);
        }
        return path;
    }

    private static @Nullable Integer parent(CrushMap crush, int item) {
        for (Map.Entry<Integer, String> candidate : crush.names().items().entrySet()) {
            if (candidate.getKey() < 0
                    && candidate.getValue().indexOf('~') < 0
                    && crush.itemsOf(candidate.getKey()).contains(item)) {
                return candidate.getKey();
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "crush_location" + buckets;
    }
}
