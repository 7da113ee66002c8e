package io.jrados.rbd.weather;

import io.jrados.testkit.PrivateCephTest;
import org.junit.jupiter.api.Timeout;

/** Bad weather over one monitor and two OSDs: when one of each is away, the cluster is. Run by {@link WeatherTest}. */
@PrivateCephTest(
        osds = 2,
        mons = 1,
        mgrs = 1,
        store = PrivateCephTest.Store.BLUESTORE,
        conf = {
            "osd heartbeat interval = 1",
            "osd heartbeat grace = 5",
            "osd client watch timeout = 8",
            "mgr stats period = 1",
            "mon tick interval = 1"
        })
@Timeout(7200)
class NarrowWeather extends WeatherCampaign {
    NarrowWeather() {
        super(2, 1);
    }
}
