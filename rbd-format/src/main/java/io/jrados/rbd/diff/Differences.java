package io.jrados.rbd.diff;

import io.jrados.rbd.format.Intervals;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.model.DiffExtent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The possible differences in a part of an image, or of an object.
 *
 * @param data where the later state has data
 * @param zeroes where the earlier state had data, and the later has none
 */
record Differences(Intervals data, Intervals zeroes) {
    Differences() {
        this(new Intervals(), new Intervals());
    }

    boolean isEmpty() {
        return data.isEmpty() && zeroes.isEmpty();
    }

    /** In ascending order. */
    List<DiffExtent> extents() {
        List<DiffExtent> extents = new ArrayList<>();
        add(extents, data, true);
        add(extents, zeroes, false);
        extents.sort(Comparator.comparingLong(DiffExtent::offset));
        return extents;
    }

    private static void add(List<DiffExtent> extents, Intervals intervals, boolean exists) {
        for (Range range : intervals.ranges()) {
            extents.add(new DiffExtent(range.offset(), range.length(), exists));
        }
    }
}
