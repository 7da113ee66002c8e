package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DirectMemoryTest {
    @Test
    void aBudgetIsCutWhereTheJvmIsSmall() {
        assertThat(DirectMemory.share(100 << 20, 4, 1L << 30)).isEqualTo(100 << 20);
        assertThat(DirectMemory.share(100 << 20, 4, 90 << 20)).isEqualTo((90 << 20) / 4);
        assertThat(DirectMemory.share(100, 4, 1)).as("something always goes").isEqualTo(1);
    }

    @Test
    void theLimitIsTheJvms() {
        assertThat(DirectMemory.limit()).isPositive();
        assertThat(DirectMemory.missing(new OutOfMemoryError("Cannot reserve 5 bytes")))
                .contains("Cannot reserve 5 bytes", "-XX:MaxDirectMemorySize", Long.toString(DirectMemory.limit()));
    }
}
