package io.jrados.rbd.survey;

import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.ParentCalls;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.header.HeaderReader;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageTimes;
import java.util.List;
import java.util.Optional;

/**
 * All that one operation on a header tells of the head: what opening an image asks for one after the other, and its
 * watchers.
 *
 * @param dataPool its id, -1 for the header's own
 * @param flags of the head's object map
 * @param parent a spec that does not exist when there is none
 * @param overlap empty when the head has no parent
 */
record HeaderFacts(
        long size,
        Layout layout,
        long features,
        String dataPrefix,
        long dataPool,
        long flags,
        SnapContext snapContext,
        ParentImageSpec parent,
        Optional<Long> overlap,
        ImageTimes times,
        List<WatcherInfo> watchers) {
    private static final int STRIPING = 11;
    private static final int WATCHERS = 12;

    static ReadOperation question() {
        ReadOperation operation = new ReadOperation();
        HeaderCalls.getSize(SnapContext.HEAD).addTo(operation);
        HeaderCalls.getFeatures(SnapContext.HEAD, true).addTo(operation);
        HeaderCalls.getObjectPrefix().addTo(operation);
        HeaderCalls.getDataPool().addTo(operation);
        HeaderCalls.getFlags(SnapContext.HEAD).addTo(operation);
        SnapshotCalls.getSnapContext().addTo(operation);
        ParentCalls.parentGet().addTo(operation);
        ParentCalls.parentOverlapGet(SnapContext.HEAD).addTo(operation);
        HeaderCalls.getCreateTimestamp().addTo(operation);
        HeaderCalls.getAccessTimestamp().addTo(operation);
        HeaderCalls.getModifyTimestamp().addTo(operation);
        HeaderCalls.getStripeUnitCount().addTo(operation);
        return operation.failOk().listWatchers();
    }

    /** @throws RadosException EBADMSG for what no image can have */
    static HeaderFacts of(ReadResult results, String doing) throws RadosException {
        HeaderCalls.SizeAndOrder size = HeaderCalls.getSize(SnapContext.HEAD).result(results, 0, doing);
        long features = HeaderCalls.getFeatures(SnapContext.HEAD, true)
                .result(results, 1, doing)
                .all();
        if (size.size() < 0 || size.size() > HeaderReader.MAX_SIZE) {
            throw new MalformedException("a head of " + Long.toUnsignedString(size.size()) + " bytes").during(doing);
        }
        int at = 2;
        return new HeaderFacts(
                size.size(),
                layout(size.order(), features, results, doing),
                features,
                HeaderCalls.getObjectPrefix().result(results, at++, doing),
                HeaderCalls.getDataPool().result(results, at++, doing),
                HeaderCalls.getFlags(SnapContext.HEAD).result(results, at++, doing),
                SnapshotCalls.getSnapContext().result(results, at++, doing),
                ParentCalls.parentGet().result(results, at++, doing),
                ParentCalls.parentOverlapGet(SnapContext.HEAD).result(results, at++, doing),
                new ImageTimes(
                        HeaderCalls.getCreateTimestamp().result(results, at++, doing),
                        HeaderCalls.getAccessTimestamp().result(results, at++, doing),
                        HeaderCalls.getModifyTimestamp().result(results, at, doing)),
                results.watchers(WATCHERS));
    }

    private static Layout layout(int order, long features, ReadResult results, String doing) throws RadosException {
        try {
            if ((features & Features.STRIPINGV2) == 0) {
                return Layout.plain(order);
            }
            HeaderCalls.Striping striping = HeaderCalls.getStripeUnitCount().result(results, STRIPING, doing);
            return new Layout(order, striping.unit(), striping.count());
        } catch (MalformedException impossible) {
            throw impossible.during(doing);
        }
    }

    boolean has(long feature) {
        return (features & feature) != 0;
    }

    /** Whether the head still shares something with its parent. */
    boolean isLinked() {
        return parent.exists() && overlap.isPresent();
    }

    /** Whether the head has an object map that says which objects there are. */
    boolean hasValidMap() {
        return has(Features.OBJECT_MAP) && (flags & HeaderCalls.OBJECT_MAP_INVALID) == 0;
    }
}
