package io.jrados.rbd.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.testkit.BadArguments;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Bad arguments of each call: a failure that names the argument. */
class BadArgumentsTest {
    @Test
    void areNamed() {
        // sectors are numbered by unsigned numbers
        BadArguments bad = new BadArguments()
                .anyNumber("sector")
                .with(int.class, 16)
                .with(byte[].class, new byte[32])
                .with(ByteBuffer.class, ByteBuffer.allocate(0));
        bad.constructors(AesXts.class);
        try (AesXts cipher = new AesXts(new byte[32], 16)) {
            bad.of(SectorCipher.class, cipher);
        }
        bad.of(KeyDerivation.class, new Argon2id(1, 8, 1));
        assertThat(bad.wrong()).isEmpty();
        assertThat(bad.calls()).isGreaterThanOrEqualTo(13);
    }

    @Test
    void costsOutOfBoundsAreNamed() {
        for (int bad : new int[] {-1, 0, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> new Argon2id(bad, 8, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("iterations");
        }
        for (int bad : new int[] {-1, 0, 7, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> new Argon2id(1, bad, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("memoryKib");
        }
        for (int bad : new int[] {-1, 0, 65, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> new Argon2id(1, 8, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lanes");
        }
    }
}
