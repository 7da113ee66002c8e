package io.jrados.rbd.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageSpecTest {
    @Test
    void namesAreWrittenAsTheNativeCommandDoes() {
        ImageSpec head = ImageSpec.of("pool", "image");
        assertThat(head).hasToString("pool/image");
        assertThat(head.at("snap")).hasToString("pool/image@snap");
        assertThat(head.inNamespace("space").at("snap")).hasToString("pool/space/image@snap");
        assertThat(head.at("snap").inNamespace("space").head()).hasToString("pool/space/image");
        assertThat(head.snapshot()).isEmpty();
        assertThat(head.at("snap").snapshot()).isEqualTo(Optional.of("snap"));
    }

    @Test
    void noSnapshotHasAnEmptyName() {
        assertThatThrownBy(() -> ImageSpec.of("pool", "image").at(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("snapshot");
    }
}
