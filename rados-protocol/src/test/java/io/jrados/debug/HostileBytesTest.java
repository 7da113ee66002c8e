package io.jrados.debug;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.MalformedException;
import io.jrados.message.MessageType;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.Golden;
import io.jrados.wire.Payload;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every struct and message in {@link Structs}, damaged below all checksums. {@code -Djrados.fuzz=100000} is how many
 * mutations there are in sum, {@code -Djrados.fuzz.seed=N} makes others.
 */
@Covers({"D01", "D04", "D10", "D38", "K24"})
class HostileBytesTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileBytesTest.class);
    private static final int MUTATIONS = Integer.getInteger("jrados.fuzz", 8000);
    private static final long SEED = Long.getLong("jrados.fuzz.seed", 1);
    private static final int MESSAGE = 17;
    private static final int FRAME = 32;
    private static final int HEADER = 41;
    private static final int CRC = 4;

    private record Target(String name, byte[] good, Function<byte[], ?> decode, UnaryOperator<byte[]> repair) {
        static Target of(String struct, String from, byte[] good, UnaryOperator<byte[]> repair) {
            return new Target(struct + " of " + from, good, Structs.byName().get(struct), repair);
        }

        Fuzz fuzz() {
            return new Fuzz(name, good, decode, MalformedException.class).repairing(repair);
        }
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

    private static List<Target> maps() {
        List<Target> targets = new ArrayList<>();
        for (String map : new String[] {"16.2.15 osdmap/last", "20.2.4 osdmap/last", "20.2.4 osdmap/optimized"}) {
            String[] words = map.split(" ");
            byte[] bytes = golden(words[0], words[1]);
            targets.add(Target.of("osdmap", map, bytes, crc(0)));
            targets.add(Target.of("crushmap", map, crush(bytes), UnaryOperator.identity()));
        }
        for (String release : new String[] {"16.2.15", "20.2.4"}) {
            ByteBuffer steps = little(golden(release, "osdmap/steps"));
            for (int i = 0; steps.hasRemaining(); i++) {
                byte[] step = new byte[6 + steps.getInt(steps.position() + 2)];
                steps.get(step);
                targets.add(Target.of("osdmap_incremental", release + " step " + i, step, crc(CRC)));
            }
        }
        return targets;
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
    private static List<Target> messages() throws IOException {
        List<Target> targets = new ArrayList<>();
        Path folder = Path.of(System.getProperty("basedir", "."), "src/test/resources/golden/16.2.15");
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".hex"))
                    .sorted()
                    .toList()) {
                byte[] frame = Golden.parse(Files.readString(file));
                if (frame.length > FRAME + HEADER
                        && frame[0] == MESSAGE
                        && little(frame).getInt(2) == HEADER) {
                    message(file.toString(), frame).ifPresent(targets::add);
                }
            }
        }
        return targets;
    }

    /** The front is what is damaged; the data stays what it was. */
    private static Optional<Target> message(String from, byte[] frame) {
        ByteBuffer bytes = little(frame);
        int front = FRAME + HEADER + CRC;
        int data = front + bytes.getInt(2 + 6) + bytes.getInt(2 + 12);
        byte[] good = Arrays.copyOfRange(frame, front, front + bytes.getInt(2 + 6));
        byte[] rest = Arrays.copyOfRange(frame, data, data + bytes.getInt(2 + 18));
        int type = bytes.getShort(FRAME + 16);
        int version = bytes.getShort(FRAME + 20);
        int compat = bytes.getShort(FRAME + 37);
        return MessageType.of(type)
                .flatMap(MessageType::reader)
                .map(reader -> new Target(
                        from,
                        good,
                        damaged -> reader.apply(Payload.of(
                                type,
                                version,
                                compat,
                                1,
                                Unpooled.wrappedBuffer(damaged),
                                Unpooled.wrappedBuffer(rest))),
                        UnaryOperator.identity()));
    }

    private static byte[] monMap() {
        byte[] frame = golden("16.2.15", "mon_map/one-monitor");
        int front = FRAME + HEADER + CRC;
        return Arrays.copyOfRange(frame, front + 4, front + little(frame).getInt(2 + 6));
    }

    @Test
    void decodeOrAreRefused() throws IOException {
        List<Target> targets = new ArrayList<>(maps());
        targets.addAll(messages());
        targets.add(Target.of("monmap", "16.2.15", monMap(), UnaryOperator.identity()));
        long decoded = 0;
        long refused = 0;
        int each = MUTATIONS / targets.size() + 1;
        for (Target target : targets) {
            Fuzz.Outcome outcome = target.fuzz().run(SEED, each);
            LOG.debug("{}", outcome);
            decoded += outcome.decoded();
            refused += outcome.refused();
        }
        LOG.info(
                "{} mutations of {} structs and their truncations: {} decoded, {} refused",
                (long) each * targets.size(),
                targets.size(),
                decoded,
                refused);
        assertThat(targets).hasSizeGreaterThan(40);
        assertThat(decoded).isPositive();
        assertThat(refused).isGreaterThan(targets.size());
    }

    /** A recording is text to its damaged place, whatever is damaged. */
    @Test
    @Covers("A06")
    void framesAreTextToTheirDamage() {
        byte[] session = golden("16.2.15", "msgr_frames/osd-session");
        Fuzz.Outcome outcome = new Fuzz(
                        "frames",
                        session,
                        bytes -> {
                            List<String> lines = new ArrayList<>();
                            Frames.print(bytes, lines::add);
                            return lines;
                        },
                        MalformedException.class)
                .run(SEED, MUTATIONS / 10);
        LOG.info("{}", outcome);
        assertThat(outcome.refused()).isZero();
    }

    @Test
    void aSessionIsReadable() {
        List<String> lines = new ArrayList<>();
        Frames.print(golden("16.2.15", "msgr_frames/osd-session"), lines::add);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains("SERVER_IDENT  at [v2:127.0.0.1:20420/9743", "cookie 0");
        assertThat(lines.get(1)).contains("MESSAGE  seq 1", "tid 7", "COMMAND_REPLY v1 {");
        assertThat(lines.get(2)).contains("KEEPALIVE2_ACK  1970-01-01T00:00:00.014024173Z");
    }
}
