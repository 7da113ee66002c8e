package io.jrados.rbd.weather;

import io.jrados.testkit.PrivateCephTest;
import org.junit.jupiter.api.Timeout;

/** Bad weather over three monitors and three OSDs: what one of them has, another takes over. */
@PrivateCephTest(
        osds = 3,
        mons = 3,
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
class WideWeatherTest extends WeatherCampaign {
    WideWeatherTest() {
        super(3, 3);
    }
}
