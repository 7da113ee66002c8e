package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.crypto.Crc32c;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody on the network changes one packet of a login, and lets all others pass. */
@CephTest
class ChangedLoginTest {
    private static final int AUTH_DONE = 6;
    private static final int AUTH_SIGNATURE = 7;

    private final AtomicInteger changed = new AtomicInteger();

    /** Nothing encrypts the global_id, and its signature comes one frame later. */
    private void change(int number, InputStream in, OutputStream out) throws IOException {
        out.write(Meddler.exactly(in, Meddler.BANNER));
        int tag = 0;
        while (number == 0 && tag != AUTH_DONE && tag != AUTH_SIGNATURE) {
            Meddler.Frame frame = Meddler.Frame.read(in);
            tag = frame.tag();
            if (tag == AUTH_DONE) {
                byte[] bytes = frame.payload();
                ByteBuffer payload = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                payload.putLong(0, payload.getLong(0) + 1);
                int end = bytes.length - Integer.BYTES;
                payload.putInt(end, Crc32c.of(Crc32c.SEED, bytes, 0, end));
                changed.incrementAndGet();
            }
            frame.write(out);
        }
        in.transferTo(out);
    }

    @Test
    @Timeout(60)
    @Covers({"A12", "B06"})
    void connectingGoesOnAsIfNothingHadBeen(CephCluster cluster) throws Exception {
        CephConf conf = Clients.conf(cluster);
        InetSocketAddress monitor = conf.monitors().get(0);
        try (Meddler meddler = new Meddler(monitor, this::change);
                Rados rados = Wait.on(Rados.builder(conf)
                        .connectDeadline(Duration.ofSeconds(30))
                        .translator(address -> address.equals(monitor) ? meddler.address() : address)
                        .connectAsync())) {
            assertThat(changed).hasValue(1);
            Pool pool = rados.pool(cluster.pool(getClass()));
            pool.writeFull("after", ByteBuffer.allocate(10));
        }
    }
}
