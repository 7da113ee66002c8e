package io.jrados.mon;

import io.jrados.conf.FakeLoop;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One connection to a monitor that a test plays. */
final class FakeMonitor implements Connection {
    static final UUID FSID = UUID.fromString("e49a8f39-4f13-4673-bd7a-9e6201062540");
    static final int MON_MAP = 4;
    static final int SUBSCRIBE = 15;
    static final int CONFIG = 62;

    private final FakeLoop loop;
    final EntityAddr address;
    final ConnectionListener listener;
    final List<Payload> sent = new ArrayList<>();
    boolean closed;
    int keepalives;
    long acknowledged;

    FakeMonitor(FakeLoop loop, EntityAddr address, ConnectionListener listener) {
        this.loop = loop;
        this.acknowledged = loop.nanoTime();
        this.address = address;
        this.listener = listener;
    }

    FakeMonitor letsIn() {
        listener.onReady(this);
        loop.run();
        return this;
    }

    void fails(Errno errno, String doing) {
        closed = true;
        listener.onClosed(this, new RadosException(errno, doing));
        loop.run();
    }

    void tells(int type, long tid, Encoder front) {
        listener.onMessage(this, Payload.of(type, 1, 1, tid, front.take()));
        loop.run();
    }

    /** Its map of three monitors, and no configuration. */
    void welcomes() {
        tells(MON_MAP, 0, Encoder.heap().bytes(monMap(3, FSID)));
        tells(CONFIG, 0, Encoder.heap().u32(1).string("rbd_default_order").string("21"));
    }

    List<Integer> types() {
        return sent.stream().map(Payload::type).toList();
    }

    /** Returns the last subscription, as "osdmap from 5". */
    Map<String, Long> subscribed() {
        Payload last = sent.stream()
                .filter(message -> message.type() == SUBSCRIBE)
                .reduce((one, other) -> other)
                .orElseThrow();
        Map<String, Long> starts = new LinkedHashMap<>();
        Decoder in = new Decoder(last.front().duplicate());
        int count = in.count(13);
        for (int i = 0; i < count; i++) {
            String what = in.string();
            starts.put(what, in.u64());
            in.skip(1);
        }
        return starts;
    }

    @Override
    public void send(Payload message) {
        sent.add(message);
    }

    @Override
    public void exchange(int type, long tid, @Nullable Payload instead) {
        throw new UnsupportedOperationException("nothing is taken back from monitors");
    }

    @Override
    public long lastSentNanos() {
        return acknowledged;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public void keepalive() {
        keepalives++;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public EntityAddr peer() {
        return address;
    }

    @Override
    public int mode() {
        return 2;
    }

    @Override
    public long features() {
        return -1;
    }

    @Override
    public EntityAddr ownAddress() {
        return EntityAddr.BLANK;
    }

    @Override
    public long globalId() {
        return 4100;
    }

    @Override
    public boolean hasReceived() {
        return true;
    }

    @Override
    public long lastReceivedNanos() {
        return acknowledged;
    }

    @Override
    public long lastKeepaliveAckNanos() {
        return acknowledged;
    }

    static EntityAddr address(int number) {
        return EntityAddr.msgr2(new InetSocketAddress("10.0.0." + number, 3300));
    }

    static byte[] monMap(int count, UUID fsid) {
        return monMap(count, fsid, number -> List.of(address(number)));
    }

    static byte[] monMap(int count, UUID fsid, IntFunction<List<EntityAddr>> addresses) {
        Struct feature = new Struct("mon_feature_t", 1, 1, 1);
        return Encoder.bytesOf(out -> out.struct(new Struct("MonMap", 7, 7, 6), body -> {
            body.uuid(fsid).u32(2);
            Utime.ZERO.encode(body);
            Utime.ZERO.encode(body);
            body.struct(feature, bits -> bits.u64(0)).struct(feature, bits -> bits.u64(0));
            List<Integer> numbers = IntStream.rangeClosed(1, count).boxed().toList();
            body.list(numbers, (element, number) -> element.string("m" + number)
                    .struct(new Struct("mon_info_t", 4, 4, 1), info -> {
                        info.string("m" + number);
                        EntityAddr.encodeVector(info, addresses.apply(number));
                        info.u16(0).u16(0);
                    }));
            body.list(numbers, (element, number) -> element.string("m" + number))
                    .u8(16);
        }));
    }
}
