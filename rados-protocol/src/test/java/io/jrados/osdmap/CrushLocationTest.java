package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jrados.crush.CrushMap;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The distances of OSDs: 4 racks of 3 hosts of 3 OSDs, with shadow trees of two device classes beside them. */
class CrushLocationTest {
    private final CrushMap crush =
            Decoder.whole(Golden.file("20.2.4", "crush/msr").bytes(), CrushMap::decode);

    @ParameterizedTest
    @CsvSource({
        "host=h3 rack=r1 root=default,  9, 1",
        "host=h3;rack=r1,               12, 2",
        "rack=r1|host=h3|root=default,  0, 3",
        "host=h3 host=h4,               14, 1",
        "host=h3 rack=r1,               0, 2147483647",
        "room=here,                     0, 2147483647",
        "host=h3 root=default,          99, 2147483647"
    })
    @Covers("D34")
    void isTheLowestTypeInCommon(String location, int osd, int type) {
        assertThat(CrushLocation.parse(location.replace('|', ',')).distance(crush, osd))
                .isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "=h3", "host=", "host=h3 rack", ""})
    void refusesWhatIsNoPair(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CrushLocation.parse(text))
                .withMessageContaining("is not type=name");
    }

    @Test
    void saysWhereItIs() {
        assertThat(CrushLocation.parse("rack=r1 host=h3").toString()).contains("host=[h3]", "rack=[r1]");
    }
}
