package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes as Ceph's tools tell them; {@code LiveMapsTest} compares thousands with a cluster's. */
@Covers("D24")
class ObjectHashTest {
    private static final int GROUPS = 640_000;

    /** Folded to the groups of a map, as {@code osdmaptool --test-map-object} prints them. */
    @ParameterizedTest
    @CsvSource({"foo, 1f406", "rbd_directory, 98c1c", "rbd_header.1018cea2b456, 59ce0", "größer, 3b218"})
    void ofNames(String name, String group) {
        int hash = ObjectHash.of(ObjectHash.RJENKINS, name, "");
        assertThat(Integer.toHexString(PgId.stableMod(hash, GROUPS, PgId.mask(GROUPS))))
                .isEqualTo(group);
    }

    /**
     * Hashes names of each length of the last block, of several blocks, and with characters that are more than a byte.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "ab",
                "abc",
                "abcd",
                "abcde",
                "abcdef",
                "abcdefg",
                "abcdefgh",
                "abcdefghi",
                "abcdefghij",
                "abcdefghijk",
                "abcdefghijkl",
                "abcdefghijklm",
                "rbd_data.1234567890ab.0000000000000001",
                "größer",
                "\ud83d\ude00"
            })
    void areThoseOfTheBytes(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        for (int type : new int[] {ObjectHash.LINUX, ObjectHash.RJENKINS}) {
            assertThat(ObjectHash.of(type, name, "")).isEqualTo(ObjectHash.hash(type, bytes));
        }
        byte[] inSpace = ("space\u001f" + name).getBytes(StandardCharsets.UTF_8);
        assertThat(ObjectHash.of(ObjectHash.RJENKINS, name, "space"))
                .isEqualTo(ObjectHash.hash(ObjectHash.RJENKINS, inSpace));
    }

    @Test
    void ofLinux() {
        assertThat(ObjectHash.of(ObjectHash.LINUX, "a", "")).isEqualTo((('a' << 4) + ('a' >> 4)) * 11);
    }

    @Test
    void anUnknownTypeHashesAllToOneGroup() {
        assertThat(ObjectHash.of(77, "foo", "")).isEqualTo(-1);
    }
}
