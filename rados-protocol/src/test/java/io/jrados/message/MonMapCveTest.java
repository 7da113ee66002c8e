package io.jrados.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The faults that the Linux kernel's client once had with maps of monitors, done to ours. */
@Covers("K24")
class MonMapCveTest {
    private static final Struct FEATURES = new Struct("mon_feature_t", 1, 1, 1);

    private static byte[] map(long monitors, long ranks) {
        return Encoder.bytesOf(out -> out.struct(9, 6, body -> {
            body.uuid(new UUID(1, 2)).u32(3);
            Utime.ZERO.encode(body);
            Utime.ZERO.encode(body);
            body.struct(FEATURES, it -> it.u64(0)).struct(FEATURES, it -> it.u64(0));
            body.u32(monitors);
            if (monitors == 1) {
                body.string("a").struct(4, 1, info -> {
                    info.string("a");
                    EntityAddr.encodeVector(info, List.of());
                    info.u16(0).u16(0);
                });
            }
            body.u32(ranks);
            if (ranks == 1) {
                body.string("a");
            }
            body.u8(16);
        }));
    }

    @Test
    void oneMonitorIsAMap() {
        assertThat(MonMap.decode(Decoder.of(map(1, 1))).monitors()).hasSize(1);
    }

    @Test
    @DisplayName("CVE-2026-68155: a map without monitors")
    void noMonitorIsNoMap() {
        assertThatThrownBy(() -> MonMap.decode(Decoder.of(map(0, 0)))).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x7fffffff, 0x80000000L, 0xffffffffL, 2})
    @DisplayName("CVE-2026-43405: a count that is negative as a signed number")
    void countsAreThoseOfTheBytes(long count) {
        assertThatThrownBy(() -> MonMap.decode(Decoder.of(map(count, 1)))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> MonMap.decode(Decoder.of(map(1, count)))).isInstanceOf(MalformedException.class);
    }
}
