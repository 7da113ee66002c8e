package io.jrados.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import java.net.InetSocketAddress;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MonHostsTest {
    private static String join(Iterable<MonHosts.Endpoint> endpoints) {
        StringBuilder out = new StringBuilder();
        endpoints.forEach(e -> out.append(' ').append(e.host()).append('|').append(e.port()));
        return out.toString().strip();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "10.0.0.1 # 10.0.0.1|3300 # 10.0.0.1|6789",
                "10.0.0.1:6789 # '' # 10.0.0.1|6789",
                "10.0.0.1:3300 # 10.0.0.1|3300 # ''",
                "10.0.0.1:7000 # 10.0.0.1|7000 # 10.0.0.1|7000",
                "10.0.0.1:0 # 10.0.0.1|3300 # 10.0.0.1|6789",
                "v2:10.0.0.1 # 10.0.0.1|3300 # ''",
                "v1:10.0.0.1:7000/0 # '' # 10.0.0.1|7000",
                "any:10.0.0.1 # 10.0.0.1|3300 # 10.0.0.1|6789",
                "[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0] # 10.0.0.1|3300 # 10.0.0.1|6789",
                "[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0],[v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0]"
                        + " # 10.0.0.1|3300 10.0.0.2|3300 # 10.0.0.1|6789 10.0.0.2|6789",
                "[v2:10.0.0.1:3300/0] [v2:10.0.0.2:3300/0];10.0.0.3:3300 # 10.0.0.1|3300 10.0.0.2|3300 10.0.0.3|3300 # ''",
                "10.0.0.1,10.0.0.2 # 10.0.0.1|3300 10.0.0.2|3300 # 10.0.0.1|6789 10.0.0.2|6789",
                "10.0.0.1 10.0.0.1, # 10.0.0.1|3300 # 10.0.0.1|6789",
                "::1 # ::1|3300 # ::1|6789",
                "[::1] # ::1|3300 # ::1|6789",
                "[::1]:3300 # ::1|3300 # ''",
                "v2:[2001:db8::1]:3301/7 # 2001:db8::1|3301 # ''",
                "[v2:[::1]:3300/0,v1:[::1]:6789/0] # ::1|3300 # ::1|6789",
                "[::1],[::2] # ::1|3300 ::2|3300 # ::1|6789 ::2|6789",
                "mon-1.example.org # mon-1.example.org|3300 # mon-1.example.org|6789",
                "mon_1:3300;mon_2:6789 # mon_1|3300 # mon_2|6789",
                "v2:mon:3300 # mon|3300 # ''",
            })
    @Covers("C01")
    void readsBothForms(String text, String msgr2, String legacy) throws RadosException {
        MonHosts hosts = MonHosts.parse(text.strip());

        assertThat(join(hosts.msgr2())).isEqualTo(msgr2.strip());
        assertThat(join(hosts.legacy())).isEqualTo(legacy.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1:99999", "10.0.0.1:x", "[v2:10.0.0.1:3300", "v2:10.0.0.1:3300]", "[[v2:10.0.0.1]]", "a!b",
                "v3:10.0.0.1:3300", "http://10.0.0.1/", "10.0.0.1/x", "v2:", "[]]", "\u0000"
            })
    void refusesNonsense(String text) {
        assertThatThrownBy(() -> MonHosts.parse(text))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.EINVAL))
                .hasMessageContaining("mon_host");
    }

    @Test
    void refusesAnEndlessList() {
        assertThatThrownBy(() -> MonHosts.parse("1:".repeat(1 << 20))).isInstanceOf(RadosException.class);
    }

    @Test
    void readsALongListInTime() throws RadosException {
        String text = java.util.stream.IntStream.range(0, 256)
                .mapToObj(i -> "[v2:[2001:db8::" + Integer.toHexString(i) + "]:3300/0]")
                .collect(Collectors.joining(","));

        assertThat(MonHosts.parse(text).msgr2()).hasSize(256);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "127.0.0.9:6789 # 127.0.0.9:6789",
                "127.0.0.9:6789/0 # 127.0.0.9:6789",
                "v1:127.0.0.9 # 127.0.0.9:6789",
                "v1:127.0.0.9:7000 # 127.0.0.9:7000",
                "[v1:127.0.0.9:6789] # 127.0.0.9:6789",
                "127.0.0.9:6789,v1:127.0.0.9:7000 # 127.0.0.9:6789",
                "[v2:127.0.0.9:3300,v1:127.0.0.9:6789] # ''",
                "127.0.0.9 # ''",
                "127.0.0.9:3300,127.0.0.9:6789 # ''",
            })
    @Covers({"C01", "C05"})
    void aHostThatIsOnlyNamedForTheLegacyProtocolIsTriedOnPort3300(String text, String insteadOf)
            throws RadosException {
        assertThat(MonHosts.parse(text).resolve(text))
                .containsExactly(new MonitorEndpoint(new InetSocketAddress("127.0.0.9", 3300), 0, 0, insteadOf));
    }

    @Test
    void aNameMayStandForSeveralAddresses() throws RadosException {
        var addresses = MonHosts.parse("localhost,127.0.0.1").resolve("localhost,127.0.0.1");

        assertThat(addresses)
                .isNotEmpty()
                .doesNotHaveDuplicates()
                .allMatch(endpoint -> endpoint.address().getPort() == 3300
                        && endpoint.insteadOf().isEmpty());
        assertThat(addresses)
                .allMatch(endpoint -> endpoint.address().getAddress().isLoopbackAddress());
    }

    @Test
    void unknownNamesAndNoAddressHaveTheirOwnErrors() {
        assertErrno(Errno.EHOSTUNREACH, "no-such-host.invalid");
        assertErrno(Errno.EINVAL, ",");
    }

    private static void assertErrno(Errno errno, String text) {
        assertThatThrownBy(() -> MonHosts.parse(text).resolve(text))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(errno))
                .hasMessageContaining(text);
    }
}
