package io.jrados.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages from real monitors, OSDs and managers. */
class IncomingMessagesTest {
    private static Object read(RecordedMessage message, Payload payload) {
        return MessageType.of(message.type())
                .flatMap(MessageType::reader)
                .orElseThrow()
                .apply(payload);
    }

    @SuppressWarnings("unchecked")
    private static <T> T read(String name) {
        RecordedMessage message = RecordedMessage.read(name);
        return (T) read(message, message.payload());
    }

    private static void release(Object message) {
        if (message instanceof OsdOpReply reply) {
            reply.release();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mon_map/one-monitor",
                "config/none",
                "config/one-option",
                "osd_map/full",
                "osd_map/incremental",
                "mgr_map/active",
                "mon_get_version_reply/osdmap",
                "mon_command_ack/getmaxosd",
                "mon_command_ack/with-input",
                "mon_command_ack/nonsense",
                "command_reply/version",
                "mgr_command_reply/pg-stat",
                "statfs_reply/cluster",
                "log/info",
                "mgr_close/answer",
                "getpoolstats_reply/one",
                "poolop_reply/create-unmanaged-snap",
                "poolop_reply/delete-unmanaged-snap",
                "auth_reply/renewal",
                "watch_notify/notify",
                "watch_notify/complete",
                "osd_backoff/block",
                "osd_backoff/unblock",
                "osd_op_reply/write",
                "osd_op_reply/read",
                "osd_op_reply/stat-and-xattrs",
                "osd_op_reply/create-exists",
                "osd_op_reply/list-snaps",
                "osd_op_reply/list-watchers",
                "osd_op_reply/list-objects"
            })
    void isReadAndRefusedWhenCut(String name) {
        RecordedMessage message = RecordedMessage.read(name);
        Payload payload = message.payload();

        release(read(message, payload));

        assertReleased(payload);
        for (int length = 0; length < message.front().length; length++) {
            Payload cut = message.cut(length);
            assertThatThrownBy(() -> release(read(message, cut)))
                    .as("%s cut to %d of %d", name, length, message.front().length)
                    .isInstanceOf(MalformedException.class);
            assertReleased(cut);
        }
    }

    private static void assertReleased(Payload payload) {
        assertThat(payload.front().refCnt()).isLessThanOrEqualTo(payload.front().capacity() == 0 ? 1 : 0);
        assertThat(payload.data().refCnt()).isLessThanOrEqualTo(payload.data().capacity() == 0 ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mon_map/one-monitor", "mgr_map/active", "poolop_reply/create-unmanaged-snap", "watch_notify/complete",
                "osd_backoff/block", "osd_op_reply/read", "config/one-option", "mon_command_ack/getmaxosd"
            })
    void survivesDamage(String name) {
        RecordedMessage message = RecordedMessage.read(name);
        for (int at = 0; at < message.front().length; at++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
                byte[] damaged = message.front().clone();
                damaged[at] = (byte) value;
                try {
                    release(read(message, message.payload(damaged, message.data())));
                } catch (MalformedException refused) {
                    assertThat(refused).hasMessageNotContaining("null");
                } catch (RuntimeException thrown) {
                    fail("byte " + at + " set to " + value, thrown);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherTypeOfMessageIsRefusedAndReleased(MessageType type) {
        byte[] noise = new byte[200];
        java.util.Arrays.fill(noise, (byte) 0xee);
        type.reader().filter(reader -> type != MessageType.PING).ifPresent(reader -> {
            RecordedMessage message =
                    new RecordedMessage("noise", type.number(), 99, 99, 0, 127, noise, new byte[0], noise);
            Payload payload = message.payload();
            assertThatThrownBy(() -> reader.apply(payload)).isInstanceOf(MalformedException.class);
            assertReleased(payload);
        });
    }

    @Test
    @Covers("C03")
    void aMonMap() {
        MonMap map =
                IncomingMessagesTest.<MonMapMessage>read("mon_map/one-monitor").map();

        assertThat(map.monitors()).hasSize(1);
        MonMap.Monitor monitor = map.monitors().get(0);
        assertThat(monitor.name()).isEqualTo("a");
        assertThat(monitor.addresses()).extracting(EntityAddr::type).containsExactly(2, 1);
        assertThat(EntityAddr.msgr2Of(monitor.addresses())
                        .toSocketAddress()
                        .getAddress()
                        .isLoopbackAddress())
                .isTrue();
        assertThat(map.minRelease()).isEqualTo(16);
        assertThat(map.epoch()).isPositive();
        assertThat(map.created().seconds()).isBetween(1_600_000_000L, 4_000_000_000L);
    }

    @Test
    @Covers("C22")
    void theCentralConfiguration() {
        assertThat(IncomingMessagesTest.<ConfigMessage>read("config/none").options())
                .isEmpty();
        assertThat(IncomingMessagesTest.<ConfigMessage>read("config/one-option").options())
                .isEqualTo(Map.of("rbd_default_order", "21"));
    }

    @Test
    void osdMaps() {
        OsdMapMessage full = read("osd_map/full");
        OsdMapMessage incremental = read("osd_map/incremental");

        assertThat(full.incrementals()).isEmpty();
        assertThat(full.fulls()).containsOnlyKeys(full.newest());
        assertThat(full.fulls().get(full.newest())[0]).isEqualTo((byte) 8);
        assertThat(incremental.fulls()).isEmpty();
        assertThat(incremental.incrementals()).isNotEmpty();
        assertThat(incremental.incrementals().lastKey()).isEqualTo(incremental.newest());
        assertThat(incremental.fsid()).isEqualTo(full.fsid());
        assertThat(incremental.oldest()).isEqualTo(1);
    }

    @Test
    @Covers("C24")
    void aMgrMap() {
        MgrMap map = read("mgr_map/active");

        assertThat(map.activeName()).isEqualTo("x");
        assertThat(map.available()).isTrue();
        assertThat(EntityAddr.msgr2Of(map.addresses()).isBlank()).isFalse();
        assertThat(map.activeId()).isPositive();
    }

    @Test
    @Covers("C11")
    void aVersion() {
        MonGetVersionReply reply = read("mon_get_version_reply/osdmap");
        MonGetVersionReply sameHandle = read("mon_get_version_reply/osdmap");

        assertThat(reply).isEqualTo(sameHandle);
        assertThat(reply.newest()).isGreaterThan(reply.oldest());
        assertThat(reply.oldest()).isEqualTo(1);
    }

    @Test
    @Covers("C13")
    void commandAcknowledgements() {
        MonCommandAck ack = read("mon_command_ack/getmaxosd");
        MonCommandAck nonsense = read("mon_command_ack/nonsense");

        assertThat(ack.result()).isZero();
        assertThat(ack.tid()).isPositive();
        assertThat(new String(ack.output(), StandardCharsets.UTF_8)).contains("\"max_osd\":2");
        assertThat(IncomingMessagesTest.<MonCommandAck>read("mon_command_ack/with-input")
                        .status())
                .contains("golden");
        assertThat(nonsense.result()).isEqualTo(-22);
        assertThat(nonsense.status()).isEqualTo("command not known");
    }

    @Test
    @Covers({"C14", "C15"})
    void commandReplies() {
        CommandReply osd = read("command_reply/version");
        CommandReply manager = read("mgr_command_reply/pg-stat");

        assertThat(osd.result()).isZero();
        assertThat(new String(osd.output(), StandardCharsets.UTF_8)).contains("16.2.15");
        assertThat(manager.result()).isZero();
        assertThat(new String(manager.output(), StandardCharsets.UTF_8)).contains("pg_ready");
    }

    @Test
    void room() {
        StatFsReply reply = read("statfs_reply/cluster");

        assertThat(reply.total()).isEqualTo(reply.used() + reply.available()).isPositive();
        assertThat(reply.tid()).isPositive();
    }

    @Test
    @Covers({"B16", "C03"})
    void aMonMapOfRelease20SaysWhichKeysAreTaken() {
        Golden map = Golden.file("20.2.4", "mon_map/keys");
        MonMap read = Decoder.whole(map.bytes(), MonMap::decode);

        assertThat(read.keys()).isEqualTo(new MonMap.Keys(0, 2, List.of(1, 2), 2));
        assertThat(read.minRelease()).isEqualTo(20);
        assertThat(read.monitors()).extracting(MonMap.Monitor::name).containsExactly("a");
        map.refusesEveryTruncation(bytes -> Decoder.whole(bytes, MonMap::decode), MalformedException.class);
        MonMapMessage older = read("mon_map/one-monitor");
        assertThat(older.map().keys()).isEqualTo(new MonMap.Keys(0, 1, List.of(1, 2), 1));
    }

    @Test
    @Covers("C03")
    void aMonMapOfRelease14SaysNothingOfWeights() {
        Golden map = Golden.file("14.2.21", "mon_map/first");
        MonMap read = Decoder.whole(map.bytes(), MonMap::decode);

        assertThat(read.minRelease()).isEqualTo(14);
        MonMap.Monitor monitor = read.monitors().get(0);
        assertThat(monitor.addresses()).hasSize(2);
        assertThat(monitor.priority()).isZero();
        assertThat(monitor.weight()).isZero();
        map.refusesEveryTruncation(bytes -> Decoder.whole(bytes, MonMap::decode), MalformedException.class);
    }

    @Test
    @Covers({"C28"})
    void aMonitorsAnswerToAPing() {
        Ping pong = read("ping/answer");

        assertThat(pong.answer()).contains("\"mon_status\"").contains("\"health\"");
    }

    @Test
    @Covers({"A34", "C29"})
    void linesOfTheLog() {
        LogMessage log = read("log/info");

        assertThat(log.version()).isPositive();
        LogEntry line = log.entries().get(0);
        assertThat(line.entity()).isEqualTo("client.admin");
        assertThat(line.rank()).isEqualTo(new io.jrados.wire.EntityName(8, -1));
        assertThat(line.message()).isEqualTo("a line for the log");
        assertThat(line.channel()).isEqualTo("cluster");
        assertThat(line.priority()).isEqualTo(1);
        assertThat(log.entries().get(1).channel()).isEqualTo("audit");
    }

    @Test
    @Covers("C19")
    void whatAPoolHolds() {
        GetPoolStatsReply reply = read("getpoolstats_reply/one");

        assertThat(reply.perPool()).as("MemStore does not tell").isFalse();
        assertThat(reply.tid()).isPositive();
        assertThat(reply.pools()).containsOnlyKeys("rbd");
        assertThat(reply.pools().get("rbd").acting()).isGreaterThanOrEqualTo(0);
    }

    @Test
    @Covers("C25")
    void whatAManagerTellsAService() {
        assertThat(IncomingMessagesTest.<MgrConfigure>read("mgr_configure/service")
                        .periodSeconds())
                .isPositive();
        assertThat(IncomingMessagesTest.<MgrClose>read("mgr_close/answer")).isEqualTo(new MgrClose("golden", "one"));
    }

    @Test
    @Covers("C18")
    void poolOperations() {
        PoolOpReply created = read("poolop_reply/create-unmanaged-snap");
        PoolOpReply deleted = read("poolop_reply/delete-unmanaged-snap");

        assertThat(created.result()).isZero();
        assertThat(created.data()).hasSize(8).isNotEqualTo(new byte[8]);
        assertThat(deleted.data()).isEmpty();
        assertThat(deleted.epoch()).isGreaterThan(created.epoch());
    }

    @Test
    @Covers("B20")
    void anAuthReply() {
        AuthReply reply = read("auth_reply/renewal");

        assertThat(reply.protocol()).isEqualTo(2);
        assertThat(reply.result()).isZero();
        assertThat(reply.globalId()).isPositive();
        assertThat(reply.reply()).hasSizeGreaterThan(100);
        assertThat(reply.toString()).doesNotContain("reply=");
    }

    @Test
    @Covers("E37")
    void aNotification() {
        WatchNotify notify = read("watch_notify/notify");

        assertThat(notify.event()).isEqualTo(WatchNotify.Event.NOTIFY);
        assertThat(notify.notifierId()).isPositive();
        // librados' Python binding adds the message's length
        assertThat(new String(notify.message(), StandardCharsets.UTF_8)).endsWith("a message");
        assertThat(notify.answers()).isEqualTo(WatchNotify.Answers.NONE);
    }

    @Test
    @Covers("E39")
    void aCompletedNotification() {
        WatchNotify notify = read("watch_notify/notify");
        WatchNotify complete = read("watch_notify/complete");

        assertThat(complete.event()).isEqualTo(WatchNotify.Event.NOTIFY_COMPLETE);
        assertThat(complete.notifyId()).isEqualTo(notify.notifyId());
        assertThat(complete.result()).isZero();
        assertThat(complete.answers().missed()).isEmpty();
        assertThat(complete.answers().given()).hasSize(1);
        assertThat(complete.answers().given().get(0).watcher())
                .isEqualTo(new WatchNotify.Watcher(notify.notifierId(), notify.cookie()));
    }

    @Test
    void answersThatAreCutAreRefused() {
        RecordedMessage message = RecordedMessage.read("watch_notify/complete");
        for (int length = 1; length < message.data().length; length++) {
            Payload cut = message.payload(message.front(), java.util.Arrays.copyOf(message.data(), length));
            assertThatThrownBy(() -> WatchNotify.decode(cut)).isInstanceOf(MalformedException.class);
            assertReleased(cut);
        }
    }

    @Test
    @Covers("E15")
    void aBackoff() {
        OsdBackoff block = read("osd_backoff/block");
        OsdBackoff unblock = read("osd_backoff/unblock");

        assertThat(block.kind()).isEqualTo(OsdBackoff.Kind.BLOCK);
        assertThat(unblock.kind()).isEqualTo(OsdBackoff.Kind.UNBLOCK);
        assertThat(unblock.id()).isEqualTo(block.id());
        assertThat(block.begin()).isLessThan(block.end());
        int inside = block.pg().seed();
        assertThat(block.covers(
                        new HObject("", "any", -2, inside, false, "", block.pg().pool())))
                .isTrue();
        assertThat(block.covers(new HObject(
                        "", "any", -2, inside ^ 1, false, "", block.pg().pool())))
                .isFalse();
        assertThat(block.covers(HObject.MAX)).isFalse();
    }

    @Test
    @Covers({"A42", "E15"})
    void aBackoffIsAcknowledgedAsItWas() {
        OsdBackoff block = read("osd_backoff/block");
        RecordedMessage answer = RecordedMessage.read("osd_backoff/ack-block");
        OsdBackoff recorded = OsdBackoff.decode(answer.payload());

        Payload ours = block.acknowledgement(recorded.epoch()).encode();

        assertThat(RecordedMessage.text(ours)).isEqualTo(RecordedMessage.text(answer.payload()));
        ours.release();
    }

    @Test
    void typesHaveTheirNumbers() {
        assertThat(MessageType.of(42)).contains(MessageType.OSD_OP);
        assertThat(MessageType.of(4711)).isEmpty();
        assertThat(List.of(MessageType.values()))
                .extracting(MessageType::number)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"osd_op_reply/write, 7, 0", "mon_map/one-monitor, 9, 9", "watch_notify/notify, 2, 1"})
    void otherVersionsAreRefused(String name, int version, int compat) {
        RecordedMessage m = RecordedMessage.read(name);
        RecordedMessage other = new RecordedMessage(
                name, m.type(), version, compat, m.tid(), m.priority(), m.front(), m.middle(), m.data());

        assertThatThrownBy(() -> read(other, other.payload())).isInstanceOf(MalformedException.class);
    }
}
