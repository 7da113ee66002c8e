package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.Peers;
import io.jrados.rbd.lock.RequestId;
import io.jrados.rbd.model.SnapshotQuiesce;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The time in which those who write to an image hold still, for a snapshot. */
final class Stillness {
    private static final Logger LOG = LoggerFactory.getLogger(Stillness.class);

    private Stillness() {}

    /** Asks them, does {@code verb}, and tells them to go on. Fails if all are required to, and one refuses. */
    static void during(ImageContext image, SnapshotQuiesce mode, Maintenance.Verb verb) throws RadosException {
        if (mode == SnapshotQuiesce.SKIP || image.access().peers().isEmpty()) {
            verb.execute();
            return;
        }
        Peers peers = image.access().peers().get();
        RequestId id = Wait.on(peers.newRequestAsync());
        try {
            ask(image, mode, peers, id);
            verb.execute();
        } finally {
            Wait.throughInterrupts(peers.unquiesceAsync(id));
        }
    }

    private static void ask(ImageContext image, SnapshotQuiesce mode, Peers peers, RequestId id) throws RadosException {
        try {
            Wait.on(peers.quiesceAsync(id));
        } catch (RadosException refused) {
            if (mode == SnapshotQuiesce.REQUIRED) {
                throw refused;
            }
            LOG.info("a snapshot of {} is made although not all hold still: {}", image.spec(), refused.getMessage());
        }
    }
}
