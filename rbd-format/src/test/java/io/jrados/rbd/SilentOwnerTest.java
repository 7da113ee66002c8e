package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.cls.Lock;
import io.jrados.cls.LockTerms;
import io.jrados.cls.Locks;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rados.Watch;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyResponse;
import io.jrados.rbd.lock.RequestId;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * A client that has an image's lock, does what it is asked for, and is not heard saying so: the notification of the end
 * is lost together with the watch of the client that asked. When it is asked again it answers as librbd does, which is
 * no answer at all to one who waits for the end.
 */
@CephTest
class SilentOwnerTest {
    private final List<RequestId> heard = new CopyOnWriteArrayList<>();

    @Test
    @Covers({"H84", "H74"})
    void aSnapshotThatTheOwnerHasMadeWithoutAWordIsMade(CephCluster cluster) throws Exception {
        String pool = cluster.pool(SilentOwnerTest.class);
        try (Rados ours = Rados.connect(TestConf.builder(cluster)
                        .set("rbd_request_timed_out_seconds", "1")
                        .build());
                Rados theirs = Rados.connect(TestConf.of(cluster))) {
            Rbd rbd = Rbd.on(ours.pool(pool));
            rbd.create("image", 4 << 20, ImageOptions.DEFAULT);
            try (Image image = rbd.open("image")) {
                Watch owner = own(theirs.pool(pool), ObjectNames.header(image.id()));
                image.createSnapshot("snap");

                assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("snap");
                assertThat(heard).hasSize(3);
                assertThat(heard.get(1)).as("asked once more").isEqualTo(heard.get(0));
                assertThat(heard.get(2)).as("asked anew").isNotEqualTo(heard.get(0));
                Wait.on(owner.closeAsync());
            }
        }
    }

    /** Takes the lock of an image as an image does, and answers for it. */
    private Watch own(Pool pool, String header) throws RadosException {
        Watch watch = Wait.on(pool.watchAsync(header, new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                NotifyMessage asked = Decoder.whole(message, NotifyMessage::decode);
                return asked instanceof NotifyMessage.SnapCreate create
                        ? Encoder.bytesOf(new NotifyResponse(created(pool, header, create))::encode)
                        : new byte[0];
            }

            @Override
            public void onError(RadosException error) {}
        }));
        Lock lock = Lock.exclusive("rbd_lock", "auto " + watch.handle()).withTag("internal");
        Locks.in(pool).lock(header, lock, LockTerms.USUAL);
        return watch;
    }

    /** The same request again is not done again, and a new one finds the snapshot there. */
    private int created(Pool pool, String header, NotifyMessage.SnapCreate create) {
        RequestId id = create.requestId().orElseThrow();
        if (heard.isEmpty()) {
            pool.createSnapIdAsync()
                    .thenCompose(snapId -> ClassCalls.writeAsync(
                            pool, header, SnapshotCalls.add(create.name(), snapId, SnapshotNamespace.USER)));
        }
        boolean known = heard.isEmpty() || heard.contains(id);
        heard.add(id);
        return known ? 0 : -Errno.EEXIST.number();
    }
}
