package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.drivers.DriverException.Kind;
import io.jrados.testkit.Covers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RbdLocationTest {
    private static final String FSID = "b1f6c1a2-0000-4000-8000-123456789abc";

    @Test
    @Covers("O13")
    void item013EncodesEveryPartAndReadsItBack() throws DriverException {
        String hard = "a b/%41ü+@";
        RbdLocation location = new RbdLocation(FSID, "images", hard, "snap");
        assertThat(location.toString()).isEqualTo("rbd://" + FSID + "/images/a%20b%2F%2541%C3%BC%2B%40/snap");
        assertThat(RbdLocation.parse(location.toString())).isEqualTo(location);
        for (String part : new String[] {"%", "%4", "%zz", "100%", "+"}) {
            RbdLocation odd = new RbdLocation(FSID, part, part, part);
            assertThat(RbdLocation.parse(odd.toString())).isEqualTo(odd);
        }
    }

    @Test
    void theShortFormIsTakenAsItIs() throws DriverException {
        RbdLocation location = RbdLocation.parse("rbd://my%20image");
        assertThat(location).isEqualTo(RbdLocation.ofImage("my%20image"));
        assertThat(location.toString()).isEqualTo("rbd://my%20image");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rbd://a/b",
                "rbd://",
                "rbd:///p/i/s",
                "file://x",
                "rbd://a/b/c",
                "rbd://a/b/c/d/e",
                "rbd://a/b/c/",
                "rbd://a/b/%ff/d",
                "RBD://a/b/c/d",
                "rbd:/a",
                "rbd:image",
                "",
                " rbd://image",
                "rbd:////",
                "rbd://a//c/d",
                "cinder://volume"
            })
    @Covers("O13")
    void item013RefusesWhatIsNoLocation(String uri) {
        assertThatThrownBy(() -> RbdLocation.parse(uri))
                .isInstanceOfSatisfying(DriverException.class, failed -> assertThat(failed.kind())
                        .isEqualTo(Kind.BAD_STORE_URI))
                .hasMessageContaining(uri);
    }
}
