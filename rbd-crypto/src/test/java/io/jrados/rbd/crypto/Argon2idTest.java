package io.jrados.rbd.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Argon2id by public vectors, and its bounds. */
class Argon2idTest {
    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Section 5.3. */
    @Test
    void agreesWithRfc9106() throws RadosException {
        byte[] tag = new Argon2id(3, 32, 4).derive(filled(32, 1), filled(16, 2), 32, filled(8, 3), filled(12, 4));
        assertThat(HexFormat.of().formatHex(tag))
                .isEqualTo("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    /** Vectors of the password hashing competition, where Argon2 won. */
    @ParameterizedTest
    @CsvSource({
        "2, 256, 1, 9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
        "2, 256, 2, 6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037",
        "2, 65536, 1, 09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
    })
    void agreesWithTheCompetition(int iterations, int memoryKib, int lanes, String expected) throws RadosException {
        byte[] key = new Argon2id(iterations, memoryKib, lanes).derive(ascii("password"), ascii("somesalt"), 32);
        assertThat(HexFormat.of().formatHex(key)).isEqualTo(expected);
    }

    @Test
    void refusesWhatIsOutOfBounds() {
        assertThatThrownBy(() -> new Argon2id(0, 64, 1)).hasMessageStartingWith("iterations: ");
        assertThatThrownBy(() -> new Argon2id(1, 7, 1)).hasMessageStartingWith("memoryKib: ");
        assertThatThrownBy(() -> new Argon2id(1, 31, 4)).hasMessageStartingWith("memoryKib: ");
        assertThatThrownBy(() -> new Argon2id(1, Argon2id.MAX_MEMORY_KIB + 1, 4))
                .hasMessageStartingWith("memoryKib: ");
        assertThatThrownBy(() -> new Argon2id(1, 64, 0)).hasMessageStartingWith("lanes: ");
        assertThatThrownBy(() -> new Argon2id(1, 4096, 65)).hasMessageStartingWith("lanes: ");
        Argon2id small = new Argon2id(1, 8, 1);
        assertThatThrownBy(() -> small.derive(new byte[1], new byte[7], 32)).hasMessageStartingWith("salt: ");
        assertThatThrownBy(() -> small.derive(new byte[1], new byte[8], 3)).hasMessageStartingWith("length: ");
        assertThatThrownBy(() -> small.derive(new byte[1], new byte[8], 1025)).hasMessageStartingWith("length: ");
    }

    /** A header on a disk may ask for any amount: the tests' JVM has 1 GiB of heap. */
    @Test
    void moreMemoryThanTheHeapIsAnError() {
        assertThatThrownBy(() -> new Argon2id(1, Argon2id.MAX_MEMORY_KIB, 1).derive(new byte[1], new byte[8], 32))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ENOMEM))
                .hasMessageContaining("4194304 KiB of heap");
    }
}
