package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Versions of Netty that others chose. */
class NettyCheckTest {
    private static Map<String, String> all(String version) {
        return Map.of(
                "netty-common",
                version,
                "netty-buffer",
                version,
                "netty-resolver",
                version,
                "netty-transport",
                version);
    }

    @Test
    void bothLinesOfNetty4WillDo() {
        for (String version :
                new String[] {"4.1.100.Final", "4.1.138.Final", "4.2.0.Final", "4.2.20.Final", "4.3.0.Final", "?"}) {
            assertThat(NettyCheck.problem(all(version))).as(version).isEmpty();
        }
        assertThat(NettyCheck.problem(Map.of()))
                .as("packed with others into one jar")
                .isEmpty();
        assertThat(NettyCheck.problem(Map.of("netty-common", "4.2.17.Final", "netty-buffer", "4.2.20.Final")))
                .isEmpty();
    }

    @Test
    void whatWillNotDoIsToldWithTheRemedy() {
        for (String version : new String[] {"4.1.99.Final", "4.0.56.Final", "3.10.6.Final"}) {
            assertThat(NettyCheck.problem(all(version))).as(version).hasValueSatisfying(sentence -> assertThat(sentence)
                    .startsWith("Netty is too old (" + version + "): jrados needs ")
                    .contains("netty.version", "io.netty:netty-bom", "io.jrados:jrados-shaded"));
        }
        assertThat(NettyCheck.problem(Map.of("netty-common", "4.1.128.Final", "netty-transport", "4.2.20.Final")))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .startsWith("Netty's modules do not belong together (")
                        .contains("netty-common=4.1.128.Final", "netty-transport=4.2.20.Final"));
    }

    @Test
    void theVersionOfTheseTestsIsFoundAndWillDo() {
        assertThat(NettyCheck.problem()).isEmpty();
        assertThat(NettyCheck.found()).hasSize(4);
        assertThat(NettyCheck.text(NettyCheck.found())).matches("4\\.[12]\\.\\d+\\.Final");
    }
}
