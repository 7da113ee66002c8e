package io.jrados.osd.op;

import static io.jrados.message.Replies.part;
import static io.jrados.message.Replies.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.MismatchException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.message.Op;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.message.OsdOpReply;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperationTest {
    private static final String DOING = "reading object in pool rbd";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] encoded(Consumer<Encoder> writer) {
        return Encoder.bytesOf(writer);
    }

    private static String ops(Operation<?> operation) {
        return ByteBufUtil.hexDump(encoded(operation::encode));
    }

    private static String inputs(Operation<?> operation) {
        ByteBuf inputs = operation.inputs();
        try {
            return ByteBufUtil.hexDump(inputs);
        } finally {
            inputs.release();
        }
    }

    private static ReadResult read(ReadOperation operation, OsdOpReply reply) throws RadosException {
        return operation.operation().result(reply, () -> DOING);
    }

    private static RadosException failure(ReadOperation operation, OsdOpReply reply) {
        try {
            throw new AssertionError("returned " + read(operation, reply));
        } catch (RadosException failed) {
            return failed;
        }
    }

    @Test
    @Covers("E03")
    void aPartTakes38Bytes() {
        var operation = new WriteOperation().write(0x1122334455L, ByteBuffer.wrap(new byte[] {7, 8, 9}));

        assertThat(ops(operation.operation()))
                .isEqualTo("0100" + "0122" + "00000000" + "5544332211000000" + "0300000000000000" + "0000000000000000"
                        + "00000000" + "03000000");
        assertThat(inputs(operation.operation())).isEqualTo("070809");
    }

    @Test
    void aWatchPacksItsNumbersUnaligned() {
        Op watch = Op.watch(0x0102030405060708L, Op.RECONNECT, 0xa1b2c3d4, 0x11223344);
        var operation = new Operation<>(List.of(watch), OsdFlags.WRITE, (outputs, version) -> version);

        assertThat(ops(operation))
                .isEqualTo("0100" + "0f22" + "00000000" + "0807060504030201" + "0000000000000000" + "05" + "d4c3b2a1"
                        + "44332211" + "000000" + "00000000");
    }

    @Test
    void aCallPacksItsNamesBeforeItsArgument() {
        var operation =
                new ReadOperation().exec("rbd", "get_id", new byte[] {1, 2}).operation();

        assertThat(ops(operation))
                .isEqualTo(
                        "0100" + "0114" + "00000000" + "03" + "06" + "00" + "02000000" + "00".repeat(21) + "0b000000");
        assertThat(inputs(operation)).isEqualTo(ByteBufUtil.hexDump(bytes("rbdget_id")) + "0102");
    }

    @Test
    void namesOverOneByteOfLengthAreRefused() {
        assertThatThrownBy(() -> new ReadOperation().exec("rbd", "m".repeat(256), new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aResendHasTheSameBytesAndLeavesTheBufferAlone() {
        ByteBuffer data = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
        data.put(3, (byte) 33).position(3).limit(5);
        var operation = new WriteOperation()
                .allocHint(4 << 20, 4 << 20, 0)
                .write(8, data)
                .setXattr("a", new byte[] {5})
                .operation();

        String first = ops(operation) + inputs(operation);
        data.position(4);

        assertThat(ops(operation) + inputs(operation)).isEqualTo(first).endsWith("2100" + "61" + "05");
        assertThat(data.position()).isEqualTo(4);
        assertThat(data.limit()).isEqualTo(5);
    }

    @Test
    void inputsAreSharedAndNotCopied() {
        ByteBuffer data = ByteBuffer.allocateDirect(4096);
        ByteBuf inputs = new WriteOperation().write(0, data).operation().inputs();

        data.put(17, (byte) 1);

        assertThat(inputs.getByte(17)).isEqualTo((byte) 1);
        assertThat(inputs.nioBufferCount()).isEqualTo(1);
        assertThat(inputs.release()).isFalse();
    }

    @Test
    @Covers("E16")
    void theBudgetCountsWhatIsSentAndWhatIsAskedFor() {
        assertThat(new ReadOperation().read(0, 4096).stat().operation().budget())
                .isEqualTo(4096);
        assertThat(new WriteOperation()
                        .write(0, ByteBuffer.allocate(100))
                        .zero(0, 1 << 20)
                        .operation()
                        .budget())
                .isEqualTo(100);
    }

    @Test
    void flagsTellReadsFromWrites() {
        assertThat(new ReadOperation().stat().operation().flags()).isEqualTo(OsdFlags.READ);
        assertThat(new WriteOperation().delete().operation().flags()).isEqualTo(OsdFlags.WRITE);
        assertThat(new WriteOperation().returnOutputs().delete().operation().flags())
                .isEqualTo(OsdFlags.WRITE | OsdFlags.RETURNVEC);
    }

    @Test
    @Covers("E51")
    void aReadFillsTheGivenBufferOnce() throws RadosException {
        ByteBuffer into = ByteBuffer.allocateDirect(10);
        into.position(2).limit(8);

        var result = read(new ReadOperation().read(100, into), reply(4, part(4, new byte[] {1, 2, 3, 4})));

        assertThat(into.position()).isEqualTo(6);
        assertThat(into.limit()).isEqualTo(8);
        assertThat(into.get(2)).isEqualTo((byte) 1);
        assertThat(into.get(5)).isEqualTo((byte) 4);
        assertThat(result.length(0)).isEqualTo(4);
        assertThat(result.data(0)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
        assertThat(result.version()).isEqualTo(42);
    }

    @Test
    void aReadThatIsSubmittedAgainFillsTheSamePlace() throws RadosException {
        ByteBuffer into = ByteBuffer.allocate(4);
        var operation = new ReadOperation().read(0, into);
        read(operation, reply(0, part(4, new byte[] {1, 2, 3, 4})));

        read(operation, reply(0, part(2, new byte[] {5, 6})));

        assertThat(into.array()).containsExactly(5, 6, 3, 4);
        assertThat(into.position()).isEqualTo(2);
    }

    @Test
    void aReadThatReturnsTooMuchIsRefused() {
        ByteBuffer into = ByteBuffer.allocate(3);

        var failed = failure(new ReadOperation().read(0, into), reply(0, part(0, new byte[4])));

        assertThat(failed.errno()).isEqualTo(Errno.EBADMSG);
        assertThat(into.position()).isZero();
    }

    @Test
    void eachPartHasItsResult() throws RadosException {
        var operation = new ReadOperation()
                .stat()
                .read(0, 100)
                .getXattrs()
                .omapKeys("", 10)
                .omapValues("", "", 10)
                .getXattr("none")
                .failOk();

        var result = read(
                operation,
                reply(
                        0,
                        part(0, encoded(out -> out.u64(77).u32(1_700_000_000L).u32(5))),
                        part(3, bytes("abc")),
                        part(0, encoded(out -> out.u32(1).string("x").bytes(bytes("y")))),
                        part(
                                0,
                                encoded(out ->
                                        out.u32(2).string("k1").string("k2").u8(1))),
                        part(
                                0,
                                encoded(out ->
                                        out.u32(1).string("k").bytes(bytes("v")).u8(0))),
                        part(-61)));

        assertThat(result.stat(0)).isEqualTo(new ObjectStat(77, Instant.ofEpochSecond(1_700_000_000L, 5)));
        assertThat(result.data(1)).isEqualTo(ByteBuffer.wrap(bytes("abc")));
        assertThat(result.xattrs(2)).containsEntry("x", bytes("y"));
        assertThat(result.omap(3).pairs().keySet()).containsExactly("k1", "k2");
        assertThat(result.omap(3).truncated()).isTrue();
        assertThat(result.omap(4).pairs()).containsEntry("k", bytes("v"));
        assertThat(result.omap(4).truncated()).isFalse();
        assertThat(result.code(5)).isEqualTo(-61);
        assertThatThrownBy(() -> result.xattr(5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("getxattr");
        assertThatThrownBy(() -> result.stat(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theFirstFailureIsTheOperationsAndSaysWhichPart() {
        var failed = failure(new ReadOperation().assertExists().getXattr("lock"), reply(-61, part(0), part(-61)));

        assertThat(failed.errno()).isEqualTo(Errno.ENODATA);
        assertThat(failed).hasMessageContaining(DOING).hasMessageContaining("getxattr");
    }

    @Test
    void aMissingObjectIsNotFound() {
        assertThat(failure(new ReadOperation().stat(), reply(-2, part(-2)))).isInstanceOf(NotFoundException.class);
    }

    @Test
    @Covers({"E62", "E81"})
    void aDifferenceTellsItsOffset() {
        var operation = new ReadOperation().compareExtent(4096, ByteBuffer.allocate(512));

        var failed = failure(operation, reply(-4095 - 17, part(-4095 - 17)));

        assertThat(failed).isInstanceOf(MismatchException.class);
        assertThat(((MismatchException) failed).offset()).isEqualTo(17);
        assertThat(failed.errno()).isEqualTo(Errno.EILSEQ);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65536, Integer.MAX_VALUE})
    void aPositiveResultOfAWriteIsSuccess(int code) throws RadosException {
        var operation = new WriteOperation().write(0, ByteBuffer.allocate(1)).operation();

        assertThat(operation.result(reply(code, part(code)), () -> "writing").code(0))
                .isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1000, -4096, Integer.MIN_VALUE})
    void anAbsurdResultIsAnError(int code) {
        var failed = failure(new ReadOperation().stat(), reply(code, part(code)));

        assertThat(failed.errno()).isIn(Errno.UNKNOWN, Errno.EBADMSG);
    }

    private static Stream<Arguments> whatAJvmFailsWith() {
        return Stream.of(
                Arguments.of(new OutOfMemoryError("in a test"), Errno.ENOMEM),
                Arguments.of(new NoClassDefFoundError("in a test"), Errno.EIO),
                Arguments.of(new ReadOnlyBufferException(), Errno.EIO));
    }

    @ParameterizedTest
    @MethodSource("whatAJvmFailsWith")
    void aReplyThatTheJvmFailsToReadEndsItsOperation(Throwable failure, Errno errno) {
        var operation =
                new Operation<Void>(new ReadOperation().stat().operation().ops(), OsdFlags.READ, (outputs, version) -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                });

        assertThatThrownBy(() -> operation.result(reply(0, part(0)), () -> DOING))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(errno))
                .hasMessageContaining(DOING)
                .hasCause(failure);
    }

    @Test
    void anotherNumberOfResultsIsRefused() {
        assertThat(failure(new ReadOperation().stat(), reply(0)).errno()).isEqualTo(Errno.EBADMSG);
        assertThat(failure(new ReadOperation().stat(), reply(-2)).errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    void anOperationIsFrozenOnceItIsSubmitted() {
        var operation = new WriteOperation().delete();
        operation.operation();

        assertThatThrownBy(operation::omapClear).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(operation::failOk).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void rangesAreChecked() {
        assertThatThrownBy(() -> new ReadOperation().read(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ReadOperation().read(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ReadOperation().sparseRead(Long.MAX_VALUE, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WriteOperation().zero(1, Long.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WriteOperation().truncate(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WriteOperation().writeSame(0, 10, ByteBuffer.allocate(3)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WriteOperation().operation()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> new ReadOperation().read(0, ByteBuffer.allocate(1).asReadOnlyBuffer()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void omapNamesAreBytesOfUtf8() {
        var operation =
                new WriteOperation().omapSet(Map.of("ä", new byte[] {1})).operation();
        assertThat(inputs(operation)).isEqualTo("01000000" + "02000000" + "c3a4" + "01000000" + "01");

        var failed = failure(new ReadOperation().omapKeys("", 10), reply(0, part(0, encoded(out -> out.u32(1)
                .bytes(new byte[] {(byte) 0xff})
                .u8(0)))));
        assertThat(failed.errno()).isEqualTo(Errno.EBADMSG);
    }

    @Test
    void whatCannotBeAskedIsRefusedBeforeItIsSent() {
        ByteBuffer readOnly = ByteBuffer.allocate(4).asReadOnlyBuffer();
        ByteBuffer three = ByteBuffer.allocate(3);
        List<Runnable> wrong = List.of(
                () -> new ReadOperation().read(0, readOnly),
                () -> new ReadOperation().read(0, 0),
                () -> new ReadOperation().read(-1, 1),
                () -> new ReadOperation().sparseRead(0, 0),
                () -> new ReadOperation().mapExtents(Long.MAX_VALUE, 2),
                () -> new ReadOperation().checksum(ChecksumType.CRC32C, 0, 4096, -1, 0),
                () -> new ReadOperation().checksum(ChecksumType.CRC32C, 0, 4096, 1000, 0),
                () -> new WriteOperation().writeSame(0, 4, three),
                () -> new WriteOperation().writeSame(0, 4, ByteBuffer.allocate(0)),
                () -> new WriteOperation().zero(0, -1));
        for (Runnable each : wrong) {
            assertThatThrownBy(each::run).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @Covers("E03")
    void whatHasTwoForms() {
        assertThat(ops(new WriteOperation().create(true).operation())).startsWith("0100" + "0d22" + "01000000");
        assertThat(ops(new WriteOperation().create(false).operation())).startsWith("0100" + "0d22" + "00000000");
        assertThat(new ReadOperation()
                        .checksum(ChecksumType.XXHASH32, 0, 4096, 512, -1)
                        .checksum(ChecksumType.XXHASH64, 0, 4096, -1)
                        .operation()
                        .inputs()
                        .readableBytes())
                .isEqualTo(4 + 8);
    }
}
