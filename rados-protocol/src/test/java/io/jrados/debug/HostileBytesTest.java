package io.jrados.debug;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.MalformedException;
import io.jrados.message.HObject;
import io.jrados.message.MessageType;
import io.jrados.message.ObjectLocator;
import io.jrados.message.Spg;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import io.jrados.testkit.Golden;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every struct and message in {@link Structs}, damaged below all checksums: {@link FuzzCampaign} says how much, and by
 * what seed.
 */
@Covers({"D01", "D04", "D10", "D38", "K24"})
class HostileBytesTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileBytesTest.class);
    private static final int MESSAGE = 17;
    private static final int FRAME = 32;
    private static final int HEADER = 41;
    private static final int CRC = 4;

    private final FuzzCampaign campaign = new FuzzCampaign();

    private void add(String struct, String from, byte[] good) {
        add(struct, from, good, UnaryOperator.identity());
    }

    private void add(String struct, String from, byte[] good, UnaryOperator<byte[]> repair) {
        campaign.add(
                struct,
                new Fuzz(struct + " of " + from, good, Structs.byName().get(struct)::apply, MalformedException.class)
                        .repairing(repair));
    }

    /** The checksum of a map stands at its end, that of a step before the next map's. */
    private static UnaryOperator<byte[]> crc(int after) {
        return bytes -> {
            int at = bytes.length - after - CRC;
            if (at >= 6) {
                CRC32C crc = new CRC32C();
                crc.update(bytes, 0, at);
                crc.update(bytes, at + CRC, after);
                little(bytes).putInt(2, bytes.length - 6).putInt(at, 0);
                crc.reset();
                crc.update(bytes, 0, at);
                crc.update(bytes, at + CRC, after);
                little(bytes).putInt(at, ~(int) crc.getValue());
            }
            return bytes;
        };
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] golden(String release, String name) {
        return Golden.file(release, name).bytes();
    }

    private void maps() {
        for (String map : new String[] {"16.2.15 osdmap/last", "20.2.4 osdmap/last", "20.2.4 osdmap/optimized"}) {
            String[] words = map.split(" ");
            byte[] bytes = golden(words[0], words[1]);
            add("osdmap", map, bytes, crc(0));
            add("crushmap", map, crush(bytes));
        }
        for (String release : new String[] {"16.2.15", "20.2.4"}) {
            ByteBuffer steps = little(golden(release, "osdmap/steps"));
            for (int i = 0; steps.hasRemaining(); i++) {
                byte[] step = new byte[6 + steps.getInt(steps.position() + 2)];
                steps.get(step);
                add("osdmap_incremental", release + " step " + i, step, crc(CRC));
            }
        }
    }

    /** The blob that begins with CRUSH's magic, behind its length. */
    private static byte[] crush(byte[] map) {
        ByteBuffer bytes = little(map);
        for (int at = 4; at < map.length - 4; at++) {
            int length = bytes.getInt(at - 4);
            if (bytes.getInt(at) == 0x00010000 && length > 100 && length < map.length - at) {
                return Arrays.copyOfRange(map, at, at + length);
            }
        }
        throw new AssertionError("no CRUSH map in there");
    }

    /** Recorded frames of messages that have a reader. */
    private void messages() throws IOException {
        Path folder = Path.of(System.getProperty("basedir", "."), "src/test/resources/golden/16.2.15");
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".hex"))
                    .sorted()
                    .toList()) {
                byte[] frame = Golden.parse(Files.readString(file));
                if (frame.length > FRAME + HEADER
                        && frame[0] == MESSAGE
                        && little(frame).getInt(2) == HEADER) {
                    message(folder.relativize(file).toString(), frame);
                }
            }
        }
    }

    /** The front is what is damaged; the data stays what it was. */
    private void message(String from, byte[] frame) {
        ByteBuffer bytes = little(frame);
        int front = FRAME + HEADER + CRC;
        int data = front + bytes.getInt(2 + 6) + bytes.getInt(2 + 12);
        byte[] good = Arrays.copyOfRange(frame, front, front + bytes.getInt(2 + 6));
        byte[] rest = Arrays.copyOfRange(frame, data, data + bytes.getInt(2 + 18));
        int number = bytes.getShort(FRAME + 16);
        int version = bytes.getShort(FRAME + 20);
        int compat = bytes.getShort(FRAME + 37);
        MessageType type = MessageType.of(number).orElseThrow();
        type.reader()
                .ifPresent(reader -> campaign.add(
                        "message:" + type.name().toLowerCase(Locale.ROOT),
                        new Fuzz(
                                from,
                                good,
                                damaged -> reader.apply(Payload.of(
                                        number,
                                        version,
                                        compat,
                                        1,
                                        Unpooled.wrappedBuffer(damaged),
                                        Unpooled.wrappedBuffer(rest))),
                                MalformedException.class)));
    }

    private static byte[] monMap(String release, String name) {
        byte[] frame = golden(release, "mon_map/" + name);
        int front = FRAME + HEADER + CRC;
        return Arrays.copyOfRange(frame, front + 4, front + little(frame).getInt(2 + 6));
    }

    /** Adds the small structs that are parts of large ones. */
    private void parts() {
        EntityAddr four = EntityAddr.of(EntityAddr.MSGR2, 77, new byte[] {10, 0, 0, 99}, 6800);
        EntityAddr six = EntityAddr.of(EntityAddr.MSGR2, 77, new byte[16], 6800);
        add("entity_addr_t", "IPv4", Encoder.bytesOf(four::encode));
        add("entity_addr_t", "IPv6", Encoder.bytesOf(six::encode));
        add("entity_addr_t", "before Nautilus", legacyAddress());
        add("entity_addrvec_t", "two", Encoder.bytesOf(out -> EntityAddr.encodeVector(out, List.of(four, six))));
        add("entity_addrvec_t", "a bare one", Encoder.bytesOf(four::encode));
        add("entity_name_t", "client.4123", Encoder.bytesOf(new EntityName(EntityName.CLIENT, 4123)::encode));
        add("utime_t", "now", Encoder.bytesOf(new Utime(1, 2)::encode));
        add("pg_t", "2.7", Encoder.bytesOf(out -> out.u8(1).u64(2).u32(7).i32(-1)));
        add("spg_t", "2.7s1", Encoder.bytesOf(new Spg(2, 7, 1)::encode));
        add("hobject_t", "an object", Encoder.bytesOf(new HObject("k", "o", -2, 0xabc, false, "n", 2)::encode));
        add("object_locator_t", "with a key", Encoder.bytesOf(new ObjectLocator(2, "k", "n", -1)::encode));
        // nobody that can be recorded sends it any more
        add("message:mon_subscribe_ack", "an interval", Encoder.bytesOf(out -> out.u32(300)
                .uuid(new UUID(1, 2))));
        byte[] listed = golden("16.2.15", "osd_op_reply/list-objects");
        int data = FRAME
                + HEADER
                + CRC
                + little(listed).getInt(2 + 6)
                + little(listed).getInt(2 + 12);
        add(
                "pg_nls_response_t",
                "a page",
                Arrays.copyOfRange(listed, data, data + little(listed).getInt(2 + 18)));
    }

    private static byte[] legacyAddress() {
        return Encoder.bytesOf(out -> out.zeroes(4)
                .i32(77)
                .u16be(2)
                .u16be(6800)
                .raw(new byte[] {10, 0, 0, 99})
                .zeroes(128 - 8));
    }

    @Test
    void decodeOrAreRefused() throws IOException {
        maps();
        messages();
        parts();
        add("monmap", "16.2.15", monMap("16.2.15", "one-monitor"));
        add("monmap", "20.2.4", golden("20.2.4", "mon_map/keys"));
        assertThat(campaign.decoders())
                .containsExactlyInAnyOrderElementsOf(Structs.byName().keySet());

        FuzzCampaign.Outcome outcome = campaign.run();
        LOG.info("{}", outcome);
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isGreaterThan(outcome.goldens());
    }
}
