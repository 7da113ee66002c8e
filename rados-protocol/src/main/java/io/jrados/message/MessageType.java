package io.jrados.message;

import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Every message that this client sends or understands: number, version and compat version of what we write, and reader
 * (src/include/ceph_fs.h, src/msg/Message.h, src/messages).
 */
public enum MessageType {
    PING(2, 1, 1, Ping::decode),
    MON_MAP(4, 1, 1, MonMapMessage::decode),
    STATFS(13, 2, 1),
    STATFS_REPLY(14, 1, 1, StatFsReply::decode),
    MON_SUBSCRIBE(15, 3, 1),
    MON_SUBSCRIBE_ACK(16, 1, 1, MonSubscribeAck::decode),
    AUTH(17, 1, 1),
    AUTH_REPLY(18, 1, 1, AuthReply::decode),
    MON_GET_VERSION(19, 1, 1),
    MON_GET_VERSION_REPLY(20, 2, 2, MonGetVersionReply::decode),
    OSD_MAP(41, 4, 3, OsdMapMessage::decode),
    OSD_OP(42, 9, 3),
    OSD_OP_REPLY(43, 8, 2, OsdOpReply::decode),
    WATCH_NOTIFY(44, 3, 1, WatchNotify::decode),
    POOLOP_REPLY(48, 1, 1, PoolOpReply::decode),
    POOLOP(49, 4, 2),
    MON_COMMAND(50, 1, 1),
    MON_COMMAND_ACK(51, 1, 1, MonCommandAck::decode),
    OSD_BACKOFF(61, 1, 1, OsdBackoff::decode),
    LOG(52, 1, 1, LogMessage::decode),
    GETPOOLSTATS(58, 1, 1),
    GETPOOLSTATS_REPLY(59, 2, 1, GetPoolStatsReply::decode),
    CONFIG(62, 1, 1, ConfigMessage::decode),
    COMMAND(97, 1, 1),
    COMMAND_REPLY(98, 1, 1, CommandReply::decode),
    MGR_OPEN(0x700, 3, 1),
    MGR_CONFIGURE(0x701, 4, 1, MgrConfigure::decode),
    MGR_REPORT(0x702, 9, 1),
    MGR_MAP(0x704, 1, 1, MgrMap::decode),
    MGR_CLOSE(0x708, 1, 1, MgrClose::decode),
    MGR_COMMAND(0x709, 1, 1),
    MGR_COMMAND_REPLY(0x70a, 1, 1, CommandReply::decode);

    private static final Map<Integer, MessageType> BY_NUMBER = new HashMap<>();

    static {
        for (MessageType type : values()) {
            BY_NUMBER.put(type.number, type);
        }
    }

    private final int number;
    private final int version;
    private final int compat;
    private final Optional<Function<Payload, Object>> reader;

    MessageType(int number, int version, int compat) {
        this.number = number;
        this.version = version;
        this.compat = compat;
        this.reader = Optional.empty();
    }

    MessageType(int number, int version, int compat, Function<Payload, Object> reader) {
        this.number = number;
        this.version = version;
        this.compat = compat;
        this.reader = Optional.of(reader);
    }

    /** The type of a number from the wire, if it is known. */
    public static Optional<MessageType> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    public int number() {
        return number;
    }

    /** Version of the body as we write it, or the newest that we know. */
    public int version() {
        return version;
    }

    /** The oldest decoder that may read what we write. */
    public int compat() {
        return compat;
    }

    /** Reads a message of this type, owning its payload; empty for what a client only sends. */
    public Optional<Function<Payload, Object>> reader() {
        return reader;
    }

    Payload payload(long tid, ByteBuf front) {
        return Payload.of(number, version, compat, tid, front);
    }

    Payload payload(long tid, ByteBuf front, ByteBuf data) {
        return Payload.of(number, version, compat, tid, front, data);
    }
}
