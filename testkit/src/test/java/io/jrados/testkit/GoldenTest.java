package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class GoldenTest {
    private static final Golden FILE = Golden.file("example/two-numbers");

    @Test
    void readsHexAndDropsComments() {
        assertThat(FILE.bytes()).containsExactly(1, 2, 3, 0, 0, 0);
    }

    @Test
    void checksAValueBothWays() {
        FILE.reads(GoldenTest::number, 3).writesBack(3, GoldenTest::bytes);

        assertThatThrownBy(() -> FILE.reads(GoldenTest::number, 4)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> FILE.writesBack(4, GoldenTest::bytes)).isInstanceOf(AssertionError.class);
    }

    @Test
    void findsATruncationThatIsNotRefused() {
        FILE.refusesEveryTruncation(GoldenTest::number, BufferUnderflowException.class);
        FILE.refusesEveryTruncation(GoldenTest::firstByteOrZero, BufferUnderflowException.class, 1, 2, 3, 4, 5);

        assertThatThrownBy(
                        () -> FILE.refusesEveryTruncation(GoldenTest::firstByteOrZero, BufferUnderflowException.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("cut to 1 of 6");
    }

    @Test
    void findsDamageThatIsNotSurvived() {
        FILE.survivesEveryDamage(GoldenTest::number, IllegalStateException.class);

        assertThatThrownBy(() -> FILE.survivesEveryDamage(bytes -> new byte[bytes[0]], IllegalStateException.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("byte 0 set to 128");
    }

    @Test
    void namesAFileThatIsNotThere() {
        assertThatThrownBy(() -> Golden.file("example/none")).hasMessageContaining("golden/16.2.15/example/none.hex");
    }

    private static Integer number(byte[] bytes) {
        return ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(Math.min(2, bytes.length))
                .getInt();
    }

    private static Byte firstByteOrZero(byte[] bytes) {
        return ByteBuffer.wrap(bytes).get();
    }

    private static byte[] bytes(Integer number) {
        return ByteBuffer.allocate(6)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 1)
                .put((byte) 2)
                .putInt(number)
                .array();
    }
}
