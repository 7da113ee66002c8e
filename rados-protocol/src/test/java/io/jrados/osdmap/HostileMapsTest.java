package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.FuzzCampaign;
import io.jrados.testkit.Golden;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real maps and steps with some bytes changed and the checksum made right again, as a damaged or hostile monitor would
 * send them: each is refused, or is a map that places every group. {@code -Djrados.fuzz=100000} makes more.
 */
@Covers({"D01", "D04", "D38"})
class HostileMapsTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileMapsTest.class);
    private static final int MUTANTS = Integer.getInteger("jrados.fuzz", 1000);

    /** Bytes behind the checksum: none in a map, the next map's checksum in a step. */
    private static final int AFTER_MAP = 0;

    private static final int AFTER_STEP = 4;

    private final Random random = new Random(FuzzCampaign.SEED);
    private int refused;

    private static byte[] golden(String name) {
        return Golden.file("osdmap/" + name).bytes();
    }

    private byte[] mutant(byte[] original, int afterCrc) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) 0xff;
                case 1 -> bytes[at] = 0;
                case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                default -> bytes[at] = (byte) random.nextInt();
            }
        }
        int crcAt = bytes.length - afterCrc - 4;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, crcAt);
        crc.update(bytes, crcAt + 4, afterCrc);
        Unpooled.wrappedBuffer(bytes).setIntLE(crcAt, ~(int) crc.getValue());
        return bytes;
    }

    private void refusedOr(Runnable decoding) {
        try {
            Assertions.assertTimeout(Duration.ofSeconds(30), decoding::run);
        } catch (MalformedException malformed) {
            refused++;
        }
    }

    private static void placeAll(OsdMap map) {
        for (PoolInfo pool : map.pools().values()) {
            for (int seed = 0; seed < Math.min(pool.pgNum(), 20); seed++) {
                PgId pg = new PgId(pool.id(), seed);
                Placement placement = map.placement(pg);
                map.osdAddress(placement.actingPrimary());
                assertThat(map.interval(pg).orElseThrow().placement()).isEqualTo(placement);
            }
        }
    }

    @Test
    void mapsAreRefusedOrWork() {
        byte[] map = golden("last");
        for (int i = 0; i < MUTANTS; i++) {
            byte[] bytes = mutant(map, AFTER_MAP);
            refusedOr(() -> placeAll(OsdMap.decode(Unpooled.wrappedBuffer(bytes))));
        }
        LOG.info("{} of {} damaged maps refused", refused, MUTANTS);
        assertThat(refused).isBetween(MUTANTS / 10, MUTANTS);
    }

    @Test
    void stepsAreRefusedOrWork() {
        ByteBuf all = Unpooled.wrappedBuffer(golden("steps"));
        OsdMap map = OsdMap.decode(Unpooled.wrappedBuffer(golden("first")));
        List<OsdMap> maps = new ArrayList<>();
        List<byte[]> steps = new ArrayList<>();
        while (all.isReadable()) {
            byte[] step = new byte[6 + all.getIntLE(all.readerIndex() + 2)];
            all.readBytes(step);
            steps.add(step);
            maps.add(map);
            map = map.apply(Incremental.decode(Unpooled.wrappedBuffer(step)));
        }
        for (int i = 0; i < MUTANTS; i++) {
            int at = random.nextInt(steps.size());
            byte[] bytes = mutant(steps.get(at), AFTER_STEP);
            refusedOr(() -> placeAll(maps.get(at).apply(Incremental.decode(Unpooled.wrappedBuffer(bytes)))));
        }
        LOG.info("{} of {} damaged steps refused", refused, MUTANTS);
        assertThat(refused).isBetween(MUTANTS / 10, MUTANTS);
    }
}
