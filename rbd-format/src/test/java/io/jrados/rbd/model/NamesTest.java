package io.jrados.rbd.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a@b", "a/b", "a\0b", "\ud800"})
    void badNamesAreRefusedWithTheReason(String name) {
        RadosException refused = catchThrowableOfType(RadosException.class, () -> Names.checkImage(name));

        assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
        assertThat(refused).hasMessageStartingWith("naming an image");
    }

    @Test
    void aNameIsAsLongAsAnObjectsNameMayBe() {
        assertThatCode(() -> Names.checkImage("x".repeat(2041))).doesNotThrowAnyException();
        assertThat(catchThrowableOfType(RadosException.class, () -> Names.checkImage("x".repeat(2042)))
                        .errno())
                .isEqualTo(Errno.EINVAL);
        assertThat(catchThrowableOfType(RadosException.class, () -> Names.checkImage("é".repeat(1021)))
                        .errno())
                .isEqualTo(Errno.EINVAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "größe", "中文", "😀", "-x", "a:b"})
    void spacesAndOtherScriptsAreFine(String name) {
        assertThatCode(() -> Names.checkImage(name)).doesNotThrowAnyException();
        assertThatCode(() -> Names.checkSnapshot(name)).doesNotThrowAnyException();
    }
}
