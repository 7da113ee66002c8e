package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Wait;
import io.jrados.rados.Watch;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashImageSpec;
import io.jrados.rbd.format.TrashNotice;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The notices that a watcher of a pool's trash hears, of this client and of librbd. */
@CephTest
@Timeout(120)
class TrashNoticeTest {
    private static final int MIB = 1 << 20;

    /** A watcher of ours. */
    private static final class Ears implements Watch.Listener {
        private final List<byte[]> heard = new CopyOnWriteArrayList<>();

        @Override
        public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
            heard.add(message);
            return new byte[0];
        }

        @Override
        public void onError(RadosException error) {
            throw new AssertionError(error);
        }
    }

    @Test
    @Covers("H86")
    void bothTellTheSame(CephCluster cluster) throws IOException {
        try (TestClient client = new TestClient(cluster, cluster.pool(TrashNoticeTest.class), TestClient.Mode.CRC);
                NativeClient theirs = new NativeClient(cluster, client.pool.name());
                NativeActor library = new NativeActor(theirs, client)) {
            client.pool.operate(ObjectNames.TRASH, new WriteOperation().create(false));
            Ears ears = new Ears();
            Watch watch = Wait.on(client.pool.watchAsync(ObjectNames.TRASH, ears, Duration.ofSeconds(30)));
            theirs.run("heard = []");
            theirs.run("watch = ioctx.watch('rbd_trash', lambda n, i, w, data: heard.append(data.hex()))");
            ImageActor ours = new OurActor(client);
            for (ImageActor actor : List.of(ours, library)) {
                ears.heard.clear();
                ours.create("image", MIB, ImageOptions.LAYERING);
                String id = actor.throwAway("image");
                actor.restore(id, "again");
                actor.throwAway("again");
                TrashImageSpec spec = TrashNotice.decode(Decoder.of(ears.heard.get(2)))
                        .added()
                        .orElseThrow();
                if (actor == ours) {
                    client.rbd.removeFromTrash(id, true, Progress.NONE);
                } else {
                    theirs.run("rbd.RBD().trash_remove(ioctx, '" + id + "', True)");
                }

                assertThat(spec.name()).isEqualTo("again");
                assertThat(spec.source()).isEqualTo(TrashImageSpec.Source.USER);
                assertThat(spec.state()).isEqualTo(TrashImageSpec.State.NORMAL);
                assertThat(ears.heard)
                        .extracting(message -> TrashNotice.decode(Decoder.of(message)))
                        .extracting(notice ->
                                notice.imageId() + " " + notice.added().isPresent())
                        .containsExactly(id + " true", id + " false", id + " true", id + " false");
                assertThat(ears.heard).allSatisfy(message -> assertThat(
                                TrashNotice.decode(Decoder.of(message)).toBytes())
                        .as("byte for byte")
                        .isEqualTo(message));
            }
            assertThat(theirs.run("len(heard)")).isEqualTo("8");
            assertThat(theirs.run("heard[-1]")).contains(HexFormat.of().formatHex(ears.heard.get(3)));
            theirs.run("watch.close()");
            Wait.on(watch.closeAsync());
        }
    }

    @Test
    @Covers("H86")
    void whatIsNoNoticeIsRefused() {
        byte[] whole = new TrashNotice("id", Optional.empty()).toBytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> TrashNotice.decode(Decoder.of(cut))).isInstanceOf(MalformedException.class);
        }
        byte[] unknown = Encoder.bytesOf(out -> out.u8(1).u8(1).u32(8).u32(2).u32(0));
        assertThatThrownBy(() -> TrashNotice.decode(Decoder.of(unknown))).isInstanceOf(MalformedException.class);
    }
}
