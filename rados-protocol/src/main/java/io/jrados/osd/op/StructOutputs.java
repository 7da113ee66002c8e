package io.jrados.osd.op;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The structs that object operations return (src/osd/PrimaryLogPG.cc, src/osd/osd_types.h). */
final class StructOutputs {
    private static final Struct WATCHERS = new Struct("obj_list_watch_response_t", 1, 1, 1);
    private static final Struct WATCHER = new Struct("watch_item_t", 2, 2, 1);
    private static final Struct SNAPS = new Struct("obj_list_snap_response_t", 2, 2, 1);
    private static final Struct CLONE = new Struct("clone_info", 1, 1, 1);

    private StructOutputs() {}

    static ObjectStat stat(ByteBuf bytes) {
        Decoder in = new Decoder(bytes);
        return new ObjectStat(in.u64(), Utime.decode(in).toInstant());
    }

    /** Attributes, or omap pairs of given keys. */
    static OmapPage pairs(ByteBuf bytes) {
        return new OmapPage(pairs(new Decoder(bytes)), false);
    }

    static OmapPage page(ByteBuf bytes) {
        Decoder in = new Decoder(bytes);
        return new OmapPage(pairs(in), in.bool());
    }

    static OmapPage keys(ByteBuf bytes) {
        Decoder in = new Decoder(bytes);
        Map<String, byte[]> keys = new LinkedHashMap<>();
        for (int left = in.count(4); left > 0; left--) {
            keys.put(name(in), new byte[0]);
        }
        return new OmapPage(keys, in.bool());
    }

    private static Map<String, byte[]> pairs(Decoder in) {
        return in.map(8, StructOutputs::name, Decoder::bytes);
    }

    /** A name that is text. One that is not could not be asked for again. */
    private static String name(Decoder in) {
        byte[] bytes = in.bytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new MalformedException("a name of " + bytes.length + " bytes that is not UTF-8", notText);
        }
    }

    /** A map of offsets to lengths. */
    static List<?> extents(ByteBuf bytes) {
        return new Decoder(bytes).list(16, StructOutputs::extent);
    }

    private static SparseData.Extent extent(Decoder in) {
        return new SparseData.Extent(in.u64(), in.u64());
    }

    static Boolean flag(ByteBuf bytes) {
        return new Decoder(bytes).bool();
    }

    static List<?> watchers(ByteBuf bytes) {
        return new Decoder(bytes).struct(WATCHERS, (body, version) -> body.list(1, StructOutputs::watcher));
    }

    private static WatcherInfo watcher(Decoder in) {
        return in.struct(WATCHER, (body, version) -> {
            EntityName name = EntityName.decode(body);
            return new WatcherInfo(name.number(), body.u64(), body.u32(), legacy(EntityAddr.decode(body)));
        });
    }

    /** An address without the prefix that names its protocol. */
    private static String legacy(EntityAddr address) {
        return address.withType(EntityAddr.NONE).toString();
    }

    static SnapSet snaps(ByteBuf bytes) {
        return new Decoder(bytes)
                .struct(SNAPS, (body, version) -> new SnapSet(body.list(6, StructOutputs::cloned), body.u64()));
    }

    private static SnapSet.Clone cloned(Decoder in) {
        return in.struct(CLONE, (body, version) -> {
            long id = body.u64();
            List<Long> snaps = new ArrayList<>();
            for (long snap : body.u64s()) {
                snaps.add(snap);
            }
            if (id != SnapContext.HEAD && snaps.isEmpty()) {
                throw new MalformedException("a clone " + id + " that no snapshot sees");
            }
            return new SnapSet.Clone(id, List.copyOf(snaps), body.list(16, StructOutputs::extent), body.u64());
        });
    }
}
