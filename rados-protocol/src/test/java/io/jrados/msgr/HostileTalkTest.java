package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.auth.ConnectionAuth;
import io.jrados.error.MalformedException;
import io.jrados.error.Printable;
import io.jrados.testkit.Covers;
import io.jrados.testkit.FuzzCampaign;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon with the right keys that does not keep to the order of the protocol: frames are left out, doubled, replaced
 * by others and damaged, in every phase and after opening, and arrive in pieces of any size. Checksums, tags and, where
 * nothing before was touched, signatures are right.
 */
@Covers({"A02", "A10", "A12", "A17", "A18", "K24"})
class HostileTalkTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileTalkTest.class);
    private static final int FRAMES_OF_A_HANDSHAKE = 7;
    private static final int LATER = 8;
    private static final List<String> SECRETS = List.of(
            HexFormat.of().formatHex(TestAuth.connectionSecret()).substring(0, 16),
            HexFormat.of().formatHex(TestAuth.sessionKey()).substring(0, 16),
            new String(TestAuth.connectionSecret(), StandardCharsets.ISO_8859_1).substring(0, 8));

    private int ended;
    private int opened;

    @ParameterizedTest
    @ValueSource(ints = {ConnectionAuth.CRC, ConnectionAuth.SECURE})
    void endsOrGoesOn(int mode) {
        for (int i = 0; i < FuzzCampaign.MUTATIONS; i++) {
            long seed = FuzzCampaign.SEED * 1_000_003 + i;
            try {
                talk(mode, new Random(seed));
            } catch (RuntimeException | AssertionError failed) {
                throw new AssertionError("mode " + mode + ", seed " + seed, failed);
            }
        }
        LOG.info("{} talks in mode {}: {} opened, {} ended", FuzzCampaign.MUTATIONS, mode, opened, ended);
        assertThat(opened).isPositive();
        assertThat(ended).isPositive();
    }

    private void talk(int mode, Random random) {
        Talk talk = new Talk(mode);
        try {
            int touched = random.nextInt(FRAMES_OF_A_HANDSHAKE + LATER);
            int[] number = {0};
            talk.slice = () -> slice(random);
            talk.daemon.sabotage(frame -> number[0]++ == touched ? instead(frame, random) : List.of(frame));
            talk.begin();
            pump(talk);
            for (int i = 0; i < LATER && talk.events.contains("ready"); i++) {
                talk.daemon.send(later(random));
                pump(talk);
            }
            judge(talk);
        } finally {
            talk.end();
        }
    }

    /** Most are small, so that every part of a frame is cut; some are large, or most of the time went to payloads. */
    private static int slice(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(3);
            case 1 -> 1 + random.nextInt(20_000);
            default -> 1 + random.nextInt(300);
        };
    }

    /** A daemon that no longer understands its client hangs up. */
    private static void pump(Talk talk) {
        try {
            talk.pump();
        } catch (MalformedException daemon) {
            talk.events.add("daemon gone");
        }
    }

    private static Payload later(Random random) {
        return Payload.of(
                random.nextInt(120),
                1,
                1,
                random.nextLong(),
                bytes(random, random.nextInt(200)),
                bytes(random, random.nextInt(3) == 0 ? random.nextInt(100_000) : 0));
    }

    private static ByteBuf bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    private static List<Frame> instead(Frame frame, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> {
                frame.release();
                yield List.of();
            }
            case 1 -> List.of(copy(frame), frame);
            case 2 -> List.of(any(random), frame);
            case 3 -> {
                Frame other = any(random);
                frame.release();
                yield List.of(other);
            }
            default -> List.of(damaged(frame, random));
        };
    }

    private static Frame copy(Frame frame) {
        return new Frame(
                frame.tag(),
                frame.header().copy(),
                frame.front().copy(),
                frame.middle().copy(),
                frame.data().copy());
    }

    private static Frame any(Random random) {
        Tag tag = Tag.values()[random.nextInt(Tag.values().length)];
        List<ByteBuf> segments = new ArrayList<>();
        segments.add(bytes(random, 1 + random.nextInt(80)));
        for (int i = 1; i < 4; i++) {
            segments.add(random.nextInt(4) == 0 ? bytes(random, random.nextInt(300)) : Unpooled.EMPTY_BUFFER);
        }
        return new Frame(tag, segments.get(0), segments.get(1), segments.get(2), segments.get(3));
    }

    private static Frame damaged(Frame frame, Random random) {
        ByteBuf header = frame.header().copy();
        frame.header().release();
        for (int changes = 1 + random.nextInt(3); changes > 0 && header.isReadable(); changes--) {
            header.setByte(random.nextInt(header.readableBytes()), random.nextInt());
        }
        if (random.nextInt(4) == 0) {
            header.writerIndex(random.nextInt(header.writerIndex() + 1));
        }
        return new Frame(frame.tag(), header, frame.front(), frame.middle(), frame.data());
    }

    private void judge(Talk talk) {
        int capacity = talk.connection.inbox().bytes().capacity();
        assertThat((long) capacity).isLessThanOrEqualTo(Math.max(Inbox.INITIAL, Inbox.PROOF * talk.delivered));
        assertThat(talk.events.stream().filter("ready"::equals).count()).isLessThanOrEqualTo(1);
        if (talk.events.contains("ready")) {
            opened++;
        }
        if (talk.closedBy != null) {
            ended++;
            assertThat(talk.events.stream().filter("closed"::equals)).hasSize(1);
            for (Throwable told = talk.closedBy; told != null; told = told.getCause()) {
                String text = String.valueOf(told.getMessage());
                assertThat(text).isEqualTo(Printable.of(text)).hasSizeLessThan(4000);
                assertThat(SECRETS).noneMatch(text::contains);
            }
        }
    }
}
