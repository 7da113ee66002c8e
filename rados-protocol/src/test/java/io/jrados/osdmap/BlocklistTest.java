package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Utime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Covers({"C21", "D20"})
class BlocklistTest {
    private static EntityAddr address(int type, String ip, int port, int nonce) {
        try {
            return EntityAddr.of(type, nonce, InetAddress.getByName(ip).getAddress(), port);
        } catch (UnknownHostException failed) {
            throw new IllegalArgumentException(failed);
        }
    }

    private static Blocklist fenced(EntityAddr address) {
        return new Blocklist(Map.of(address, Utime.ZERO), Map.of());
    }

    @Test
    void fencesOneClient() {
        Blocklist list = fenced(address(EntityAddr.ANY, "192.0.2.7", 0, 4711));
        assertThat(list.contains(address(EntityAddr.MSGR2, "192.0.2.7", 0, 4711)))
                .isTrue();
        assertThat(list.contains(address(EntityAddr.LEGACY, "192.0.2.7", 0, 4711)))
                .isTrue();
        assertThat(list.contains(address(EntityAddr.MSGR2, "192.0.2.7", 0, 4712)))
                .isFalse();
        assertThat(list.contains(address(EntityAddr.MSGR2, "192.0.2.8", 0, 4711)))
                .isFalse();
        assertThat(list.contains(address(EntityAddr.MSGR2, "192.0.2.7", 1, 4711)))
                .isFalse();
    }

    @Test
    void fencesAHost() {
        Blocklist list = fenced(address(EntityAddr.ANY, "192.0.2.7", 0, 0));
        assertThat(list.contains(address(EntityAddr.MSGR2, "192.0.2.7", 0, 4711)))
                .isTrue();
        assertThat(list.contains(address(EntityAddr.MSGR2, "192.0.2.7", 6800, 1)))
                .isTrue();
        assertThat(list.contains(address(EntityAddr.MSGR2, "192.0.2.6", 0, 4711)))
                .isFalse();
    }

    @Test
    void fencesNobodyByABlankAddress() {
        assertThat(fenced(EntityAddr.BLANK.withType(EntityAddr.ANY))
                        .contains(address(EntityAddr.MSGR2, "192.0.2.7", 0, 1)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.0, 24, 198.51.100.255, true",
        "198.51.100.0, 24, 198.51.101.0, false",
        "198.51.100.64, 26, 198.51.100.127, true",
        "198.51.100.64, 26, 198.51.100.128, false",
        "198.51.100.77, 32, 198.51.100.77, true",
        "198.51.100.77, 32, 198.51.100.76, false",
        "198.51.100.77, 0, 203.0.113.1, true",
        "198.51.100.77, 0, 2001:db8::1, false",
        "2001:db8::, 32, 2001:db8:ffff::1, true",
        "2001:db8::, 32, 2001:db9::1, false",
        "2001:db8::, 70, 2001:db8:0:0:3ff::1, true",
        "2001:db8::, 70, 2001:db8:0:0:400::1, false",
        "2001:db8::1, 128, 2001:db8::1, true",
        "2001:db8::1, 128, 2001:db8::2, false",
        "2001:db8::, 32, 198.51.100.1, false",
    })
    void fencesARange(String ip, int prefix, String client, boolean isFenced) {
        Blocklist list = new Blocklist(Map.of(), Map.of(address(EntityAddr.CIDR, ip, 0, prefix), Utime.ZERO));
        assertThat(list.contains(address(EntityAddr.MSGR2, client, 0, 99))).isEqualTo(isFenced);
    }
}
