package io.jrados.wire;

import io.jrados.error.MalformedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * An address on the wire: entity_addr_t (src/msg/msg_types.h), read in its new and its legacy form and written in the
 * new one.
 */
public final class EntityAddr {
    public static final int NONE = 0;
    public static final int LEGACY = 1;
    public static final int MSGR2 = 2;
    public static final int ANY = 3;

    /** A range of hosts; the nonce is the length of its prefix. */
    public static final int CIDR = 4;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCKADDR_STORAGE = 128;
    private static final Struct STRUCT = new Struct("entity_addr_t", 1, 1, 1);

    /** No address at all. */
    public static final EntityAddr BLANK = new EntityAddr(NONE, 0, new byte[0], 0);

    private final int type;
    private final int nonce;
    private final byte[] ip;
    private final int port;

    private EntityAddr(int type, int nonce, byte[] ip, int port) {
        this.type = type;
        this.nonce = nonce;
        this.ip = ip;
        this.port = port;
    }

    /** @param ip 4 or 16 bytes, or none */
    public static EntityAddr of(int type, int nonce, byte[] ip, int port) {
        if (ip.length != 0 && ip.length != 4 && ip.length != 16) {
            throw new IllegalArgumentException("an IP address of " + ip.length + " bytes");
        }
        return new EntityAddr(type, nonce, ip.clone(), port);
    }

    /** A resolved socket address as an address of msgr2. */
    public static EntityAddr msgr2(InetSocketAddress address) {
        return new EntityAddr(MSGR2, 0, address.getAddress().getAddress(), address.getPort());
    }

    public int type() {
        return type;
    }

    public int nonce() {
        return nonce;
    }

    public int port() {
        return port;
    }

    public boolean isBlank() {
        return ip.length == 0;
    }

    public boolean isIpv6() {
        return ip.length == 16;
    }

    /** A copy of the 4 or 16 bytes, none when blank. */
    public byte[] ip() {
        return ip.clone();
    }

    public EntityAddr withNonce(int newNonce) {
        return new EntityAddr(type, newNonce, ip, port);
    }

    public EntityAddr withType(int newType) {
        return new EntityAddr(newType, nonce, ip, port);
    }

    public EntityAddr withPort(int newPort) {
        return new EntityAddr(type, nonce, ip, newPort);
    }

    /** @throws IllegalStateException when blank */
    public InetSocketAddress toSocketAddress() {
        if (isBlank()) {
            throw new IllegalStateException("a blank address");
        }
        return new InetSocketAddress(address(), port);
    }

    private InetAddress address() {
        try {
            return InetAddress.getByAddress(ip);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Reads one address; the marker 1 is the new form, 0 the legacy one. */
    public static EntityAddr decode(Decoder in) {
        return decodeAfterMarker(in, in.u8());
    }

    private static EntityAddr decodeAfterMarker(Decoder in, int marker) {
        return switch (marker) {
            case 0 -> decodeLegacy(in);
            case 1 -> in.struct(STRUCT, (body, version) -> decodeBody(body));
            default -> throw new MalformedException("entity_addr_t marker " + marker);
        };
    }

    private static EntityAddr decodeBody(Decoder in) {
        int type = (int) in.u32();
        int nonce = in.i32();
        int length = in.length();
        if (length == 0) {
            return new EntityAddr(type, nonce, new byte[0], 0);
        }
        if (length < 2) {
            throw new MalformedException("a socket address of " + length + " bytes");
        }
        int family = in.u16();
        return socketAddress(in, type, nonce, family, length - 2);
    }

    private static EntityAddr socketAddress(Decoder in, int type, int nonce, int family, int rest) {
        int used =
                switch (family) {
                    case 0 -> 0;
                    case AF_INET -> 6;
                    case AF_INET6 -> 22;
                    default -> throw new MalformedException("address family " + family);
                };
        if (rest < used) {
            throw new MalformedException("a socket address of family " + family + " in " + rest + " bytes");
        }
        int port = 0;
        byte[] ip = new byte[0];
        if (family == AF_INET) {
            port = in.u16be();
            ip = in.raw(4);
        } else if (family == AF_INET6) {
            port = in.u16be();
            in.skip(4);
            ip = in.raw(16);
        }
        in.skip(rest - used);
        return new EntityAddr(type, nonce, ip, port);
    }

    private static EntityAddr decodeLegacy(Decoder in) {
        in.skip(3);
        int nonce = in.i32();
        int family = in.u16be();
        return socketAddress(in, LEGACY, nonce, family, SOCKADDR_STORAGE - 2);
    }

    /** Writes the new form, with its marker. */
    public void encode(Encoder out) {
        out.u8(1);
        out.struct(STRUCT, body -> {
            body.u32(type).i32(nonce);
            if (ip.length == 4) {
                body.u32(16).u16(AF_INET).u16be(port).raw(ip).zeroes(8);
            } else if (ip.length == 16) {
                body.u32(28).u16(AF_INET6).u16be(port).zeroes(4).raw(ip).zeroes(4);
            } else {
                body.u32(0);
            }
        });
    }

    /** Reads an entity_addrvec_t, in which one bare address stands for a list of one. */
    public static List<EntityAddr> decodeVector(Decoder in) {
        int marker = in.u8();
        return marker == 2 ? in.list(1, EntityAddr::decode) : List.of(decodeAfterMarker(in, marker));
    }

    /** Writes an entity_addrvec_t. */
    public static void encodeVector(Encoder out, List<EntityAddr> addresses) {
        out.u8(2).list(addresses, (element, address) -> address.encode(element));
    }

    /** The address of msgr2 in a vector, {@link #BLANK} when there is none. */
    public static EntityAddr msgr2Of(List<EntityAddr> addresses) {
        for (EntityAddr address : addresses) {
            if (address.type == MSGR2 && !address.isBlank()) {
                return address;
            }
        }
        return BLANK;
    }

    /** As {@link #msgr2Of(List)}, of one family where there are several. */
    public static EntityAddr msgr2Of(List<EntityAddr> addresses, boolean ipv6) {
        for (EntityAddr address : addresses) {
            if (address.type == MSGR2 && !address.isBlank() && address.isIpv6() == ipv6) {
                return address;
            }
        }
        return msgr2Of(addresses);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntityAddr that
                && type == that.type
                && nonce == that.nonce
                && port == that.port
                && Arrays.equals(ip, that.ip);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, nonce, port, Arrays.hashCode(ip));
    }

    /** As Ceph prints it: {@code v2:127.0.0.1:3300/0}. */
    @Override
    public String toString() {
        if (isBlank()) {
            return "-";
        }
        String host = isIpv6() ? ipv6() : address().getHostAddress();
        String prefix =
                switch (type) {
                    case LEGACY -> "v1:";
                    case MSGR2 -> "v2:";
                    case ANY -> "any:";
                    case CIDR -> "cidr:";
                    default -> "";
                };
        return prefix + (isIpv6() ? "[" + host + "]" : host) + ":" + port + "/" + Integer.toUnsignedString(nonce);
    }

    /** As inet_ntop writes it: the longest row of zeroes, the first of several, is left out. */
    private String ipv6() {
        int[] words = new int[8];
        for (int i = 0; i < words.length; i++) {
            words[i] = (ip[2 * i] & 0xff) << 8 | ip[2 * i + 1] & 0xff;
        }
        int from = -1;
        int longest = 1;
        for (int i = 0; i < words.length; i++) {
            int end = i;
            while (end < words.length && words[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                from = i;
                longest = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words.length; i++) {
            if (i == from) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
                text.append(Integer.toHexString(words[i]));
            }
        }
        return text.toString();
    }
}
