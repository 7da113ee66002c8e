package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.jrados.wire.EntityAddr;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps of real clusters, and the steps between them as their monitors stored them. */
class GoldenMapsTest {
    private static byte[] bytes(String release, String name) {
        return Golden.file(release, "osdmap/" + name).bytes();
    }

    private static OsdMap map(String release, String name) {
        return OsdMap.decode(Unpooled.wrappedBuffer(bytes(release, name)));
    }

    /** The bytes of each step, which follow one another in one file. */
    private static List<byte[]> steps(String release) {
        ByteBuf all = Unpooled.wrappedBuffer(bytes(release, "steps"));
        List<byte[]> steps = new ArrayList<>();
        while (all.isReadable()) {
            byte[] step = new byte[6 + all.getIntLE(all.readerIndex() + 2)];
            all.readBytes(step);
            steps.add(step);
        }
        return steps;
    }

    private static void assertSame(OsdMap stepped, OsdMap whole) {
        assertThat(stepped)
                .usingRecursiveComparison()
                .ignoringFields("placer", "placements")
                .isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.2.15", "20.2.4"})
    @Covers({"D01", "D02", "D03", "D04", "D07", "D08", "D10", "D23"})
    void stepsLeadFromMapToMap(String release) {
        OsdMap map = map(release, "first");
        OsdMap middle = map(release, "middle");
        OsdMap last = map(release, "last");
        for (byte[] step : steps(release)) {
            map = map.apply(Incremental.decode(Unpooled.wrappedBuffer(step)));
            if (map.epoch() == middle.epoch()) {
                assertSame(map, middle);
            }
        }
        assertSame(map, last);
    }

    @Test
    @Covers({"D04", "D07"})
    void refusesStepsOutOfOrder() {
        OsdMap map = map("16.2.15", "first");
        Incremental second =
                Incremental.decode(Unpooled.wrappedBuffer(steps("16.2.15").get(1)));
        assertThatThrownBy(() -> map.apply(second)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> map("16.2.15", "last").apply(second)).isInstanceOf(MalformedException.class);
    }

    @Test
    @Covers({"D09", "D10", "D14", "D16", "D17", "D18"})
    void readsPoolsOfPacific() {
        OsdMap map = map("16.2.15", "middle");
        PoolInfo one = map.pool("one").orElseThrow();
        assertThat(one.shape()).isEqualTo(new PoolShape(PoolShape.REPLICATED, 2, 1, 0, ObjectHash.RJENKINS, 8, 8, 8));
        assertThat(one.limits().maxObjects()).isEqualTo(1000);
        assertThat(one.applications()).isEqualTo(Map.of("rbd", Map.of()));
        assertThat(one.tiers()).isEqualTo(new PoolTiers(List.of(), -1, 0, -1, -1));
        PoolInfo two = map.pool("two").orElseThrow();
        assertThat(two.isErasure()).isTrue();
        assertThat(two.erasure().profile()).isEqualTo("ec21");
        assertThat(two.limits().stripeWidth()).isEqualTo(8192);
        assertThat(map.erasureCodeProfile("ec21").orElseThrow())
                .containsEntry("k", "2")
                .containsEntry("m", "1");
        PoolInfo third = map.pool("third").orElseThrow();
        assertThat(third.has(PoolFlags.POOL_SNAPS)).isTrue();
        assertThat(third.snaps().byId()).hasSize(1);
        assertThat(third.snaps().byId().get(2L).name()).isEqualTo("after");
        assertThat(map.pool("three")).isEmpty();
        assertThat(map.poolName(two.id())).contains("two");
        assertThat(map.requireOsdRelease()).isEqualTo(Release.PACIFIC);
        assertThat(map.requireMinCompatClient()).isEqualTo(Release.LUMINOUS);
        assertThat(map.has(MapFlags.SORTBITWISE)).isTrue();
        assertThat(map.has(MapFlags.RECOVERY_DELETES)).isTrue();
        assertThat(map.has(MapFlags.NOOUT)).isFalse();
        assertThat(map("16.2.15", "last").has(MapFlags.NOOUT)).isTrue();
        assertThat(map("16.2.15", "last").pool("third")).isEmpty();
        assertThat(map("16.2.15", "last").has(MapFlags.PAUSERD)).isFalse();
    }

    /** Every run prints a map alike. */
    @Test
    void namesOfCrushHaveTheOrderOfTheMap() {
        assertThat(map("16.2.15", "last").crush().names().items().keySet())
                .containsExactly(-6, -5, -4, -3, -2, -1, 0, 1, 2, 3);
    }

    @Test
    @Covers({"C21", "D20"})
    void readsTheBlocklist() throws UnknownHostException {
        OsdMap map = map("16.2.15", "last");
        assertThat(map.isBlocklisted(client("192.0.2.7", 4711))).isFalse();
        assertThat(map.isBlocklisted(client("192.0.2.8", 12))).isTrue();
        assertThat(map.isBlocklisted(List.of(client("192.0.2.9", 1), client("192.0.2.8", 1))))
                .isTrue();
        OsdMap ranged = map("20.2.4", "last");
        assertThat(ranged.isBlocklisted(client("198.51.100.7", 1))).isFalse();
        assertThat(ranged.isBlocklisted(client("2001:db8::77", 1))).isTrue();
        assertThat(ranged.isBlocklisted(client("2001:db9::77", 1))).isFalse();
    }

    private static EntityAddr client(String ip, int nonce) throws UnknownHostException {
        return EntityAddr.of(EntityAddr.MSGR2, nonce, InetAddress.getByName(ip).getAddress(), 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.2.15", "20.2.4"})
    @Covers({"D01", "D04"})
    void refusesEveryTruncation(String release) {
        byte[] map = bytes(release, "last");
        for (int length = 0; length < map.length; length++) {
            ByteBuf cut = Unpooled.wrappedBuffer(map, 0, length);
            assertThatThrownBy(() -> OsdMap.decode(cut)).isInstanceOf(MalformedException.class);
        }
        for (byte[] step : steps(release)) {
            for (int length = 0; length < step.length; length++) {
                ByteBuf cut = Unpooled.wrappedBuffer(step, 0, length);
                assertThatThrownBy(() -> Incremental.decode(cut)).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    @Covers({"D01", "K24"})
    void refusesEveryFlippedByte() {
        byte[] map = bytes("16.2.15", "last");
        for (int at = 0; at < map.length; at++) {
            byte[] damaged = Arrays.copyOf(map, map.length);
            damaged[at] ^= 0x20;
            assertThatThrownBy(() -> OsdMap.decode(Unpooled.wrappedBuffer(damaged)))
                    .as("byte %d", at)
                    .isInstanceOf(MalformedException.class);
        }
    }
}
