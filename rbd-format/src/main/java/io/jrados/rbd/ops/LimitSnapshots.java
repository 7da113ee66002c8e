package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.image.ImageContext;
import java.util.OptionalLong;

/** The limit on an image's snapshots (src/librbd/operation/SnapshotLimitRequest.cc). */
public final class LimitSnapshots {
    private final ImageContext image;

    public LimitSnapshots(ImageContext image) {
        this.image = image;
    }

    /** Empty when there is none. */
    public OptionalLong get() throws RadosException {
        long limit = ClassCalls.read(image.pool(), image.header(), SnapshotCalls.getLimit());
        return limit == SnapshotCalls.UNLIMITED ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /**
     * @param limit empty for none
     * @throws RadosException EINVAL for a negative one, ERANGE below the number that exists, EROFS for an image that is
     *     read-only
     */
    public void set(OptionalLong limit) throws RadosException {
        Maintenance maintenance = new Maintenance(
                image, "limiting the snapshots to " + (limit.isPresent() ? limit.getAsLong() : "any number"));
        if (limit.isPresent() && limit.getAsLong() < 0) {
            throw maintenance.refused(Errno.EINVAL, "it is negative");
        }
        maintenance.runHere(() -> set(maintenance, limit));
    }

    private static void set(Maintenance maintenance, OptionalLong limit) throws RadosException {
        maintenance.holding(held -> {
            held.write(SnapshotCalls.setLimit(limit.orElse(SnapshotCalls.UNLIMITED)));
        });
    }
}
