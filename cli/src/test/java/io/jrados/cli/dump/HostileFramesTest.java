package io.jrados.cli.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import io.jrados.testkit.Golden;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A recorded connection as text, whole and damaged: {@link FuzzCampaign} says how much, and by what seed. */
class HostileFramesTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileFramesTest.class);

    private final byte[] session =
            Golden.file("16.2.15", "msgr_frames/osd-session").bytes();

    /** A recording is text to its damaged place, whatever is damaged. */
    @Test
    @Covers("A06")
    void framesAreTextToTheirDamage() {
        Fuzz.Outcome outcome = new Fuzz(
                        "frames",
                        session,
                        bytes -> {
                            List<String> lines = new ArrayList<>();
                            Frames.print(bytes, lines::add);
                            return lines;
                        },
                        MalformedException.class)
                .run(FuzzCampaign.SEED, FuzzCampaign.MUTATIONS);
        LOG.info("{}", outcome);
        assertThat(outcome.refused()).isZero();
    }

    @Test
    void aSessionIsReadable() {
        List<String> lines = new ArrayList<>();
        Frames.print(session, lines::add);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains("SERVER_IDENT  at [v2:127.0.0.1:20420/9743", "cookie 0");
        assertThat(lines.get(1)).contains("MESSAGE  seq 1", "tid 7", "COMMAND_REPLY v1 {");
        assertThat(lines.get(2)).contains("KEEPALIVE2_ACK  1970-01-01T00:00:00.014024173Z");
    }
}
