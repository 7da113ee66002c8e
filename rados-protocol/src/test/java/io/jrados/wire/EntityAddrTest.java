package io.jrados.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntityAddrTest {
    /** v2:127.0.0.1:3300/7 as a 16.2 monitor writes it. */
    private static final byte[] IPV4 = HexFormat.of()
            .parseHex("01" + "0101" + "1c000000" + "02000000" + "07000000" + "10000000" + "0200" + "0ce4" + "7f000001"
                    + "0000000000000000");

    @Test
    @Covers("A29")
    void readsAndWritesTheNewForm() throws Exception {
        EntityAddr address = Decoder.whole(IPV4, EntityAddr::decode);
        assertThat(address.toString()).isEqualTo("v2:127.0.0.1:3300/7");
        assertThat(address.toSocketAddress())
                .isEqualTo(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 3300));
        assertThat(Encoder.bytesOf(address::encode)).isEqualTo(IPV4);

        EntityAddr ipv6 = EntityAddr.of(
                EntityAddr.MSGR2, 5, InetAddress.getByName("fe80::1:2").getAddress(), 6800);
        assertThat(Decoder.whole(Encoder.bytesOf(ipv6::encode), EntityAddr::decode))
                .isEqualTo(ipv6);
        assertThat(Decoder.whole(Encoder.bytesOf(EntityAddr.BLANK::encode), EntityAddr::decode)
                        .isBlank())
                .isTrue();
    }

    @Test
    @Covers({"A32", "A45"})
    void ofBothFamiliesTheOneThatIsWantedIsTaken() throws Exception {
        EntityAddr old = EntityAddr.of(EntityAddr.LEGACY, 1, new byte[] {10, 0, 0, 1}, 6789);
        EntityAddr four = EntityAddr.of(EntityAddr.MSGR2, 1, new byte[] {10, 0, 0, 1}, 3300);
        EntityAddr six = EntityAddr.of(
                EntityAddr.MSGR2, 1, InetAddress.getByName("fe80::1:2").getAddress(), 3300);
        assertThat(EntityAddr.msgr2Of(List.of(old, four, six), true)).isEqualTo(six);
        assertThat(EntityAddr.msgr2Of(List.of(old, six, four), false)).isEqualTo(four);
        assertThat(EntityAddr.msgr2Of(List.of(old, four), true))
                .as("better than none")
                .isEqualTo(four);
        assertThat(EntityAddr.msgr2Of(List.of(old), false)).isEqualTo(EntityAddr.BLANK);
    }

    @Test
    @Covers("A30")
    void readsTheLegacyForm() {
        byte[] storage = new byte[128];
        byte[] start = HexFormat.of().parseHex("0002" + "1a85" + "0a000001");
        System.arraycopy(start, 0, storage, 0, start.length);
        byte[] bytes = Encoder.bytesOf(out -> out.zeroes(4).u32(99).raw(storage));
        assertThat(Decoder.whole(bytes, EntityAddr::decode).toString()).isEqualTo("v1:10.0.0.1:6789/99");
    }

    @Test
    @Covers("A31")
    void aVectorMayBeOneBareAddress() {
        EntityAddr address = Decoder.whole(IPV4, EntityAddr::decode);
        assertThat(Decoder.whole(IPV4, EntityAddr::decodeVector)).containsExactly(address);
        byte[] vector = Encoder.bytesOf(out -> EntityAddr.encodeVector(out, List.of(address, EntityAddr.BLANK)));
        assertThat(Decoder.whole(vector, EntityAddr::decodeVector)).containsExactly(address, EntityAddr.BLANK);
        assertThat(EntityAddr.msgr2Of(List.of(EntityAddr.BLANK, address))).isEqualTo(address);
    }

    @Test
    void refusesEveryTruncation() {
        for (int length = 0; length < IPV4.length; length++) {
            byte[] cut = Arrays.copyOf(IPV4, length);
            assertThatThrownBy(() -> Decoder.whole(cut, EntityAddr::decode)).isInstanceOf(MalformedException.class);
        }
    }
}
