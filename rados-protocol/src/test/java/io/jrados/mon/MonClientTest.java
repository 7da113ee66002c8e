package io.jrados.mon;

import static io.jrados.mon.FakeMonitor.FSID;
import static io.jrados.mon.FakeMonitor.MON_MAP;
import static io.jrados.mon.FakeMonitor.address;
import static io.jrados.mon.FakeMonitor.monMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.auth.AuthPolicy;
import io.jrados.auth.ClientAuth;
import io.jrados.auth.ConnectionAuth;
import io.jrados.auth.Entity;
import io.jrados.conf.FakeLoop;
import io.jrados.conf.MonitorEndpoint;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.MonCommandAck;
import io.jrados.message.OsdMapMessage;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Finding a monitor, staying with it and moving on, with monitors that the test plays. */
class MonClientTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int GET_VERSION = 19;
    private static final int COMMAND = 50;

    private final FakeLoop loop = new FakeLoop();
    private final List<FakeMonitor> contacted = new ArrayList<>();
    private final List<Map<String, String>> configurations = new ArrayList<>();

    private MonClient client(int bootstrap, Optional<UUID> expected) {
        ClientAuth auth = new ClientAuth(
                new Entity(EntityName.CLIENT, "admin"), Optional.empty(), AuthPolicy.of("none", "crc", "crc"), loop);
        return new MonClient(
                loop,
                loop,
                auth,
                this::contact,
                MonSettings.DEFAULT,
                IntStream.rangeClosed(1, bootstrap)
                        .mapToObj(number -> new MonitorEndpoint(address(number).toSocketAddress(), 0, 0))
                        .toList(),
                expected,
                new MonEvents() {
                    @Override
                    public void configured(Map<String, String> options) {
                        configurations.add(options);
                    }

                    @Override
                    public void mapped(OsdMapMessage message) {
                        throw new AssertionError("no OSD map is told here");
                    }
                });
    }

    private Connection contact(EntityAddr address, ConnectionAuth login, ConnectionListener listener) {
        FakeMonitor made = new FakeMonitor(loop, address, listener);
        contacted.add(made);
        return made;
    }

    private CompletableFuture<MonClient.Cluster> start(MonClient client) {
        CompletableFuture<MonClient.Cluster> started = client.start(DEADLINE);
        loop.run();
        return started;
    }

    private static RadosException failure(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        try {
            future.join();
            throw new AssertionError();
        } catch (CompletionException wrapped) {
            return (RadosException) wrapped.getCause();
        }
    }

    // ---- hunting

    @Test
    @Covers({"C02", "C04", "C07", "C22"})
    void triesThreeAtOnceAndStaysWithTheFirstThatAnswers() {
        CompletableFuture<MonClient.Cluster> started = start(client(5, Optional.empty()));
        assertThat(contacted).hasSize(3);
        FakeMonitor won = contacted.get(1).letsIn();
        assertThat(contacted.get(0).closed).isTrue();
        assertThat(contacted.get(2).closed).isTrue();
        assertThat(won.subscribed()).containsEntry("monmap", 0L).containsEntry("config", 0L);
        assertThat(started).isNotDone();
        won.welcomes();
        assertThat(started.join().fsid()).isEqualTo(FSID);
        assertThat(configurations).containsExactly(Map.of("rbd_default_order", "21"));
    }

    @Test
    @Covers("C04")
    void triesOthersAfterThreeSeconds() {
        start(client(5, Optional.empty()));
        loop.pass(Duration.ofMillis(3001));
        assertThat(contacted).hasSize(5);
        assertThat(contacted.subList(0, 3)).allMatch(monitor -> monitor.closed);
        assertThat(contacted.stream().map(FakeMonitor::peer).distinct()).hasSize(5);
    }

    @Test
    @Covers("C04")
    void triesOthersAtOnceWhenAllOfABatchHaveFailed() {
        start(client(4, Optional.empty()));
        for (FakeMonitor monitor : List.copyOf(contacted)) {
            monitor.fails(Errno.ECONNREFUSED, "connecting to mon " + monitor.address);
        }
        assertThat(contacted).hasSize(4);
    }

    @Test
    @Covers({"C04", "C06"})
    void aLoginThatTakesLongerThanAnIntervalGetsTheTimeItNeeds() {
        MonClient client = client(1, Optional.empty());
        client.start(Duration.ofMinutes(5));
        loop.run();
        for (int failures = 0; failures < 30 && contacted.get(contacted.size() - 1).closed == false; failures++) {
            int before = contacted.size();
            FakeMonitor slow = contacted.get(before - 1);
            loop.pass(Duration.ofSeconds(6));
            if (!slow.closed) {
                slow.letsIn().welcomes();
                break;
            }
        }
        assertThat(contacted).hasSizeLessThan(6);
        assertThat(contacted.get(contacted.size() - 1).subscribed()).isNotEmpty();
    }

    @Test
    @Covers("C04")
    void theIntervalGrowsWithEveryRoundThatFailsToThirtySeconds() {
        MonClient client = client(1, Optional.empty());
        client.start(Duration.ofMinutes(10));
        loop.run();
        loop.pass(Duration.ofMinutes(9));
        int before = contacted.size();
        loop.pass(Duration.ofSeconds(60));
        assertThat(contacted.size() - before).as("one in thirty seconds").isBetween(1, 2);
    }

    @Test
    @Covers("C32")
    void afterAPauseOfTheProcessAnAnswerThatHasComeIsTaken() {
        MonClient client = connected();
        CompletableFuture<Long> asked = client.requests().newest("osdmap", DEADLINE);
        loop.run();
        FakeMonitor monitor = contacted.get(0);
        long handle =
                new Decoder(monitor.sent.get(monitor.sent.size() - 1).front().duplicate()).u64();
        loop.stopFor(Duration.ofMinutes(2));
        assertThat(asked).isNotDone();
        assertThat(monitor.closed).as("it may have given signs of life").isFalse();
        monitor.acknowledged = loop.nanoTime();
        Payload reply = Payload.of(
                20, 2, 0, 0, Encoder.heap().u64(handle).u64(40).u64(1).take());
        monitor.listener.onMessage(monitor, reply);
        loop.run();
        assertThat(asked.join()).isEqualTo(40);
        loop.pass(Duration.ofSeconds(1));
        assertThat(monitor.closed).isFalse();
    }

    @Test
    @Covers("C32")
    void saysWhatEachMonitorDidWhenTheDeadlinePasses() {
        CompletableFuture<MonClient.Cluster> started = start(client(2, Optional.empty()));
        FakeMonitor first = contacted.get(0);
        first.fails(Errno.ECONNREFUSED, "connecting to mon " + first.address);
        loop.pass(DEADLINE);
        RadosException late = failure(started);
        assertThat(late).isInstanceOf(DeadlineException.class);
        assertThat(late)
                .hasMessageContaining("10.0.0.1:3300")
                .hasMessageContaining("10.0.0.2:3300: ")
                .hasMessageContaining("does not answer");
        int tries = contacted.size();
        loop.pass(Duration.ofMinutes(1));
        assertThat(contacted).as("hunting ends with it").hasSize(tries);
    }

    @Test
    @Covers({"C05", "C32"})
    void whatWasTriedInsteadOfALegacyAddressIsSaid() {
        ClientAuth auth = new ClientAuth(
                new Entity(EntityName.CLIENT, "admin"), Optional.empty(), AuthPolicy.of("none", "crc", "crc"), loop);
        MonitorEndpoint guess = new MonitorEndpoint(address(1).toSocketAddress(), 0, 0, "10.0.0.1:6789");
        MonClient client = new MonClient(
                loop,
                loop,
                auth,
                this::contact,
                MonSettings.DEFAULT,
                List.of(guess),
                Optional.empty(),
                new MonEvents() {
                    @Override
                    public void configured(Map<String, String> options) {
                        configurations.add(options);
                    }

                    @Override
                    public void mapped(OsdMapMessage message) {
                        throw new AssertionError("no OSD map is told here");
                    }
                });
        CompletableFuture<MonClient.Cluster> started = start(client);
        contacted.get(0).fails(Errno.ECONNREFUSED, "connecting to mon " + address(1));
        loop.pass(DEADLINE);
        assertThat(failure(started))
                .hasMessageContaining("10.0.0.1:3300 (tried for 10.0.0.1:6789, which is of the legacy protocol)");
    }

    @Test
    @Covers("C32")
    void aSoleMonitorThatRefusesIsTriedUntilTheDeadlineAndItsAnswerIsTheFailure() {
        CompletableFuture<MonClient.Cluster> started = start(client(1, Optional.empty()));
        int tries = 0;
        for (Duration passed = Duration.ZERO; passed.compareTo(DEADLINE) < 0; passed = passed.plusMillis(100)) {
            // the last attempt is still under way at the deadline
            for (; tries < contacted.size() && passed.plusSeconds(1).compareTo(DEADLINE) < 0; tries++) {
                FakeMonitor next = contacted.get(tries);
                next.fails(Errno.ECONNREFUSED, "connecting to mon " + next.address);
            }
            assertThat(started).isNotDone();
            loop.pass(Duration.ofMillis(100));
        }
        assertThat(tries).isGreaterThan(4);
        RadosException refused = failure(started);
        assertThat(refused.errno()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(refused)
                .hasMessageContaining("10.0.0.1:3300: connecting to mon")
                .hasMessageContaining("connection refused (ECONNREFUSED)");
    }

    @Test
    @Covers("A09")
    void failsAtOnceWhenEveryMonitorThatAnswersRefusesTwice() {
        CompletableFuture<MonClient.Cluster> started = start(client(2, Optional.empty()));
        for (int i = 0; i < 4; i++) {
            FakeMonitor next = contacted.get(i);
            if (next.address.equals(address(1))) {
                next.fails(Errno.EACCES, "authenticating client.admin to a monitor");
            } else {
                next.fails(Errno.ECONNREFUSED, "connecting to mon " + next.address);
            }
            loop.pass(Duration.ofMillis(60));
        }
        RadosException refused = failure(started);
        assertThat(refused.errno()).isEqualTo(Errno.EACCES);
        assertThat(refused).hasMessageContaining("client.admin");
    }

    @Test
    void goesOnWhenAMonitorHasNoQuorumYet() {
        CompletableFuture<MonClient.Cluster> started = start(client(1, Optional.empty()));
        for (int i = 0; i < 5; i++) {
            contacted.get(i).fails(Errno.EAGAIN, "authenticating client.admin to a monitor, which has no quorum yet");
            loop.pass(Duration.ofSeconds(1));
        }
        assertThat(started).isNotDone();
        contacted.get(5).letsIn().welcomes();
        assertThat(started).isCompleted();
    }

    @Test
    @Covers("C27")
    void refusesAnotherClusterThanTheConfigurationNames() {
        UUID other = UUID.fromString("00000000-0000-0000-0000-000000000001");
        CompletableFuture<MonClient.Cluster> started = start(client(1, Optional.of(other)));
        contacted.get(0).letsIn().welcomes();
        RadosException wrong = failure(started);
        assertThat(wrong.errno()).isEqualTo(Errno.EINVAL);
        assertThat(wrong).hasMessageContaining(other.toString()).hasMessageContaining(FSID.toString());
        assertThat(contacted.get(0).closed).isTrue();
    }

    @Test
    @Covers("C02")
    void startsWithoutACentralConfiguration() {
        CompletableFuture<MonClient.Cluster> started = start(client(1, Optional.empty()));
        FakeMonitor monitor = contacted.get(0).letsIn();
        monitor.tells(MON_MAP, 0, Encoder.heap().bytes(monMap(3, FSID)));
        assertThat(started).isNotDone();
        loop.pass(Duration.ofSeconds(3));
        assertThat(started).isCompleted();
    }

    // ---- the session

    private MonClient connected() {
        MonClient client = client(1, Optional.empty());
        start(client);
        contacted.get(0).letsIn().welcomes();
        return client;
    }

    private FakeMonitor newest() {
        return contacted.get(contacted.size() - 1);
    }

    @Test
    @Covers({"C04", "C07"})
    void movesToAnotherOfTheMapAndSubscribesAgainFromWhatItHas() {
        MonClient client = connected();
        loop.execute(() -> client.wantOsdMap(17, false));
        loop.run();
        contacted.get(0).fails(Errno.ECONNRESET, "talking to a monitor");
        assertThat(contacted).as("the three of the map").hasSize(4);
        FakeMonitor next = newest().letsIn();
        assertThat(next.subscribed()).containsEntry("monmap", 3L).containsEntry("osdmap", 17L);
    }

    @Test
    @Covers({"C07", "C08"})
    void asksAgainForAMapThatCameAndCouldNotBeTaken() {
        MonClient client = connected();
        FakeMonitor monitor = contacted.get(0);
        loop.execute(() -> client.wantOsdMap(17, true));
        loop.run();
        int asked = monitor.sent.size();
        loop.execute(() -> client.wantOsdMap(17, true));
        loop.run();
        assertThat(monitor.sent).as("it counts as asked for").hasSize(asked);
        loop.execute(client::missedOsdMap);
        loop.execute(() -> client.wantOsdMap(17, true));
        loop.run();
        assertThat(monitor.sent).hasSize(asked + 1);
        assertThat(monitor.subscribed()).containsExactlyEntriesOf(Map.of("osdmap", 17L));
    }

    private static EntityAddr legacy(int number) {
        return EntityAddr.of(EntityAddr.LEGACY, 0, new byte[] {10, 0, 0, (byte) number}, 6789);
    }

    @Test
    @Covers("C05")
    void keepsToMsgr2WhateverElseTheMapOffers() {
        connected();
        FakeMonitor first = contacted.get(0);
        first.tells(
                MON_MAP,
                0,
                Encoder.heap()
                        .bytes(monMap(
                                3,
                                FSID,
                                number ->
                                        number == 3 ? List.of(legacy(3)) : List.of(legacy(number), address(number)))));
        first.fails(Errno.ECONNRESET, "talking to a monitor");
        for (int i = 0; i < 10; i++) {
            loop.pass(Duration.ofSeconds(3));
        }
        assertThat(contacted)
                .hasSizeGreaterThan(4)
                .extracting(monitor -> monitor.address)
                .containsOnly(address(1), address(2));
        newest().letsIn();
    }

    @Test
    @Covers({"C05", "C32"})
    void aMapWithoutMsgr2IsSaidAndMakesNoLoop() {
        MonClient client = connected();
        FakeMonitor only = contacted.get(0);
        only.tells(MON_MAP, 0, Encoder.heap().bytes(monMap(2, FSID, number -> List.of(legacy(number)))));
        only.fails(Errno.ECONNRESET, "talking to a monitor");
        CompletableFuture<Long> asked = client.requests().newest("osdmap", DEADLINE);
        loop.run();
        loop.pass(DEADLINE.plusMillis(1));
        assertThat(contacted).as("nobody else is called").hasSize(1);
        assertThat(failure(asked)).hasMessageContaining("no address of msgr2");
    }

    @Test
    @Covers("C06")
    void looksForAnotherMonitorAfterThirtySecondsWithoutASignOfLife() {
        connected();
        FakeMonitor monitor = contacted.get(0);
        loop.pass(Duration.ofMillis(10_001));
        assertThat(monitor.keepalives).isEqualTo(1);
        monitor.acknowledged = loop.nanoTime();
        loop.pass(Duration.ofSeconds(29));
        assertThat(monitor.closed).isFalse();
        loop.pass(Duration.ofSeconds(11));
        assertThat(monitor.closed).isTrue();
        assertThat(contacted).hasSize(4);
    }

    @Test
    @Covers("C13")
    void sendsCommandsAgainOnANewSession() {
        MonClient client = connected();
        CompletableFuture<MonCommandAck> answer =
                client.requests().command("{\"prefix\": \"osd stat\"}", new byte[0], DEADLINE);
        loop.run();
        Payload first = contacted.get(0).sent.get(contacted.get(0).sent.size() - 1);
        assertThat(first.type()).isEqualTo(COMMAND);
        contacted.get(0).fails(Errno.ECONNRESET, "talking to a monitor");
        FakeMonitor next = newest().letsIn();
        Payload again = next.sent.get(next.sent.size() - 1);
        assertThat(again.tid()).isEqualTo(first.tid());
        Encoder ack = Encoder.heap().zeroes(18).i32(0).string("fine").u32(0);
        next.listener.onMessage(
                next, Payload.of(51, 1, 1, again.tid(), ack.take(), Unpooled.wrappedBuffer(new byte[] {7})));
        loop.run();
        assertThat(answer.join().status()).isEqualTo("fine");
        assertThat(answer.join().output()).containsExactly(7);
    }

    @Test
    @Covers("C13")
    void aCommandThatFailsTellsTheStatus() {
        MonClient client = connected();
        CompletableFuture<MonCommandAck> answer =
                client.requests().command("{\"prefix\": \"osd pool get\"}", new byte[0], DEADLINE);
        loop.run();
        long tid = contacted.get(0).sent.get(contacted.get(0).sent.size() - 1).tid();
        contacted
                .get(0)
                .tells(
                        51,
                        tid,
                        Encoder.heap()
                                .zeroes(18)
                                .i32(-Errno.ENOENT.number())
                                .string("unrecognized pool 'x'")
                                .u32(0));
        assertThat(failure(answer))
                .hasMessageContaining("osd pool get")
                .hasMessageContaining("unrecognized pool 'x'")
                .hasMessageContaining("ENOENT");
    }

    @Test
    @Covers({"C11", "C32"})
    void questionsHaveADeadline() {
        MonClient client = connected();
        CompletableFuture<Long> answered = client.requests().newest("osdmap", DEADLINE);
        CompletableFuture<Long> late = client.requests().newest("osdmap", DEADLINE);
        loop.run();
        FakeMonitor monitor = contacted.get(0);
        assertThat(monitor.types()).endsWith(GET_VERSION, GET_VERSION);
        long handle =
                new Decoder(monitor.sent.get(monitor.sent.size() - 2).front().duplicate()).u64();
        Payload reply = Payload.of(
                20, 2, 0, 0, Encoder.heap().u64(handle).u64(40).u64(1).take());
        monitor.listener.onMessage(monitor, reply);
        loop.run();
        assertThat(answered.join()).isEqualTo(40);
        loop.pass(DEADLINE.plusMillis(1));
        assertThat(failure(late))
                .isInstanceOfSatisfying(DeadlineException.class, deadline -> assertThat(deadline.sent())
                        .isEqualTo(DeadlineException.Sent.OUTCOME_UNKNOWN));
    }

    @Test
    void aMalformedMessageCostsTheSession() {
        connected();
        contacted.get(0).tells(MON_MAP, 0, Encoder.heap().u32(1000));
        assertThat(contacted.get(0).closed).isTrue();
        assertThat(contacted).hasSize(4);
    }

    @Test
    @Covers("C34")
    void closingFailsWhatIsOutstanding() {
        MonClient client = connected();
        CompletableFuture<Long> question = client.requests().newest("osdmap", DEADLINE);
        client.close();
        loop.run();
        assertThat(failure(question)).hasMessageContaining("shut down");
        assertThat(contacted.get(0).closed).isTrue();
        loop.pass(Duration.ofMinutes(5));
        assertThat(contacted).hasSize(1);
    }
}
