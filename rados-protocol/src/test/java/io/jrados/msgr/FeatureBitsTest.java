package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import org.junit.jupiter.api.Test;

class FeatureBitsTest {
    @Test
    @Covers({"A35", "A36"})
    void offersEveryReleaseUpToTentacleAndWhatIsDecodedOnly() {
        for (long mask : new long[] {
            FeatureBits.SERVER_LUMINOUS,
            FeatureBits.SERVER_MIMIC,
            FeatureBits.SERVER_NAUTILUS,
            FeatureBits.SERVER_OCTOPUS,
            FeatureBits.SERVER_PACIFIC,
            FeatureBits.SERVER_QUINCY,
            FeatureBits.SERVER_REEF,
            FeatureBits.SERVER_SQUID,
            FeatureBits.SERVER_TENTACLE,
            FeatureBits.CRUSH_MSR,
            FeatureBits.REQUIRED
        }) {
            assertThat(FeatureBits.has(FeatureBits.OFFERED, mask))
                    .as(FeatureBits.names(mask))
                    .isTrue();
        }
        // what a gateway for NVMe over fabrics asks of its monitors is nothing to a client
        assertThat(FeatureBits.OFFERED & (1L << 44 | 1L << 45)).isZero();
        assertThat(FeatureBits.names(FeatureBits.OFFERED)).contains("CEPHX_V2").contains("RADOS_BACKOFF");
    }

    @Test
    @Covers("A35")
    void aBitWithoutTheMarkOfItsIncarnationIsAnOldFeature() {
        assertThat(FeatureBits.has(1L << 31, FeatureBits.SERVER_REEF)).isFalse();
        assertThat(FeatureBits.has(1L << 31 | 1L << 57, FeatureBits.SERVER_REEF))
                .isFalse();
        assertThat(FeatureBits.has(1L << 31 | 1L << 57 | 1L << 28, FeatureBits.SERVER_REEF))
                .isTrue();
    }

    @Test
    void nothingOfferedIsWithoutAName() {
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if ((FeatureBits.OFFERED >>> bit & 1) != 0) {
                assertThat(FeatureBits.names(1L << bit)).contains("(");
            }
        }
        assertThat(FeatureBits.names(1L << 63 | 1)).isEqualTo("bit 0 (UID), bit 63");
    }
}
