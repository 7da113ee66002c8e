package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.Op;
import io.jrados.message.OpCode;
import io.jrados.message.OsdFlags;
import io.jrados.message.WatchNotify;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Watches and notifications: each arrow of {@link WatchLinger}'s drawing. */
class LingersTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final List<String> told = new ArrayList<>();
    private final WatchListener listener = new WatchListener() {
        @Override
        public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
            told.add(notifyId + " of " + notifierId + ": " + new String(message, StandardCharsets.UTF_8));
            return new byte[] {42};
        }

        @Override
        public void onError(RadosException error) {
            told.add(error.errno().toString());
        }
    };

    private CompletableFuture<WatchHandle> watch(FakeCluster cluster, String object) {
        CompletableFuture<WatchHandle> watch =
                cluster.objecter.watch(FakeCluster.named(object), listener, Duration.ZERO, DEADLINE);
        cluster.loop.run();
        return watch;
    }

    private static Payload event(int opcode, long cookie, long notifyId, String message, int result, byte[] data) {
        Encoder front = Encoder.heap();
        front.u8(1).u8(opcode).u64(cookie).u64(0).u64(notifyId);
        front.bytes(message.getBytes(StandardCharsets.UTF_8)).i32(result).u64(4200);
        return new Payload(
                44,
                3,
                1,
                0,
                Payload.DEFAULT_PRIORITY,
                front.take(),
                Unpooled.EMPTY_BUFFER,
                Unpooled.wrappedBuffer(data));
    }

    private static void runCallbacks(FakeCluster cluster) {
        while (!cluster.callbacks.isEmpty()) {
            cluster.callbacks.remove(0).run();
        }
        cluster.loop.run();
    }

    private static int how(SentOp sent) {
        return (int) (sent.parts().get(0).third() & 0xff);
    }

    private static int generation(SentOp sent) {
        return (int) (sent.parts().get(0).third() >>> 8);
    }

    @Test
    @Covers({"E32", "E35"})
    void registersAndEnds() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WatchHandle> watch = watch(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        SentOp registration = osd.next();
        assertThat(registration.parts().get(0).code()).isEqualTo(OpCode.WATCH);
        assertThat(how(registration)).isEqualTo(Op.WATCH);
        assertThat(registration.flags() & (OsdFlags.READ | OsdFlags.WRITE)).isEqualTo(OsdFlags.READ | OsdFlags.WRITE);
        assertThat(watch).isNotDone();
        osd.reply(registration, 0);
        WatchHandle handle = watch.join();
        assertThat(handle.cookie())
                .isEqualTo(registration.parts().get(0).first())
                .isNotZero();

        CompletableFuture<Void> closed = handle.close();
        cluster.loop.run();
        SentOp end = osd.next();
        assertThat(how(end)).isEqualTo(Op.UNWATCH);
        osd.reply(end, 0);
        assertThat(closed).isCompleted();
        cluster.loop.pass(Duration.ofSeconds(30));
        assertThat(osd.isQuiet()).as("nothing to ping for").isTrue();
    }

    @Test
    @Covers({"E33", "E41", "K11", "K19"})
    void registersAnewInTheNextGenerationWhenTheConnectionIsLost() {
        FakeCluster cluster = FakeCluster.at(16);
        watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        SentOp registration = osd.next();
        osd.reply(registration, 0);
        osd.reset();
        cluster.loop.pass(Duration.ZERO);
        FakeConnection again = cluster.to(0).ready();
        SentOp reconnect = again.next();
        assertThat(how(reconnect)).isEqualTo(Op.RECONNECT);
        assertThat(generation(reconnect)).isEqualTo(1);
        assertThat(reconnect.tid()).isGreaterThan(registration.tid());
        assertThat(reconnect.attempt()).as("not the same operation again").isZero();
        again.reply(reconnect, 0);
        runCallbacks(cluster);
        assertThat(told).isEmpty();
    }

    @Test
    @Covers({"E33", "E41"})
    void registersAnewWhereTheMapMovesIt() {
        FakeCluster cluster = FakeCluster.at(30);
        watch(cluster, cluster.objectOn(0));
        FakeConnection zero = cluster.to(0).ready();
        zero.reply(zero.next(), 0);
        cluster.publish(31);
        SentOp reconnect = cluster.to(1).ready().next();
        assertThat(how(reconnect)).isEqualTo(Op.RECONNECT);
    }

    @Test
    @Covers({"E33", "E86", "K11"})
    void tellsTheListenerOnceThatTheWatchIsLost() {
        FakeCluster cluster = FakeCluster.at(16);
        watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        osd.reset();
        cluster.loop.pass(Duration.ZERO);
        FakeConnection again = cluster.to(0).ready();
        again.reply(again.next(), -Errno.ENOENT.number());
        runCallbacks(cluster);
        assertThat(told).containsExactly("ENOTCONN");
        cluster.loop.pass(Duration.ofSeconds(20));
        assertThat(again.isQuiet()).isTrue();
    }

    @Test
    @Covers("E34")
    void pingsEveryFiveSecondsButNotWhileReadsArePaused() {
        FakeCluster cluster = FakeCluster.at(16);
        watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        cluster.loop.pass(Duration.ofMillis(5500));
        SentOp ping = osd.next();
        assertThat(how(ping)).isEqualTo(Op.PING);
        assertThat(ping.flags() & (OsdFlags.READ | OsdFlags.FULL_TRY))
                .as("without FULL_TRY an OSD drops one of before the pool became full")
                .isEqualTo(OsdFlags.READ | OsdFlags.FULL_TRY);
        osd.reply(ping, 0);
        cluster.publish(17);
        cluster.loop.pass(Duration.ofSeconds(20));
        assertThat(osd.isQuiet()).isTrue();
        cluster.publish(18);
        cluster.loop.pass(Duration.ofMillis(5500));
        assertThat(how(osd.next())).as("after a pause it is registered anew").isEqualTo(Op.RECONNECT);
    }

    @Test
    @Covers({"E33", "E34"})
    void registersAnewWhenAPingGetsNoAnswer() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        watch(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        cluster.loop.pass(Duration.ofMillis(5500));
        SentOp lost = osd.next();
        List<SentOp> later = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ObjecterCase.read(cluster, object);
            osd.reply(osd.next(), 0); // the connection is alive
            cluster.loop.pass(Duration.ofSeconds(1));
            while (!osd.isQuiet()) {
                later.add(osd.next());
            }
        }
        assertThat(later).as("one at a time").hasSize(1);
        assertThat(how(later.get(0))).isEqualTo(Op.RECONNECT);
        osd.reply(lost, 0);
        osd.reply(later.get(0), 0);
        cluster.loop.pass(Duration.ofMillis(5500));
        assertThat(how(osd.next())).isEqualTo(Op.PING);
        runCallbacks(cluster);
        assertThat(told).isEmpty();
    }

    @Test
    @Covers("E34")
    void losesTheWatchWhenAPingFails() {
        FakeCluster cluster = FakeCluster.at(16);
        watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        cluster.loop.pass(Duration.ofMillis(5500));
        osd.reply(osd.next(), -Errno.ENOTCONN.number());
        runCallbacks(cluster);
        assertThat(told).containsExactly("ENOTCONN");
    }

    @Test
    @Covers("E40")
    void losesTheWatchWhenTheOsdSaysSo() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchHandle> watch = watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        osd.receive(event(3, watch.join().cookie(), 0, "", 0, new byte[0]));
        runCallbacks(cluster);
        assertThat(told).containsExactly("ENOTCONN");
    }

    @Test
    @Covers({"E37", "E38"})
    void answersNotificationsOnTheExecutorForCallbacks() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchHandle> watch = watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        osd.receive(event(1, watch.join().cookie(), 77, "hello", 0, new byte[0]));
        assertThat(told).as("not on the loop").isEmpty();
        assertThat(osd.isQuiet()).isTrue();
        runCallbacks(cluster);
        assertThat(told).containsExactly("77 of 4200: hello");
        assertThat(osd.next().parts().get(0).code()).isEqualTo(OpCode.NOTIFY_ACK);
    }

    /** One that is left out could be the one that counts: the listener has to look for itself. */
    @Test
    @Covers({"E38", "E40"})
    void aListenerWithTooManyNotificationsLosesItsWatchAndIsToldSo() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchHandle> watch = watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        long cookie = watch.join().cookie();
        for (int i = 0; i < WatchLinger.MOST_UNTOLD; i++) {
            osd.receive(event(1, cookie, i + 1, "hello", 0, new byte[0]));
        }
        assertThat(osd.isQuiet()).isTrue();
        osd.receive(event(1, cookie, 5000, "one more", 0, new byte[0]));
        osd.receive(event(1, cookie, 5001, "and one", 0, new byte[0]));
        SentOp end = osd.next();
        assertThat(how(end)).isEqualTo(Op.UNWATCH);
        assertThat(osd.isQuiet()).isTrue();
        runCallbacks(cluster);
        assertThat(told).hasSize(WatchLinger.MOST_UNTOLD + 1).last().isEqualTo("EAGAIN");
    }

    @Test
    @Covers("E38")
    void largeNotificationsCountByTheirBytes() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchHandle> watch = watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        String large = "x".repeat((int) WatchLinger.MOST_UNTOLD_BYTES / 2);
        for (int i = 0; i < 3; i++) {
            osd.receive(event(1, watch.join().cookie(), i + 1, large, 0, new byte[0]));
        }
        runCallbacks(cluster);
        assertThat(told).hasSize(3).last().isEqualTo("EAGAIN");
    }

    @Test
    @Covers("E32")
    void soManyWatchesAndNoMore() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        for (int i = 0; i < Lingers.MOST; i++) {
            cluster.objecter.watch(FakeCluster.named(object), listener, Duration.ZERO, DEADLINE);
        }
        CompletableFuture<WatchHandle> beyond = watch(cluster, object);
        CompletableFuture<WatchNotify.Answers> told =
                cluster.objecter.notify(FakeCluster.named(object), new byte[0], DEADLINE, DEADLINE);
        cluster.loop.run();
        for (CompletableFuture<?> refused : List.of(beyond, told)) {
            assertThat(refused)
                    .failsWithin(Duration.ofSeconds(1))
                    .withThrowableThat()
                    .withMessageContaining("EAGAIN");
        }
    }

    @Test
    @Covers("E32")
    void failsToWatchWhatIsNotThere() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchHandle> watch = watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), -Errno.ENOENT.number());
        assertThat(watch).isCompletedExceptionally();
        runCallbacks(cluster);
        assertThat(told).isEmpty();
    }

    @Test
    @Covers({"E32", "E07"})
    void aRegistrationThatGetsEagainIsMadeAgain() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchHandle> watch = watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        for (int refusal = 0; refusal < 3; refusal++) {
            osd.reply(osd.next(), -Errno.EAGAIN.number());
            cluster.loop.pass(Duration.ofMillis(100));
        }
        assertThat(watch).isNotDone();
        SentOp registration = osd.next();
        assertThat(how(registration)).isEqualTo(Op.WATCH);
        osd.reset();
        cluster.loop.pass(Duration.ZERO);
        osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        assertThat(watch).isCompleted();
        assertThat(osd.isQuiet()).as("registered once").isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    @Covers({"E34", "E07"})
    void aPingThatGetsEagainIsSentAgainAndCostsNoWatch() {
        FakeCluster cluster = FakeCluster.at(16);
        watch(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        cluster.loop.pass(Duration.ofMillis(5100));
        osd.reply(osd.next(), -Errno.EAGAIN.number());
        SentOp again = osd.next();
        assertThat(how(again)).isEqualTo(Op.PING);
        osd.reply(again, 0);
        runCallbacks(cluster);
        assertThat(told).isEmpty();
        cluster.loop.pass(Duration.ofMillis(5100));
        assertThat(how(osd.next())).isEqualTo(Op.PING);
    }

    @Test
    @Covers("E32")
    void aWatchThatIsNotRegisteredInTimeIsWithdrawn() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchHandle> watch = watch(cluster, cluster.objectOn(0));
        CompletableFuture<WatchHandle> unsent = watch(cluster, cluster.objectOn(1));
        FakeConnection osd = cluster.to(0).ready();
        SentOp registration = osd.next();
        for (int second = 0; second < 31; second++) {
            osd.acknowledge();
            cluster.loop.pass(Duration.ofSeconds(1));
        }
        assertThat(watch).isCompletedExceptionally();
        assertThat(unsent).isCompletedExceptionally();
        SentOp end = osd.next();
        assertThat(how(end)).isEqualTo(Op.UNWATCH);
        assertThat(end.parts().get(0).first())
                .isEqualTo(registration.parts().get(0).first());
        cluster.connections.stream().filter(one -> !one.closed && one != osd).forEach(one -> assertThat(
                        one.ready().isQuiet())
                .as("no OSD has the other")
                .isTrue());
    }

    @Test
    @Covers({"E32", "E39"})
    void nothingKeepsWhatIsOver() {
        FakeCluster cluster = FakeCluster.at(16);
        int timers = cluster.loop.timers();
        for (int round = 0; round < 5; round++) {
            CompletableFuture<WatchHandle> watch = watch(cluster, cluster.objectOn(0));
            FakeConnection osd = round == 0 ? cluster.to(0).ready() : cluster.to(0);
            osd.reply(osd.next(), 0);
            watch.join().close();
            cluster.loop.run();
            osd.reply(osd.next(), 0);
            CompletableFuture<WatchNotify.Answers> answers = notify(cluster);
            SentOp sent = osd.next();
            osd.receive(sent.reply(0, Encoder.bytesOf(out -> out.u64(501))));
            osd.receive(event(2, sent.parts().get(0).first(), 501, "", 0, answers()));
            assertThat(answers).isCompleted();
        }
        cluster.loop.pass(Duration.ofMillis(300));
        assertThat(cluster.loop.timers()).isEqualTo(timers);
    }

    @Test
    @Covers({"E37", "E38"})
    void anErrorOfAListenerIsAcknowledgedToo() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchHandle> watch = cluster.objecter.watch(
                FakeCluster.named(cluster.objectOn(0)),
                new WatchListener() {
                    @Override
                    public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                        throw new NoClassDefFoundError("a class of the listener's");
                    }

                    @Override
                    public void onError(RadosException error) {
                        throw new StackOverflowError("a bug of the listener's");
                    }
                },
                Duration.ZERO,
                DEADLINE);
        cluster.loop.run();
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        osd.receive(event(1, watch.join().cookie(), 77, "hello", 0, new byte[0]));
        runCallbacks(cluster);
        assertThat(osd.next().parts().get(0).code()).isEqualTo(OpCode.NOTIFY_ACK);
        osd.receive(event(3, watch.join().cookie(), 0, "", 0, new byte[0]));
        runCallbacks(cluster);
    }

    // ---- notifications

    private static byte[] answers() {
        return Encoder.bytesOf(out -> out.u32(1)
                .u64(4300)
                .u64(5)
                .bytes(new byte[] {9})
                .u32(1)
                .u64(4400)
                .u64(6));
    }

    private static CompletableFuture<WatchNotify.Answers> notify(FakeCluster cluster) {
        CompletableFuture<WatchNotify.Answers> answers = cluster.objecter.notify(
                FakeCluster.named(cluster.objectOn(0)), new byte[] {1}, Duration.ofSeconds(5), DEADLINE);
        cluster.loop.run();
        return answers;
    }

    @Test
    @Covers({"E39", "E86"})
    void collectsAnswersAndTellsWhoGaveNone() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchNotify.Answers> answers = notify(cluster);
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        long cookie = sent.parts().get(0).first();
        osd.receive(sent.reply(0, Encoder.bytesOf(out -> out.u64(501))));
        osd.receive(event(2, cookie, 500, "", 0, answers()));
        assertThat(answers).as("another notification's end").isNotDone();
        osd.receive(event(2, cookie, 501, "", -Errno.ETIMEDOUT.number(), answers()));
        assertThat(answers.join().given()).hasSize(1);
        assertThat(answers.join().missed()).containsExactly(new WatchNotify.Watcher(4400, 6));
    }

    @Test
    @Covers("E39")
    void takesAnEndThatComesBeforeTheReply() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchNotify.Answers> answers = notify(cluster);
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        osd.receive(event(2, sent.parts().get(0).first(), 501, "", 0, answers()));
        assertThat(answers).isCompleted();
        osd.receive(sent.reply(0, Encoder.bytesOf(out -> out.u64(501))));
    }

    @Test
    @Covers({"E39", "E41"})
    void notifiesAgainWhenTheConnectionIsLost() {
        FakeCluster cluster = FakeCluster.at(16);
        notify(cluster);
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        osd.reset();
        cluster.loop.pass(Duration.ZERO);
        assertThat(cluster.to(0).ready().next().parts().get(0).code()).isEqualTo(OpCode.NOTIFY);
    }

    @Test
    void givesUpANotificationAtItsDeadline() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WatchNotify.Answers> answers = notify(cluster);
        cluster.loop.pass(Duration.ofSeconds(40));
        assertThat(answers).isCompletedExceptionally();
    }
}
