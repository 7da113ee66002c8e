package io.jrados.drivers.cinder.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.cinder.flow.ReadStats.Room;
import io.jrados.testkit.Covers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomTest {
    @ParameterizedTest
    @Covers("O74")
    @CsvSource({
        // cluster, used, available, quota, free, total, dynamic total
        "100, 10, 40, 0, 40, 100, 50",
        "100, 10, 40, 30, 20, 30, 30",
        "100, 10, 5, 30, 5, 30, 15",
        "100, 35, 40, 30, 0, 30, 35"
    })
    void item074TheQuotaBoundsWhatIsFree(
            long cluster, long used, long available, long quota, long free, long total, long dynamic) {
        Room room = new Room(cluster, used, available, quota);
        assertThat(room.free()).isEqualTo(free);
        assertThat(room.total(false)).isEqualTo(total);
        assertThat(room.total(true)).isEqualTo(dynamic);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1073741824, 1", "1610612736, 1.5", "1073741, 0", "11811160064, 11", "1342177280, 1.25"})
    void capacitiesHaveTwoDecimals(long bytes, double gib) {
        assertThat(ReadStats.gib(bytes)).isEqualTo(gib);
    }
}
