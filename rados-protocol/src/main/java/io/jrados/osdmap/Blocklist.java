package io.jrados.osdmap;

import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Utime;
import java.util.Map;

/**
 * The clients that the cluster no longer serves, each with the time the monitors will forget it (not a client's
 * business). A range is an address whose nonce is the length of its prefix.
 */
public record Blocklist(Map<EntityAddr, Utime> addresses, Map<EntityAddr, Utime> ranges) {

    static Map<EntityAddr, Utime> addresses(Decoder in) {
        return in.map(9, EntityAddr::decode, Utime::decode);
    }

    boolean contains(EntityAddr address) {
        if (addresses.isEmpty() && ranges.isEmpty()) {
            return false;
        }
        EntityAddr any = address.withType(EntityAddr.ANY);
        return addresses.containsKey(any)
                || !any.isBlank() && addresses.containsKey(any.withPort(0).withNonce(0))
                || ranges.keySet().stream().anyMatch(range -> holds(range, any));
    }

    private static boolean holds(EntityAddr range, EntityAddr address) {
        byte[] prefix = range.ip();
        byte[] ip = address.ip();
        if (ip.length == 0 || prefix.length != ip.length) {
            return false;
        }
        int bits = Math.min(Math.max(range.nonce(), 0), 8 * ip.length);
        for (int i = 0; i < ip.length && bits > 0; i++, bits -= 8) {
            int mask = bits >= 8 ? 0xff : 0xff << (8 - bits);
            if (((ip[i] ^ prefix[i]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
