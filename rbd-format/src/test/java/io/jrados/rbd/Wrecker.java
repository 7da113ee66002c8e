package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.wire.Encoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Writes the image's keys by hand. */
final class Wrecker {
    final Pool pool;
    final String id;
    final String header;
    final String parent;

    Wrecker(Pool pool, String id, String parent) {
        this.pool = pool;
        this.id = id;
        this.header = "rbd_header." + id;
        this.parent = parent;
    }

    void set(String key, Consumer<Encoder> value) throws RadosException {
        raw(header, key, Encoder.bytesOf(value));
    }

    void raw(String object, String key, byte[] value) throws RadosException {
        pool.operate(object, new WriteOperation().omapSet(Map.of(key, value)));
    }

    void drop(String key) throws RadosException {
        pool.operate(header, new WriteOperation().omapRemove(Set.of(key)));
    }

    /** Cuts a value off in its middle. */
    void cut(String key) throws RadosException {
        byte[] whole = pool.omap(header).get(key);
        raw(header, key, Arrays.copyOf(whole, whole.length / 2));
    }

    /** Fills a value of this length with ones. */
    void ones(String key, int length) throws RadosException {
        byte[] ones = new byte[length];
        Arrays.fill(ones, (byte) 0xff);
        raw(header, key, ones);
    }

    String snapshotKey() throws RadosException {
        return pool.omap(header).keySet().stream()
                .filter(key -> key.startsWith("snapshot_"))
                .findFirst()
                .orElseThrow();
    }

    byte[] get(String key) throws RadosException {
        return pool.omap(header).get(key);
    }

    void object(String object, byte[] content) throws RadosException {
        pool.writeFull(object, ByteBuffer.wrap(content));
    }

    /** The link to a parent as the class writes it. */
    void parentLink(long poolId, String imageId, long snapId, long overlap) throws RadosException {
        set("parent", out -> {
            byte[] body = Encoder.bytesOf(to -> to.u64(poolId)
                    .string("")
                    .string(imageId)
                    .u64(snapId)
                    .bool(true)
                    .u64(overlap));
            out.u8(2).u8(1).u32(body.length);
            for (byte one : body) {
                out.u8(one & 0xff);
            }
        });
    }
}
