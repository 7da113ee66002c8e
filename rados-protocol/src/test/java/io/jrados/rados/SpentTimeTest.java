package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.conf.CephConf;
import io.jrados.error.DeadlineException;
import io.jrados.error.NotFoundException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@CephTest
class SpentTimeTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @Test
    void isTakenFromTheNextOperationOfTheThreadAlone() throws Exception {
        SpentTime spent = new SpentTime();
        assertThat(spent.left(DEADLINE)).isEqualTo(DEADLINE);
        spent.charge(Duration.ofSeconds(10));
        Duration[] ofOther = new Duration[1];
        Thread other = new Thread(() -> ofOther[0] = spent.left(DEADLINE));
        other.start();
        other.join();
        assertThat(ofOther[0]).isEqualTo(DEADLINE);
        assertThat(spent.left(DEADLINE)).isEqualTo(Duration.ofSeconds(20));
        assertThat(spent.left(DEADLINE)).isEqualTo(DEADLINE);
        spent.charge(DEADLINE.plusSeconds(1));
        assertThat(spent.left(DEADLINE)).isPositive().isLessThan(Duration.ofMillis(1));
        spent.charge(Duration.ofSeconds(10));
        spent.forget();
        assertThat(spent.left(DEADLINE)).isEqualTo(DEADLINE);
    }

    /** The time that a verb has waited for its turn is taken off its step: together they take one deadline. */
    @Test
    void anOperationHasNoMoreThanWhatIsLeft(CephCluster cluster) throws IOException {
        try (Rados rados = Rados.connect(CephConf.load(cluster.conf()))) {
            Pool pool = rados.pool(cluster.pool(SpentTimeTest.class));
            rados.part(SpentTime.class, SpentTime::new).charge(pool.deadline());
            DeadlineException late = catchThrowableOfType(DeadlineException.class, () -> pool.stat("no such object"));
            assertThat(late.sent()).isEqualTo(DeadlineException.Sent.NEVER_SENT);
            assertThat(catchThrowableOfType(NotFoundException.class, () -> pool.stat("no such object")))
                    .as("the next one has the whole deadline")
                    .isNotNull();
        }
    }
}
