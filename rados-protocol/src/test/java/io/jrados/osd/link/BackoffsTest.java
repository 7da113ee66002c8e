package io.jrados.osd.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.message.HObject;
import io.jrados.message.Spg;
import io.jrados.osd.link.Backoffs.Backoff;
import io.jrados.osd.op.SnapContext;
import io.jrados.testkit.Covers;
import org.junit.jupiter.api.Test;

@Covers({"E15", "K21"})
class BackoffsTest {
    private static final Spg GROUP = new Spg(1, 3, Spg.NO_SHARD);

    private static HObject object(int reversedHash) {
        return new HObject("", "o", SnapContext.HEAD, Integer.reverse(reversedHash), false, "", 1);
    }

    @Test
    void aRangeHoldsItsBeginAndNotItsEnd() {
        Backoffs backoffs = new Backoffs();
        backoffs.block(new Backoff(GROUP, 1, object(10), object(20)));
        assertThat(backoffs.holds(GROUP, object(9))).isFalse();
        assertThat(backoffs.holds(GROUP, object(10))).isTrue();
        assertThat(backoffs.holds(GROUP, object(19))).isTrue();
        assertThat(backoffs.holds(GROUP, object(20))).isFalse();
        assertThat(backoffs.holds(new Spg(1, 4, Spg.NO_SHARD), object(10))).isFalse();
    }

    @Test
    void aRangeOfOneObjectHoldsThatOne() {
        Backoffs backoffs = new Backoffs();
        backoffs.block(new Backoff(GROUP, 1, object(10), object(10)));
        assertThat(backoffs.holds(GROUP, object(10))).isTrue();
        assertThat(backoffs.holds(GROUP, object(11))).isFalse();
    }

    @Test
    void aRangeAroundAnotherHoldsWhatIsBehindTheInnerOne() {
        Backoffs backoffs = new Backoffs();
        backoffs.block(new Backoff(GROUP, 1, HObject.MIN, HObject.MAX));
        backoffs.block(new Backoff(GROUP, 2, object(10), object(10)));
        assertThat(backoffs.holds(GROUP, object(11))).isTrue();
        backoffs.unblock(1);
        assertThat(backoffs.holds(GROUP, object(11))).isFalse();
        assertThat(backoffs.holds(GROUP, object(10))).isTrue();
    }

    @Test
    void endsById() {
        Backoffs backoffs = new Backoffs();
        backoffs.block(new Backoff(GROUP, 1, object(10), object(20)));
        assertThat(backoffs.unblock(2)).isNull();
        assertThat(backoffs.unblock(1)).isNotNull();
        assertThat(backoffs.isEmpty()).isTrue();
        assertThat(backoffs.holds(GROUP, object(10))).isFalse();
    }

    @Test
    void aNewRangeFromTheSameBeginTakesThePlaceOfTheOldOne() {
        Backoffs backoffs = new Backoffs();
        backoffs.block(new Backoff(GROUP, 1, object(10), object(20)));
        backoffs.block(new Backoff(GROUP, 2, object(10), object(12)));
        assertThat(backoffs.holds(GROUP, object(15))).isFalse();
        assertThat(backoffs.unblock(1)).isNull();
        assertThat(backoffs.unblock(2)).isNotNull();
    }
}
