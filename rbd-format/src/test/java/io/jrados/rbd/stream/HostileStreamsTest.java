package io.jrados.rbd.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.Covers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streams that are cut off or broken: each is refused with the place and what was expected there, and nothing else is
 * ever thrown. They pass through merge-diff, which reads all of a diff and writes it again. {@code -Djrados.fuzz=N}
 * makes more random ones.
 */
class HostileStreamsTest {
    private static final int SIZE = 1000;
    private static final int MUTATIONS = Integer.getInteger("jrados.fuzz", 1000);
    private static final byte[] DATA = {1, 2, 3, 4, 5};

    private static byte[] format1() {
        return StreamBytes.diff("one", "two", SIZE)
                .data(10, DATA)
                .zero(20, 30)
                .data(995, DATA)
                .tag('e')
                .done();
    }

    private static StreamBytes header2() {
        return new StreamBytes()
                .text("rbd diff v2\n")
                .tag('f')
                .u64(7)
                .string("one")
                .tag('t')
                .u64(7)
                .string("two")
                .tag('p')
                .u64(1)
                .raw(new byte[] {1})
                .tag('s')
                .u64(8)
                .u64(SIZE);
    }

    private static byte[] format2() {
        return header2()
                .tag('w')
                .u64(16 + DATA.length)
                .u64(10)
                .u64(DATA.length)
                .raw(DATA)
                .tag('z')
                .u64(16)
                .u64(20)
                .u64(30)
                .tag('e')
                .done();
    }

    private static StreamBytes properties() {
        return new StreamBytes()
                .text("rbd image v2\n")
                .tag('O')
                .u64(8)
                .u64(22)
                .tag('T')
                .u64(8)
                .u64(61)
                .tag('U')
                .u64(8)
                .u64(1 << 22)
                .tag('C')
                .u64(8)
                .u64(1);
    }

    private static byte[] image() {
        return properties()
                .tag('M')
                .u64(8 + 3 + 5)
                .string("key")
                .string("value")
                .tag('E')
                .done();
    }

    private static byte[] copied(byte[] stream) throws IOException {
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        ImageStreams.mergeDiffs(List.of(StreamBytes.pipe(stream)), Channels.newChannel(copy), Progress.NONE);
        return copy.toByteArray();
    }

    private static ImageHeader readHeader(byte[] stream) throws IOException {
        return ImageHeader.read(new StreamInput(StreamBytes.pipe(stream)));
    }

    @Test
    @Covers({"H111", "H112"})
    void aWholeDiffComesOutAsItWas() throws IOException {
        assertThat(copied(format1())).isEqualTo(format1());
        assertThat(copied(format2())).isEqualTo(format2());
    }

    @Test
    @Covers("H112")
    void readsTheProtectionOfRelease16WhichTellsOfEightBytesAndHasOne() throws IOException {
        byte[] current = named().tag('p')
                .u64(1)
                .raw(new byte[] {1})
                .tag('s')
                .u64(8)
                .u64(SIZE)
                .tag('e')
                .done();
        byte[] old = named().tag('p')
                .u64(8)
                .raw(new byte[] {1})
                .tag('s')
                .u64(8)
                .u64(SIZE)
                .tag('e')
                .done();
        assertThat(copied(old)).isEqualTo(current);
    }

    @Test
    @Covers("H110")
    void propertiesAndMetadataComeOutAsTheyWere() throws IOException {
        ImageHeader header = readHeader(image());
        assertThat(header.order()).hasValue(22);
        assertThat(header.features()).hasValue(61);
        assertThat(header.metadata()).containsOnlyKeys("key");
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        StreamOutput out = new StreamOutput(Channels.newChannel(again));
        header.write(out);
        out.flush();
        assertThat(again.toByteArray()).isEqualTo(image());
    }

    @Test
    void aDiffCutOffAnywhereIsRefused() {
        for (byte[] whole : List.of(format1(), format2())) {
            for (int length = 0; length < whole.length; length++) {
                byte[] part = Arrays.copyOf(whole, length);
                MalformedStreamException refused =
                        catchThrowableOfType(MalformedStreamException.class, () -> copied(part));
                assertThat(refused).as("cut off at %s", length).isNotNull();
                assertThat(refused.position()).isBetween(0L, (long) length);
                assertThat(refused).hasMessageContaining("the stream ends").hasMessageContaining("is expected");
                assertThat(refused.errno()).isEqualTo(Errno.EBADMSG);
            }
        }
    }

    @Test
    void propertiesCutOffAnywhereAreRefused() {
        byte[] whole = image();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThat(catchThrowable(() -> readHeader(part)))
                    .as("cut off at %s", length)
                    .isInstanceOf(MalformedStreamException.class);
        }
    }

    static Stream<Arguments> brokenDiffs() {
        int banner = 12;
        int begin = StreamBytes.diff("one", "two", SIZE).length();
        return Stream.of(
                broken("another banner", new StreamBytes().text("rbd diff v3\n").tag('e'), 0),
                broken("an image's banner", new StreamBytes().text("rbd image v2"), 0),
                broken("an unknown tag", diff().tag('q').u64(8), banner),
                broken("protection in format 1", diff().tag('t').string("a").tag('p'), banner + 6),
                broken("the end first", diff().tag('e'), banner),
                broken("data before the size", diff().data(0, DATA), banner),
                broken("the start twice", diff().tag('f').string("a").tag('f').string("a"), banner + 6),
                broken(
                        "the start behind the end",
                        diff().tag('t').string("a").tag('f').string("b"),
                        banner + 6),
                broken("a name of no bytes", diff().tag('f').u32(0), banner + 1),
                broken("a name of negative length", diff().tag('f').u32(-1), banner + 1),
                broken("a huge name", diff().tag('f').u32(4097), banner + 1),
                broken("a name that is no text", diff().tag('f').u32(1).raw(new byte[] {-1}), banner + 1),
                broken("a negative size", diff().tag('s').u64(-1), banner + 1),
                broken("a huge size", diff().tag('s').u64((1L << 60) + 1), banner + 1),
                broken("the size twice", whole().tag('s').u64(SIZE), begin),
                broken("a start among the records", whole().tag('f').string("a"), begin),
                broken("an unknown record", whole().tag('q').u64(0), begin),
                broken("a negative offset", whole().zero(-1, 1), begin + 1),
                broken("an offset past the end", whole().zero(SIZE, 1), begin + 1),
                broken("a range of no bytes", whole().zero(0, 0), begin + 9),
                broken("a range of negative length", whole().zero(0, -1), begin + 9),
                broken("a range past the end", whole().zero(1, SIZE), begin + 9),
                broken("a range that overflows", whole().zero(10, Long.MAX_VALUE), begin + 9),
                broken("huge data", whole().tag('w').u64(0).u64(1L << 62), begin + 9),
                broken("a range twice", whole().zero(0, 10).zero(0, 10), begin + 18),
                broken("an overlap", whole().zero(0, 10).data(9, DATA), begin + 18),
                broken("ranges out of order", whole().zero(100, 10).zero(50, 10), begin + 18),
                broken("more behind the last byte", whole().zero(0, SIZE).zero(SIZE, 1), begin + 17));
    }

    static Stream<Arguments> brokenDiffsOfFormat2() {
        int banner = 12;
        int begin = header2().length();
        return Stream.of(
                broken("a name longer than its record", diff2().tag('f').u64(6).string("one"), banner + 1),
                broken("a name shorter than its record", diff2().tag('f').u64(8).string("one"), banner + 1),
                broken("a record of no name", diff2().tag('f').u64(4).u32(0), banner + 1),
                broken("a record of negative length", diff2().tag('t').u64(-1), banner + 1),
                broken("protection of nothing", diff2().tag('p').u64(1).raw(new byte[] {1}), banner),
                broken("protection of many bytes", named().tag('p').u64(2), named().length() + 1),
                broken(
                        "protection that is no truth",
                        named().tag('p').u64(1).raw(new byte[] {2}),
                        named().length() + 9),
                broken("protection behind the size", header2().tag('p').u64(1), begin),
                broken("a size of four bytes", diff2().tag('s').u64(4), banner + 1),
                broken("an unknown tag", diff2().tag('x').u64(0), banner),
                broken("an unknown record", header2().tag('x').u64(0), begin),
                broken("zero with data", header2().tag('z').u64(17), begin + 1),
                broken(
                        "data shorter than its record",
                        header2().tag('w').u64(22).u64(0).u64(5),
                        begin + 1),
                broken(
                        "data longer than its record",
                        header2().tag('w').u64(20).u64(0).u64(5),
                        begin + 1),
                broken("data of negative length", header2().tag('w').u64(-16), begin + 1));
    }

    private static StreamBytes diff() {
        return new StreamBytes().text("rbd diff v1\n");
    }

    private static StreamBytes diff2() {
        return new StreamBytes().text("rbd diff v2\n");
    }

    private static StreamBytes named() {
        return diff2().tag('t').u64(7).string("two");
    }

    private static StreamBytes whole() {
        return StreamBytes.diff("one", "two", SIZE);
    }

    private static Arguments broken(String what, StreamBytes stream, int position) {
        // so much behind it that nothing is missed because the stream ends
        return Arguments.of(what, stream.raw(new byte[SIZE]).done(), position);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"brokenDiffs", "brokenDiffsOfFormat2"})
    @Covers({"H111", "H112", "H114"})
    void aBrokenDiffIsRefusedWhereItIsBroken(String what, byte[] stream, int position) {
        MalformedStreamException refused = catchThrowableOfType(MalformedStreamException.class, () -> copied(stream));
        assertThat(refused).as(what).isNotNull();
        assertThat(refused.position()).as(refused.getMessage()).isEqualTo(position);
        assertThat(refused).hasMessageContaining("at byte " + position);
    }

    static Stream<Arguments> brokenProperties() {
        int begin = properties().length();
        int banner = 13;
        return Stream.of(
                broken("another banner", new StreamBytes().text("rbd image v1\n"), 0),
                broken("an unknown property", properties().tag('F').u64(8), begin),
                broken("a property twice", properties().tag('O').u64(8).u64(22), begin),
                broken("a property of no bytes", imageBanner().tag('O').u64(0), banner + 1),
                broken("a negative order", imageBanner().tag('O').u64(8).u64(-1), banner + 9),
                broken("negative features", imageBanner().tag('T').u64(8).u64(-1), banner + 9),
                broken("metadata of no length", properties().tag('M').u64(0), begin + 1),
                broken("metadata of negative length", properties().tag('M').u64(-1), begin + 1),
                broken("huge metadata", properties().tag('M').u64(1 << 25), begin + 1),
                broken("a key of no bytes", properties().tag('M').u64(20).u32(0), begin + 9),
                broken("a key longer than all", properties().tag('M').u64(20).u32(21), begin + 9),
                broken(
                        "a value longer than all",
                        properties().tag('M').u64(20).string("k").u32(12),
                        begin + 9 + 5),
                broken(
                        "a value shorter than all",
                        properties().tag('M').u64(20).string("k").string("v"),
                        begin + 1),
                broken(
                        "a key twice",
                        properties()
                                .tag('M')
                                .u64(10)
                                .string("k")
                                .string("v")
                                .tag('M')
                                .u64(10)
                                .string("k")
                                .string("w"),
                        begin + 19 + 9));
    }

    private static StreamBytes imageBanner() {
        return new StreamBytes().text("rbd image v2\n");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenProperties")
    @Covers("H110")
    void brokenPropertiesAreRefusedWhereTheyAreBroken(String what, byte[] stream, int position) {
        MalformedStreamException refused =
                catchThrowableOfType(MalformedStreamException.class, () -> readHeader(stream));
        assertThat(refused).as(what).isNotNull();
        assertThat(refused.position()).as(refused.getMessage()).isEqualTo(position);
    }

    @Test
    void anyBytesAreAStreamOrRefused() throws IOException {
        long seed = Long.getLong("jrados.fuzz.seed", 1);
        Random random = new Random(seed);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] stream = (random.nextBoolean() ? format1() : format2()).clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                stream[random.nextInt(stream.length)] = (byte) random.nextInt();
            }
            Throwable thrown = catchThrowable(() -> copied(stream));
            assertThat(thrown == null || thrown instanceof MalformedStreamException)
                    .as("mutation %s of seed %s: %s", i, seed, thrown)
                    .isTrue();
            byte[] header = image().clone();
            header[random.nextInt(header.length)] = (byte) random.nextInt();
            thrown = catchThrowable(() -> readHeader(header));
            assertThat(thrown == null || thrown instanceof MalformedStreamException)
                    .as("mutation %s of seed %s: %s", i, seed, thrown)
                    .isTrue();
        }
    }

    @Test
    @Covers("H114")
    void diffsThatDoNotFollowEachOtherAreNotMerged() {
        byte[] first = StreamBytes.diff("a", "b", SIZE).tag('e').done();
        byte[] unrelated = StreamBytes.diff("c", "d", SIZE).tag('e').done();
        byte[] full = StreamBytes.diff("", "b", SIZE).tag('e').done();
        byte[] open = StreamBytes.diff("b", "", SIZE).tag('e').done();
        for (List<byte[]> pair :
                List.of(List.of(first, unrelated), List.of(first, full), List.of(open, first), List.of(open, full))) {
            RadosException refused = catchThrowableOfType(
                    RadosException.class,
                    () -> ImageStreams.mergeDiffs(
                            pair.stream().map(StreamBytes::pipe).toList(),
                            Channels.newChannel(new ByteArrayOutputStream()),
                            Progress.NONE));
            assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
            assertThat(refused).hasMessageContaining("starts at");
        }
    }

    @Test
    void whatFollowsADiffIsLeftInTheChannel() throws IOException {
        byte[] two =
                new StreamBytes().raw(format1()).raw(format2()).text("more").done();
        var pipe = StreamBytes.pipe(two);
        for (byte[] expected : List.of(format1(), format2())) {
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            ImageStreams.mergeDiffs(List.of(pipe), Channels.newChannel(copy), Progress.NONE);
            assertThat(copy.toByteArray()).isEqualTo(expected);
        }
        assertThat(Channels.newInputStream(pipe).readAllBytes()).asString().isEqualTo("more");
    }
}
