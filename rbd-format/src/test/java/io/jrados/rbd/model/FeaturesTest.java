package io.jrados.rbd.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.testkit.Covers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeaturesTest {
    @Test
    @Covers("G44")
    void masksAreCephs() {
        assertThat(Features.DEFAULT).isEqualTo(61);
        assertThat(Features.ALL).isEqualTo(4095);
        assertThat(Features.INCOMPATIBLE).isEqualTo(1 | 2 | 128 | 2048);
        assertThat(Features.MUTABLE).isEqualTo(4 | 8 | 16 | 64 | 1024 | 2048);
        assertThat(Features.IMPLICIT_ENABLE).isEqualTo(2 | 128 | 16 | 256 | 512 | 1024 | 2048);
        assertThat(Features.SINGLE_CLIENT).isEqualTo(4 | 8 | 16 | 64 | 2048);
    }

    @ParameterizedTest
    @Covers("H11")
    @CsvSource(
            delimiter = '|',
            value = {
                "layering|1",
                "layering,exclusive-lock,object-map,fast-diff,deep-flatten|61",
                "layering, striping ,data-pool|131",
                "61|61",
                "0x3d|61",
                "010|10",
                "0|0"
            })
    void readsNamesAndNumbers(String text, long features) {
        assertThat(Features.parse(text)).isEqualTo(features);
    }

    @Test
    @Covers("H11")
    void writesNames() {
        assertThat(Features.toString(61)).isEqualTo("layering,exclusive-lock,object-map,fast-diff,deep-flatten");
        assertThat(Features.toString(1 | 1L << 40)).isEqualTo("layering,0x10000000000");
        assertThatThrownBy(() -> Features.parse("layering,telepathy"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("telepathy");
    }

    @Test
    @Covers({"K18", "G32", "G33", "G34", "G35", "G36", "G37", "G39", "G40"})
    void whatIsKeptTrueIsWritable() {
        long kept = 61 | Features.STRIPINGV2 | Features.DATA_POOL | Features.OPERATIONS;
        assertThat(Features.whyNotWritable(kept, "rbd/a")).isEmpty();
    }

    @Test
    @Covers({"G38", "G41", "G42", "G43"})
    void whatIsNotKeptTrueSaysHowToSwitchItOff() {
        assertThat(Features.whyNotWritable(61 | Features.JOURNALING, "rbd/a"))
                .hasValue("rbd/a is read-only here: this client does not keep journaling true;"
                        + " disable with 'rbd feature disable rbd/a journaling'");
        assertThat(Features.whyNotWritable(Features.MIGRATING | 61, "rbd/a"))
                .get()
                .asString()
                .endsWith("'rbd migration commit rbd/a'");
        assertThat(Features.whyNotWritable(Features.NON_PRIMARY, "rbd/a"))
                .get()
                .asString()
                .endsWith("'rbd mirror image promote rbd/a'");
        assertThat(Features.whyNotWritable(1L << 20, "rbd/a")).get().asString().contains("0x100000");
    }

    @Test
    @Covers("K18")
    void unknownIncompatibleBitsRefuseTheOpen() {
        assertThat(Features.whyNotReadable(Features.READABLE, "rbd/a")).isEmpty();
        assertThat(Features.whyNotReadable(1L << 12, "rbd/a")).get().asString().contains("0x1000");
        assertThat(Features.whyNotReadable(Features.DIRTY_CACHE, "rbd/a"))
                .get()
                .asString()
                .contains("rbd persistent-cache flush rbd/a");
    }

    @Test
    @Covers("G26")
    void unknownOpFeaturesForbidMaintenance() {
        assertThat(OpFeatures.areKnown(15)).isTrue();
        assertThat(OpFeatures.areKnown(16)).isFalse();
        assertThat(OpFeatures.areKnown(1L << 63)).isFalse();
    }
}
