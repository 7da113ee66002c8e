package io.jrados.osd.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sends, ends and pauses operations at random, and compares with a plain reading of the rules. */
@Covers({"E14", "E17"})
class BehindTest {
    private static final class One implements Ordered<One> {
        private final long number;
        private final int object;
        private final boolean write;
        private final boolean ordered;
        private final boolean passes;
        private final boolean watch;
        private boolean paused;
        private boolean sent;
        private @Nullable One next;
        private @Nullable One previous;

        One(long number, Random random, int objects) {
            this.number = number;
            this.object = random.nextInt(objects);
            this.watch = random.nextInt(6) == 0;
            this.write = watch || random.nextInt(3) > 0;
            this.ordered = write || random.nextBoolean();
            this.passes = watch || random.nextInt(3) == 0;
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public Object object() {
            return object;
        }

        /** Some objects share a list. */
        @Override
        public int objectHash() {
            return object / 2;
        }

        @Override
        public boolean isInOrder() {
            return !watch;
        }

        @Override
        public boolean isWrite() {
            return write;
        }

        @Override
        public boolean isWriteOrdered() {
            return ordered;
        }

        @Override
        public boolean passesFull() {
            return passes;
        }

        @Override
        public boolean isPaused() {
            return paused;
        }

        @Override
        public boolean mayBeGivenUp() {
            return false;
        }

        @Override
        public @Nullable One next() {
            return next;
        }

        @Override
        public void next(@Nullable One linked) {
            next = linked;
        }

        @Override
        public @Nullable One previous() {
            return previous;
        }

        @Override
        public void previous(@Nullable One linked) {
            previous = linked;
        }

        @Override
        public String toString() {
            return number + " of " + object + (watch ? " watch" : write ? " write" : ordered ? " ordered" : " read")
                    + (passes ? " passes" : "") + (paused ? " paused" : "") + (sent ? " sent" : "");
        }
    }

    private final List<One> all = new ArrayList<>();
    private final Behind<One> behind = new Behind<>();
    private boolean full;

    private void send(One op) {
        if (op.sent || op.paused || behind.holds(op)) {
            return;
        }
        if (behind.mustWait(op)) {
            behind.hold(op);
        } else {
            assertThat(mustWait(op)).as("%s among %s", op, all).isFalse();
            op.sent = true;
        }
    }

    private void become(boolean nowFull) {
        full = nowFull;
        for (One op : all) {
            op.paused = full && op.waitsForSpace();
            op.sent &= !full || !op.isWriteOrdered() || op.passes; // dropped
        }
        all.forEach(this::send);
        behind.look(this::send);
    }

    /** The rules, in the plainest words. */
    private boolean mustWait(One op) {
        boolean stalled = false;
        boolean unsent = false;
        boolean unsentWrite = false;
        boolean write = false;
        for (One before : all) {
            if (before.number < op.number && before.object == op.object) {
                stalled |= before.paused && !before.watch;
                write |= before.waitsForSpace() && !before.watch;
                unsent |= !before.sent && !before.paused;
                unsentWrite |= before.write && !before.sent && !before.paused;
            }
        }
        if (!op.ordered || op.watch) {
            return unsentWrite && !stalled;
        }
        return unsent || (op.passes ? write : !op.write && stalled);
    }

    @Test
    void sendsWhatNeedNotWaitAndNothingElse() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            all.clear();
            Behind<One> fresh = behind;
            for (int step = 0; step < 120; step++) {
                int what = random.nextInt(10);
                if (what < 5) {
                    One op = new One(1000L * seed + step, random, 5);
                    op.paused = full && op.waitsForSpace();
                    all.add(op);
                    fresh.add(op);
                    send(op);
                } else if (what < 9 && !all.isEmpty()) {
                    One over = all.remove(random.nextInt(all.size()));
                    fresh.remove(over);
                    fresh.ended(over, this::send);
                } else {
                    become(!full);
                }
                for (One op : all) {
                    if (!op.paused && !op.sent) {
                        assertThat(mustWait(op))
                                .as("seed %s: %s among %s", seed, op, all)
                                .isTrue();
                    }
                }
            }
            for (One op : List.copyOf(all)) {
                all.remove(op);
                behind.remove(op);
            }
        }
    }

    @Test
    void findsWritesAmongManyAfterAnyNumberOfThem() {
        Writes<One> writes = new Writes<>();
        Random random = new Random(7);
        List<One> there = new ArrayList<>();
        for (int i = 1; i < 20_000; i++) {
            One op = new One(i, random, 500);
            writes.add(op);
            writes.add(op);
            there.add(op);
            if (random.nextInt(5) < 2) {
                writes.remove(there.remove(random.nextInt(there.size())));
            }
        }
        One last = new One(1_000_000, random, 500);
        List<One> found = writes.before(last);
        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(
                        there.stream().filter(op -> op.object == last.object).toList());
        found.forEach(writes::remove);
        found.forEach(writes::remove);
        assertThat(writes.anyBefore(last)).isFalse();
    }
}
