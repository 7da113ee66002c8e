package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.message.MessageType;
import io.jrados.message.OsdMapMessage;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A peer that sends what nobody should costs its own connection: operations and the map in force stay as they are. */
@Covers("K24")
class BadPeersTest extends ObjecterCase {
    private static final int STRAW2 = 5;
    private static final int ROOT = -1;
    /** From a bucket's id to its first item: type, algorithm, hash, weight, count. */
    private static final int FIRST_ITEM = 4 + 2 + 1 + 1 + 4 + 4;

    /** Epoch 17 with a root that holds itself, and a right checksum. */
    private static byte[] cyclicMap() {
        byte[] bytes = FakeCluster.encoded(17);
        ByteBuffer map = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int id = 4;
        while (map.getInt(id - 4) != STRAW2 || map.getInt(id) != ROOT) {
            id++;
        }
        map.putInt(id + FIRST_ITEM, ROOT);
        int end = bytes.length - 4;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        map.putInt(end, ~(int) crc.getValue());
        return bytes;
    }

    private static OsdMapMessage cyclic() {
        TreeMap<Long, byte[]> fulls = new TreeMap<>();
        fulls.put(17L, cyclicMap());
        return new OsdMapMessage(FakeCluster.map(16).fsid(), new TreeMap<>(), fulls, 1, 17);
    }

    private static Payload encoded(OsdMapMessage message) {
        ByteBuf front = Unpooled.buffer();
        new Encoder(front)
                .uuid(message.fsid())
                .u32(0)
                .map(message.fulls(), (out, epoch) -> out.u32(epoch), (out, map) -> out.bytes(map))
                .u32(message.oldest())
                .u32(message.newest())
                .u32(0);
        MessageType type = MessageType.OSD_MAP;
        return Payload.of(type.number(), type.version(), type.compat(), 0, front);
    }

    @Test
    @Covers("D38")
    void aMonitorsMapWithACycleCostsThatMonitor() {
        FakeCluster cluster = FakeCluster.at(16);
        cluster.objecter.mapped(cyclic());
        cluster.loop.run();
        assertThat(cluster.distrusted).singleElement().asString().contains("or in itself");
        assertThat(cluster.wanted).contains(0L);

        var write = write(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        assertThat(write).isCompleted();
        cluster.publish(17);
        assertThat(cluster.objecter.map().orElseThrow().epoch()).isEqualTo(17);
    }

    @Test
    @Covers("D38")
    void anOsdsMapWithACycleCostsThatOsdsConnection() {
        FakeCluster cluster = FakeCluster.at(16);
        var bad = write(cluster, cluster.objectOn(0));
        var good = write(cluster, cluster.objectOn(1));
        FakeConnection liar = cluster.to(0).ready();
        FakeConnection other = cluster.to(1).ready();
        liar.receive(encoded(cyclic()));
        assertThat(liar.closed).isTrue();
        assertThat(cluster.distrusted).isEmpty();
        assertThat(other.closed).isFalse();
        other.reply(other.next(), 0);
        assertThat(good).isCompleted();

        FakeConnection again = cluster.to(0).ready();
        again.reply(again.next(), 0);
        assertThat(bad).isCompleted();
    }

    @Test
    void aMalformedReplyCostsThatOsdsConnection() {
        FakeCluster cluster = FakeCluster.at(16);
        var write = write(cluster, cluster.objectOn(0));
        FakeConnection liar = cluster.to(0).ready();
        liar.receive(Payload.of(43, 8, 2, liar.next().tid(), Unpooled.wrappedBuffer(new byte[] {-1, -1, -1, -1})));
        assertThat(liar.closed).isTrue();
        FakeConnection again = cluster.to(0).ready();
        again.reply(again.next(), 0);
        assertThat(write).isCompleted();
    }

    /** As Ceph's own client does: a newer OSD may have something to say that an older one need not understand. */
    @Test
    void aMessageOfAnUnknownTypeIsSteppedOver() {
        FakeCluster cluster = FakeCluster.at(16);
        var write = write(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.receive(Payload.of(0x7777, 1, 1, 0, Unpooled.wrappedBuffer(new byte[] {1, 2, 3})));
        assertThat(osd.closed).isFalse();
        osd.reply(osd.next(), 0);
        assertThat(write).isCompleted();
    }
}
