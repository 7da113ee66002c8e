package io.jrados.rbd.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.Environment;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteInDoubt;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.model.DoubtfulExtent.Verb;
import io.jrados.rbd.wait.Doubts;
import io.jrados.rbd.wait.Gate;
import io.jrados.rbd.wait.GateRounds;
import io.jrados.rbd.wait.ManualLoop;
import io.jrados.rbd.wait.Pass;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes in doubt, which keep an image's gate from believing that nobody writes. */
@Timeout(60)
class DoubtsTest {
    private final ManualLoop loop = new ManualLoop();
    private final DoubtfulExtents extents =
            new DoubtfulExtents(new Layout(22, 1 << 16, 2), "rbd_data.1", "rbd_header.1", () -> 64 << 20);
    private final Doubts doubts = new Doubts("rbd/disk", extents::of, () -> loop, Duration.ofMinutes(5));
    private final Gate gate = new Gate(
            () -> CompletableFuture.completedFuture(null),
            () -> true,
            () -> CompletableFuture.completedFuture(null),
            () -> "another has it",
            doubts,
            new GateRounds(() -> loop, () -> Duration.ofHours(1), Environment.system()));

    /** A write to an object whose end a test decides. */
    private record Sent(String object, List<Part> parts, CompletableFuture<Void> settledAsync) implements WriteInDoubt {
        Sent(String object, Part... parts) {
            this(object, List.of(parts), new CompletableFuture<>());
        }

        @Override
        public Instant since() {
            return Instant.EPOCH;
        }

        @Override
        public CompletableFuture<Void> finishAsync() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void finish() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> abandonAsync() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void abandon() {
            throw new UnsupportedOperationException();
        }
    }

    private static Sent write() {
        return new Sent("rbd_data.1.0000000000000001", new WriteInDoubt.Part("write", 4096, 1024));
    }

    /** One who was in the gate, and left when its caller's patience ended. */
    private Sent leaveInDoubt() {
        Sent write = write();
        gate.enter(entrant(pass -> {
            doubts.accept(write);
            pass.leave();
        }));
        return write;
    }

    private static Gate.Entrant entrant(Consumer<Pass> entered) {
        return new Gate.Entrant() {
            @Override
            public void entered(Pass pass) {
                entered.accept(pass);
            }

            @Override
            public void refused(RadosException why) {
                throw new AssertionError(why);
            }
        };
    }

    @Test
    void aFlushWaitsForAWriteInDoubt() {
        Sent write = leaveInDoubt();
        CompletableFuture<Void> flush = gate.flushAsync();
        assertThat(flush).isNotDone();
        assertThat(gate.isIdle()).isFalse();
        write.settledAsync().complete(null);
        assertThat(flush).isCompleted();
        assertThat(gate.isIdle()).isTrue();
    }

    @Test
    void whoClosesTheGateWaitsForAWriteInDoubt() {
        Sent first = leaveInDoubt();
        Sent second = leaveInDoubt();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("a test");
        first.settledAsync().complete(null);
        assertThat(hold).isNotDone();
        second.settledAsync().complete(null);
        assertThat(hold).isCompleted();
    }

    /** Or all writers would stand for as long as an OSD is away. */
    @Test
    @Covers("K19")
    void writersGoOnWhileSomebodyWhoWantsToCloseTheGateWaitsForAWriteInDoubt() {
        Sent write = leaveInDoubt();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("resizing rbd/disk");
        List<Pass> inside = new ArrayList<>();
        gate.enter(entrant(inside::add));
        assertThat(inside).as("one who comes meanwhile").hasSize(1);
        assertThat(gate.view().claims()).extracting(claim -> claim.by()).containsExactly("resizing rbd/disk");
        assertThat(gate.view().cause()).contains("a change is in doubt: write of 1024 at 69632");
        write.settledAsync().complete(null);
        gate.enter(entrant(inside::add));
        assertThat(hold).isNotDone();
        assertThat(inside).as("the gate is closed now").hasSize(1);
        inside.get(0).leave();
        hold.join().close();
        assertThat(inside).hasSize(2);
    }

    @Test
    void whatComesIntoDoubtMeanwhileIsWaitedForToo() {
        Sent first = leaveInDoubt();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("a test");
        Sent second = leaveInDoubt();
        first.settledAsync().complete(null);
        assertThat(hold).isNotDone();
        second.settledAsync().complete(null);
        assertThat(hold).isCompleted();
    }

    @Test
    void whoGivesUpWaitingForAWriteInDoubtClosesNothingLater() {
        Sent write = leaveInDoubt();
        CompletableFuture<Gate.Hold> given = gate.closeAsync("a test");
        CompletableFuture<Gate.Hold> late = gate.closeAsync("another");
        given.cancel(false);
        loop.time.advance(Duration.ofMinutes(5));
        assertThat(late).isCompletedExceptionally();
        write.settledAsync().complete(null);
        List<Pass> inside = new ArrayList<>();
        gate.enter(entrant(inside::add));
        assertThat(inside).hasSize(1);
        assertThat(gate.view().claims()).isEmpty();
    }

    @Test
    void afterTheDeadlineAFlushNamesTheExtents() {
        leaveInDoubt();
        CompletableFuture<Void> flush = gate.flushAsync();
        loop.time.advance(Duration.ofMinutes(5));
        assertThatThrownBy(flush::join)
                .hasMessageContaining("flushing image rbd/disk")
                .hasMessageContaining("write of 1024 at 69632 since");
    }

    @Test
    void afterTheDeadlineTheGateIsOpenAgain() {
        Sent write = leaveInDoubt();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("a test");
        loop.time.advance(Duration.ofMinutes(5));
        assertThatThrownBy(hold::join).hasMessageContaining("a change is in doubt");
        leaveInDoubt().settledAsync().complete(null);
        assertThat(doubts.extents()).as("the old one is still in doubt").hasSize(1);
        write.settledAsync().complete(null);
        assertThat(gate.closeAsync("a test")).isCompleted();
    }

    @Test
    void namesWhatEachKindMayReach() {
        doubts.accept(new Sent(
                "rbd_data.1.0000000000000000",
                new WriteInDoubt.Part("set-alloc-hint", 1 << 22, 1 << 22),
                new WriteInDoubt.Part("write", 1 << 16, 1 << 17)));
        assertThat(doubts.extents())
                .as("two stripe units of an object are not neighbours in the image")
                .extracting(extent -> extent.verb() + " " + extent.offset() + "~" + extent.length())
                .containsExactly("write 131072~65536", "write 262144~65536");
    }

    @Test
    void namesOtherObjectsAsTheWholeImage() {
        doubts.accept(new Sent("rbd_object_map.1", new WriteInDoubt.Part("call", 0, 0)));
        doubts.accept(new Sent("rbd_header.1", new WriteInDoubt.Part("call", 0, 0)));
        assertThat(doubts.extents())
                .allMatch(extent -> extent.offset() == 0 && extent.length() == 64 << 20)
                .extracting(extent -> extent.verb())
                .containsExactlyInAnyOrder(Verb.OBJECT_MAP, Verb.HEADER);
    }
}
