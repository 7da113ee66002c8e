package io.jrados.rbd.wait;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.conf.Environment;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Limits on an image's requests, with time driven by hand. */
@Covers({"H38", "H124"})
class QosTest {
    private final ManualLoop loop = new ManualLoop();
    private final FakeTime time = loop.time;
    private final List<Integer> passed = new ArrayList<>();
    private QosLimits limits;
    private final Qos qos = new Qos(() -> loop, () -> limits, Environment.system());

    private static QosLimits limits(String... options) throws RadosException {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            map.put("rbd_qos_" + options[i], options[i + 1]);
        }
        return QosLimits.of(CephConf.builder().build().withOverrides(map, "the test"));
    }

    private void request(String what, long bytes, int number) {
        qos.pass(what, bytes, () -> {
            passed.add(number);
            return CompletableFuture.completedFuture(null);
        });
    }

    @Test
    void soManyRequestsASecondInTheirOrder() throws RadosException {
        limits = limits("iops_limit", "10");
        for (int i = 0; i < 25; i++) {
            request(i % 2 == 0 ? "read" : "write", 4096, i);
        }
        assertThat(passed).hasSize(10);
        time.advance(Duration.ofMillis(500));
        assertThat(passed).hasSize(15);
        time.advance(Duration.ofSeconds(1));
        assertThat(passed).hasSize(25).isSorted();
        time.advance(Duration.ofSeconds(2));
        assertThat(time.scheduled()).as("timers while nothing is held back").isZero();
    }

    @Test
    void aRequestThatIsLargerThanTheLimitPassesOnCredit() throws RadosException {
        limits = limits("write_bps_limit", "1000");
        request("write", 5000, 1);
        request("write", 1, 2);
        assertThat(passed).containsExactly(1);
        time.advance(Duration.ofMillis(3900));
        assertThat(passed).containsExactly(1);
        time.advance(Duration.ofMillis(200));
        assertThat(passed).containsExactly(1, 2);
    }

    @Test
    void aBurstMayFollowARest() throws RadosException {
        limits = limits("read_iops_limit", "10", "read_iops_burst", "20", "read_iops_burst_seconds", "2");
        for (int i = 0; i < 50; i++) {
            request("read", 1, i);
        }
        assertThat(passed).hasSize(40);
        time.advance(Duration.ofSeconds(1));
        assertThat(passed).hasSize(50);
    }

    @Test
    void readsAndWritesHaveTheirOwnLimitsAndSomeKindsNone() throws RadosException {
        limits = limits("write_iops_limit", "1", "exclude_ops", "discard, write_same");
        for (int i = 0; i < 3; i++) {
            request("read", 1, i);
            request("discard", 1, 10 + i);
            request("write_same", 1, 20 + i);
            request("write", 1, 30 + i);
        }
        assertThat(passed).as("changes keep their order").containsExactly(0, 10, 20, 30, 1, 11, 21, 2);
        time.advance(Duration.ofMillis(2100));
        assertThat(passed).endsWith(31, 12, 22, 32);
    }

    @Test
    void limitsChangeWhileTheImageIsOpen() throws RadosException {
        limits = limits("iops_limit", "1");
        request("write", 1, 1);
        request("write", 1, 2);
        assertThat(passed).containsExactly(1);
        limits = limits();
        request("write", 1, 3);
        assertThat(passed).as("none overtakes who waits").containsExactly(1);
        time.advance(Duration.ofMillis(1100));
        assertThat(passed).containsExactly(1, 2, 3);
        request("write", 1, 4);
        assertThat(passed).endsWith(4);
    }

    /** At the moment when tokens come, those who waited have not started yet: a newcomer must not use that moment. */
    @Test
    void aNewcomerAtTheMomentOfTheTickStaysBehindThoseWhoWait() throws RadosException {
        int atOnce = 100;
        limits = limits("iops_limit", Integer.toString(atOnce));
        for (int i = 0; i < atOnce; i++) {
            request("write", 1, i);
        }
        qos.pass("write", 1, () -> {
            request("write", 1, atOnce + 2);
            passed.add(atOnce);
            return CompletableFuture.completedFuture(null);
        });
        request("write", 1, atOnce + 1);
        time.advance(Duration.ofSeconds(1));
        assertThat(passed).hasSize(atOnce + 3).isSorted();
    }

    @Test
    void aFlushComesBehindTheChangesThatWaitAndCostsNothing() throws RadosException {
        limits = limits("iops_limit", "1");
        request("write", 1, 1);
        request("write", 1, 2);
        CompletableFuture<Void> flushed = qos.behindChanges(() -> {
            passed.add(3);
            return CompletableFuture.completedFuture(null);
        });
        assertThat(passed).containsExactly(1);
        time.advance(Duration.ofMillis(1100));
        assertThat(passed).containsExactly(1, 2, 3);
        assertThat(flushed).isCompleted();
        assertThat(qos.behindChanges(() -> CompletableFuture.completedFuture(4)))
                .isCompletedWithValue(4);
    }

    @Test
    void aRequestThatIsCancelledWhileItWaitsIsNeverSentAndHoldsNobodyUp() throws RadosException {
        limits = limits("iops_limit", "1");
        request("write", 1, 1);
        request("write", 1, 2);
        CompletableFuture<Void> cancelled = qos.pass("write", 1, () -> {
            passed.add(3);
            return CompletableFuture.completedFuture(null);
        });
        request("write", 1, 4);
        cancelled.cancel(true);
        time.advance(Duration.ofMillis(2100));
        assertThat(passed).as("it takes no token").containsExactly(1, 2, 4);
        assertThat(cancelled).isCancelled();
    }
}
