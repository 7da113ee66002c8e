package io.jrados.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class PrintableTest {
    private static final String FORGED = "x\n[main] ERROR forged\r\u001b[2J\u202e\u009b";
    private static final String SHOWN = "x\\n[main] ERROR forged\\r\\x1b[2J\\u202e\\x9b";

    @Test
    void controlCharactersAreEscapedOnce() {
        assertThat(Printable.of(FORGED)).isEqualTo(SHOWN);
        assertThat(Printable.of(SHOWN)).isSameAs(SHOWN);
        assertThat(Printable.of("a\tb \\ \u00e4\u4e2d\ud83d\ude00")).isEqualTo("a\tb \\ \u00e4\u4e2d\ud83d\ude00");
    }

    @Test
    void aQuotedValueIsShort() {
        assertThat(Printable.quoted("a")).isEqualTo("a");
        assertThat(Printable.quoted("\n".repeat(100_000)))
                .hasSizeLessThan(3 * Printable.MAX_QUOTED)
                .endsWith("... (100000 characters)");
    }

    @Test
    void everyExceptionOfTheLibraryEscapesItsMessage() {
        RadosException failed = RadosException.of(Errno.ENOENT, "opening image " + FORGED);

        assertThat(failed).hasMessageStartingWith("opening image " + SHOWN);
        assertThat(failed.doing()).isEqualTo("opening image " + SHOWN);
        assertThat(failed.copy()).hasMessageContaining(SHOWN);
        assertThat(RadosException.of(-99_999, FORGED)).hasMessageStartingWith(SHOWN);
        assertThat(new MalformedException("a name " + FORGED)).hasMessage("a name " + SHOWN);
        assertThat(new MalformedException("a name " + FORGED, failed)).hasMessage("a name " + SHOWN);
        assertThat(new Waiting(FORGED, Stage.CONNECTING, Instant.EPOCH, FORGED).toString())
                .startsWith(SHOWN)
                .endsWith(SHOWN);
    }
}
