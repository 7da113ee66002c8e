package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.MalformedException;
import io.jrados.error.Printable;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Places in the hierarchy as the monitors' configuration may name them, damaged ({@link FuzzCampaign}). */
class HostileLocationTest {
    @Test
    void isReadOrRefused() {
        FuzzCampaign campaign = new FuzzCampaign();
        for (String good : new String[] {"host=a rack=r1", "root=default;host=b,host=c"}) {
            campaign.add(
                    "crush_location",
                    new Fuzz(
                            good,
                            good.getBytes(StandardCharsets.UTF_8),
                            HostileLocationTest::read,
                            MalformedException.class));
        }
        FuzzCampaign.Outcome outcome = campaign.run();
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isPositive();
    }

    private static Object read(byte[] bytes) {
        try {
            return CrushLocation.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException refused) {
            String told = refused.getMessage();
            if (!told.equals(Printable.of(told))) {
                throw new IllegalStateException("told " + told);
            }
            throw new MalformedException(told);
        }
    }
}
