package io.jrados.rbd.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import org.junit.jupiter.api.Test;

@Covers({"G01", "G02", "G03", "G05", "G06", "G07", "G08", "G12", "G14"})
class ObjectNamesTest {
    @Test
    void objectsAreNamedAsCephNamesThem() {
        assertThat(ObjectNames.id("a b")).isEqualTo("rbd_id.a b");
        assertThat(ObjectNames.header("10206b8b4567")).isEqualTo("rbd_header.10206b8b4567");
        assertThat(ObjectNames.objectMap("10206b8b4567")).isEqualTo("rbd_object_map.10206b8b4567");
        assertThat(ObjectNames.objectMap("10206b8b4567", 0x1f))
                .isEqualTo("rbd_object_map.10206b8b4567.000000000000001f");
        assertThat(ObjectNames.DIRECTORY).isEqualTo("rbd_directory");
        assertThat(ObjectNames.CHILDREN).isEqualTo("rbd_children");
        assertThat(ObjectNames.TRASH).isEqualTo("rbd_trash");
        assertThat(ObjectNames.INFO).isEqualTo("rbd_info");
        assertThat(ObjectNames.NAMESPACE).isEqualTo("rbd_namespace");
        assertThat(ObjectNames.journal("abc")).isEqualTo("journal.abc");
        assertThat(ObjectNames.formatOneHeader("old")).isEqualTo("old.rbd");
    }

    @Test
    void dataObjectsHaveTheirNumberIn16HexDigits() {
        assertThat(ObjectNames.data(ObjectNames.dataPrefix("abc"), 0xabcdef))
                .isEqualTo("rbd_data.abc.0000000000abcdef");
        assertThat(ObjectNames.data(ObjectNames.dataPrefix(7, "abc"), 0)).isEqualTo("rbd_data.7.abc.0000000000000000");
    }
}
