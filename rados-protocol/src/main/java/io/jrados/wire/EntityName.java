package io.jrados.wire;

/**
 * The kind and number of a daemon or client on the wire: entity_name_t (src/msg/msg_types.h).
 *
 * @param type one of the constants here
 * @param number of the daemon, or the client's global_id
 */
public record EntityName(int type, long number) {
    public static final int MON = 1;
    public static final int MDS = 2;
    public static final int OSD = 4;
    public static final int CLIENT = 8;
    public static final int MGR = 0x10;
    public static final int AUTH = 0x20;

    public static EntityName decode(Decoder in) {
        return new EntityName(in.u8(), in.u64());
    }

    public void encode(Encoder out) {
        out.u8(type).u64(number);
    }

    /**
     * A name as Ceph prints it: {@code client.4123}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static EntityName parse(String text) {
        int dot = text.indexOf('.');
        for (int type : new int[] {CLIENT, OSD, MON, MGR, MDS}) {
            if (dot > 0 && text.substring(0, dot).equals(typeName(type))) {
                return new EntityName(type, Long.parseLong(text.substring(dot + 1)));
            }
        }
        throw new IllegalArgumentException("no name of a daemon or client: " + text);
    }

    /** The word of a type: "osd". */
    public static String typeName(int type) {
        return switch (type) {
            case MON -> "mon";
            case MDS -> "mds";
            case OSD -> "osd";
            case CLIENT -> "client";
            case MGR -> "mgr";
            case AUTH -> "auth";
            default -> "type-" + type;
        };
    }

    @Override
    public String toString() {
        return typeName(type) + "." + number;
    }
}
