package io.jrados.debug;

import io.jrados.crush.CrushMap;
import io.jrados.message.HObject;
import io.jrados.message.MessageType;
import io.jrados.message.MonMap;
import io.jrados.message.ObjectLocator;
import io.jrados.message.ObjectPage;
import io.jrados.message.Spg;
import io.jrados.osdmap.Incremental;
import io.jrados.osdmap.MapDetail;
import io.jrados.osdmap.PgId;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The one list of what can be decoded by name, without a connection: RADOS's structs, and messages by their fronts. */
public final class Structs {
    private static final Map<String, Function<byte[], Object>> ALL = all();

    private Structs() {}

    /** Readers by name, which throw {@link io.jrados.error.MalformedException} for bytes that are no such struct. */
    public static Map<String, Function<byte[], Object>> byName() {
        return ALL;
    }

    private static Function<byte[], Object> reader(Function<Decoder, ?> decode) {
        return bytes -> decode.apply(Decoder.of(bytes));
    }

    private static Function<byte[], Object> whole(Function<ByteBuf, ?> decode) {
        return bytes -> decode.apply(Unpooled.wrappedBuffer(bytes));
    }

    private static Map<String, Function<byte[], Object>> all() {
        Map<String, Function<byte[], Object>> readers = new TreeMap<>();
        readers.put("osdmap", whole(MapDetail::decode));
        readers.put("osdmap_incremental", whole(Incremental::decode));
        readers.put("crushmap", reader(CrushMap::decode));
        readers.put("monmap", reader(MonMap::decode));
        readers.put("entity_addr_t", reader(EntityAddr::decode));
        readers.put("entity_addrvec_t", reader(EntityAddr::decodeVector));
        readers.put("entity_name_t", reader(EntityName::decode));
        readers.put("utime_t", reader(Utime::decode));
        readers.put("pg_t", reader(PgId::decode));
        readers.put("spg_t", reader(Spg::decode));
        readers.put("hobject_t", reader(HObject::decode));
        readers.put("object_locator_t", reader(ObjectLocator::decode));
        readers.put("pg_nls_response_t", whole(ObjectPage::decode));
        for (MessageType type : MessageType.values()) {
            type.reader().ifPresent(reader -> readers.put(name(type), front -> message(type, reader, front)));
        }
        return Map.copyOf(readers);
    }

    private static String name(MessageType type) {
        return "message:" + type.name().toLowerCase(Locale.ROOT);
    }

    /** A message whose only segment is its front, in the version that we know. */
    private static Object message(MessageType type, Function<Payload, Object> reader, byte[] front) {
        return reader.apply(Payload.of(type.number(), type.version(), type.compat(), 0, Unpooled.wrappedBuffer(front)));
    }
}
