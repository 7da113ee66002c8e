package io.jrados.osdmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import java.util.BitSet;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each input by itself starts a new interval: one that is forgotten is an operation that nobody sends again. */
@Covers("D36")
class IntervalTest {
    private static final PgId RAW = new PgId(1, 0x77);
    private static final PoolShape SHAPE =
            new PoolShape(PoolShape.REPLICATED, 3, 2, 0, ObjectHash.RJENKINS, 16, 16, 16);
    private static final Interval BEFORE = interval(placement(1, 1, 1, 2, 3), SHAPE, PoolPeering.NONE);

    private static Interval interval(Placement placement, PoolShape shape, PoolPeering peering) {
        PgId pg = new PgId(RAW.pool(), PgId.stableMod(RAW.seed(), shape.pgNum(), PgId.mask(shape.pgNum())));
        return new Interval(RAW, pg, placement, shape, peering, true, true, false);
    }

    private static Placement placement(int upPrimary, int actingPrimary, int... osds) {
        return new Placement(osds, upPrimary, osds, actingPrimary, -1);
    }

    private static PoolShape shape(int size, int minSize, int groups, int pending) {
        return new PoolShape(PoolShape.REPLICATED, size, minSize, 0, ObjectHash.RJENKINS, groups, groups, pending);
    }

    private record Case(String what, boolean resends, UnaryOperator<Interval> change) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Case to(String what, boolean resends, UnaryOperator<Interval> change) {
        return new Case(what, resends, change);
    }

    private static Interval flags(Interval i, boolean sort, boolean deletes, boolean optimized) {
        return new Interval(i.raw(), i.pg(), i.placement(), i.shape(), i.peering(), sort, deletes, optimized);
    }

    private static Interval with(Interval i, PoolShape shape) {
        return interval(i.placement(), shape, i.peering());
    }

    private static Interval with(Interval i, Placement placement) {
        return interval(placement, i.shape(), i.peering());
    }

    static List<Case> cases() {
        return List.of(
                to("acting primary", true, i -> with(i, placement(1, 2, 1, 2, 3))),
                to("up primary", false, i -> with(i, placement(2, 1, 1, 2, 3))),
                to("primary in another position", true, i -> with(i, placement(1, 1, 2, 1, 3))),
                to("a replica", false, i -> with(i, placement(1, 1, 1, 2, 4))),
                to("acting alone", false, i -> with(i, new Placement(new int[] {1, 2, 3}, 1, new int[] {1, 2}, 1, -1))),
                to("nobody", true, i -> with(i, placement(-1, -1))),
                to("size", false, i -> with(i, shape(2, 2, 16, 16))),
                to("min_size", false, i -> with(i, shape(3, 1, 16, 16))),
                to("split", true, i -> with(i, shape(3, 2, 32, 32))),
                to("merged away", true, i -> with(i, shape(3, 2, 7, 7))),
                to("merging soon", false, i -> with(i, shape(3, 2, 16, 7))),
                to("stretch", false, i -> interval(i.placement(), i.shape(), new PoolPeering(2, 2, 8, 1))),
                to("mandatory member", false, i -> interval(i.placement(), i.shape(), new PoolPeering(0, 0, 0, 1))),
                to("sort", false, i -> flags(i, false, true, false)),
                to("recovery deletes", false, i -> flags(i, true, false, false)),
                to("ec optimizations", false, i -> flags(i, true, true, true)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void beginsAnew(Case change) {
        Interval after = change.change.apply(BEFORE);
        assertThat(after.isNewSince(BEFORE)).isTrue();
        assertThat(after.needsResendSince(BEFORE)).isEqualTo(change.resends);
    }

    @Test
    void lastsWhileNothingChanges() {
        Interval same = interval(placement(1, 1, 1, 2, 3), SHAPE, new PoolPeering(0, 0, 0, 0));
        assertThat(same.isNewSince(BEFORE)).isFalse();
        assertThat(same.needsResendSince(BEFORE)).isFalse();
        Interval otherGroupsSplit = with(BEFORE, shape(3, 2, 17, 17));
        assertThat(otherGroupsSplit.isNewSince(BEFORE)).isFalse();
    }

    @Test
    void namesTheShardOfThePrimary() {
        PoolErasure plain = new PoolErasure("p", false, new BitSet());
        assertThat(plain.leadingShard(new int[] {Placement.NONE, 4, 5}, 4)).isEqualTo(1);
        assertThat(plain.leadingShard(new int[] {Placement.NONE, 4, 5}, -1)).isEqualTo(-1);
        BitSet one = new BitSet();
        one.set(1);
        PoolErasure optimized = new PoolErasure("p", false, one);
        assertThat(optimized.leadingShard(new int[] {3, 4, 4}, 4)).isEqualTo(2);
        assertThat(optimized.inShardOrder(new int[] {3, 5, 4})).containsExactly(3, 4, 5);
    }
}
