package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.MalformedException;
import io.jrados.error.Printable;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Locations of images as a service's records have them, damaged ({@link FuzzCampaign}). */
class HostileLocationsTest {
    @Test
    void isReadOrRefused() {
        FuzzCampaign campaign = new FuzzCampaign();
        for (String good : new String[] {
            "rbd://5b8c6b3a-1d0f-4a3e-9a51-2d1e7a0c4f11/images/golden%20one/snap",
            "rbd://b-%e4%b8%ad-x/p/i/s",
            "rbd://image"
        }) {
            campaign.add(
                    "location",
                    new Fuzz(
                            good,
                            good.getBytes(StandardCharsets.UTF_8),
                            HostileLocationsTest::read,
                            MalformedException.class));
        }
        FuzzCampaign.Outcome outcome = campaign.run();
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isPositive();
    }

    /** Reads a location, and looks whether its text is read as the same. */
    private static Object read(byte[] bytes) {
        RbdLocation read;
        try {
            read = RbdLocation.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (DriverException refused) {
            if (!refused.getMessage().equals(Printable.of(refused.getMessage()))) {
                throw new IllegalStateException("told " + refused.getMessage());
            }
            throw new MalformedException(refused.getMessage());
        }
        try {
            if (!RbdLocation.parse(read.toString()).equals(read)) {
                throw new IllegalStateException(read + " is read as another");
            }
        } catch (DriverException unread) {
            throw new IllegalStateException(unread);
        }
        return read;
    }
}
