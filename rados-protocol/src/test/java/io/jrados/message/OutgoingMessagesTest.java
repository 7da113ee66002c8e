package io.jrados.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.osd.op.Comparison;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that a native client sent, written again by us: every byte is the same. */
class OutgoingMessagesTest {
    private static final byte[] NOTHING = new byte[0];

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(bytes(text));
    }

    private static Arguments write(String name, WriteOperation operation) {
        return Arguments.of(name, operation.operation());
    }

    private static Arguments read(String name, ReadOperation operation) {
        return Arguments.of(name, operation.operation());
    }

    static List<Arguments> operations() {
        return List.of(
                write("create-exclusive", new WriteOperation().create(true)),
                write(
                        "write",
                        new WriteOperation().allocHint(4 << 20, 4 << 20, 0).write(100, buffer("hello, world"))),
                write("writefull", new WriteOperation().writeFull(buffer("everything"))),
                write("append", new WriteOperation().append(buffer(" and more"))),
                write("writesame", new WriteOperation().writeSame(20, 8, buffer("ab"))),
                write(
                        "cmpext",
                        new WriteOperation().compareExtent(0, buffer("every")).write(0, buffer("E"))),
                write("truncate-zero", new WriteOperation().zero(2, 3).truncate(4096)),
                write(
                        "xattrs",
                        new WriteOperation().setXattr("colour", bytes("blue")).setXattr("taste", NOTHING)),
                write("rmxattr", new WriteOperation().removeXattr("taste")),
                write(
                        "cmpxattr",
                        new WriteOperation()
                                .compareXattr("colour", Comparison.EQ, bytes("red"))
                                .delete()),
                write(
                        "omap",
                        new WriteOperation().omapSet(Map.of("k1", bytes("v1"), "k2", NOTHING, "k3", bytes("v3")))),
                write("omap-remove", new WriteOperation().omapRemove(List.of("nothing", "k1"))),
                write("omap-remove-range", new WriteOperation().omapRemoveRange("k3", "k9")),
                write(
                        "omap-compare",
                        new WriteOperation()
                                .compareOmap("k2", Comparison.EQ, NOTHING)
                                .assertExists()),
                write("exec", new WriteOperation().exec("lock", "no_such_method", bytes("input"))),
                write(
                        "assert-version",
                        new WriteOperation().assertVersion(99999999).assertExists()),
                write("write-with-snapshots", new WriteOperation().write(8, buffer("new"))),
                write("namespace-and-key", new WriteOperation().append(buffer("x"))),
                write("delete", new WriteOperation().delete()),
                read("read", new ReadOperation().read(1, 100)),
                read("read-at-a-snapshot", new ReadOperation().read(0, 20)),
                read("stat-and-xattrs", new ReadOperation().stat().getXattrs()),
                read(
                        "omap-values",
                        new ReadOperation()
                                .omapValues("", "k", 2)
                                .omapKeys("k1", 10)
                                .omapValuesByKeys(List.of("none", "k3"))),
                read("getxattr-missing", new ReadOperation().getXattr("nothing")),
                read("list-snaps", new ReadOperation().listSnaps()),
                read("list-watchers", new ReadOperation().listWatchers()),
                read("sparse-read", new ReadOperation().sparseRead(0, 2 << 20)));
    }

    @ParameterizedTest
    @MethodSource("operations")
    @Covers({"E01", "E03", "E05", "E25", "E60", "E61", "E63", "E66", "E67", "E68", "E69", "E72"})
    void anOperationIsWrittenAsLibradosDoes(String name, Operation<?> operation) {
        RecordedOsdOp recorded = RecordedOsdOp.read("osd_op/" + name);

        assertThat(recorded.with(operation)).isEqualTo(recorded.recorded());
        int asked = operation.flags();
        assertThat(recorded.attempt().flags() & (OsdFlags.READ | OsdFlags.WRITE | OsdFlags.RETURNVEC))
                .isEqualTo(asked);
    }

    @Test
    @Covers("E64")
    void aRollback() {
        RecordedOsdOp recorded = RecordedOsdOp.read("osd_op/rollback");
        var operation = new WriteOperation().rollback(recorded.number(0, 0)).operation();

        assertThat(recorded.with(operation)).isEqualTo(recorded.recorded());
    }

    private static Operation<Integer> operation(int flags, Op op) {
        return new Operation<>(List.of(op), flags, (outputs, version) -> outputs.code(0));
    }

    @ParameterizedTest
    @CsvSource({"watch, 3", "watch-ping, 7", "unwatch, 0"})
    @Covers({"E32", "E34", "E35"})
    void aWatch(String name, int how) {
        RecordedOsdOp recorded = RecordedOsdOp.read("osd_op/" + name);
        long cookie = recorded.number(0, 0);
        int generation = (int) (recorded.number(0, 2) >> 8);
        int timeout = (int) (recorded.number(0, 2) >>> 40);

        Op op = Op.watch(cookie, how, generation, timeout);

        assertThat(cookie).isNotZero();
        assertThat(recorded.with(operation(OsdFlags.WRITE, op))).isEqualTo(recorded.recorded());
    }

    @Test
    @Covers({"E38", "E39"})
    void aNotificationAndItsAnswer() {
        RecordedOsdOp notify = RecordedOsdOp.read("osd_op/notify");
        Decoder in = notify.data();
        in.skip(4);
        Op op = Op.notify(notify.number(0, 0), (int) in.u32(), in.bytes());
        assertThat(notify.with(operation(OsdFlags.READ, op))).isEqualTo(notify.recorded());

        RecordedOsdOp ack = RecordedOsdOp.read("osd_op/notify-ack");
        Decoder answer = ack.data();
        Op ackOp = Op.notifyAck(answer.u64(), answer.u64(), answer.bytes());
        assertThat(ack.with(operation(OsdFlags.READ, ackOp))).isEqualTo(ack.recorded());
    }

    @Test
    @Covers("E44")
    void aListing() {
        RecordedOsdOp recorded = RecordedOsdOp.read("osd_op/list-objects");
        HObject cursor = HObject.decode(recorded.data());

        Op op = Op.list(recorded.number(0, 0), recorded.number(0, 1), cursor, Optional.empty());

        assertThat(recorded.object()).isEmpty();
        assertThat(recorded.locator().hash()).isNotEqualTo(ObjectLocator.NO_HASH);
        assertThat(recorded.with(operation(OsdFlags.READ, op))).isEqualTo(recorded.recorded());
    }

    @Test
    @Covers("E06")
    void anotherAttemptKeepsTheTidAndSaysSo() {
        RecordedOsdOp recorded = RecordedOsdOp.read("osd_op/delete");
        OsdOp.Attempt first = recorded.attempt();
        var again = new OsdOp.Attempt(first.flags(), 3, first.modified(), first.features());
        var operation = new WriteOperation().delete().operation();

        Payload payload = new OsdOp(
                        7, recorded.target(), recorded.locator(), recorded.object(), operation, recorded.snaps(), again)
                .encode();

        Decoder in = new Decoder(payload.front());
        in.skip(24 + 4 + 4);
        assertThat(in.u32()).isEqualTo(first.flags() | OsdFlags.RETRY);
        in.skip(in.remaining() - 12);
        assertThat(in.i32()).isEqualTo(3);
        assertThat(payload.tid()).isEqualTo(7);
        payload.release();
    }

    private static void assertSame(String name, java.util.function.Function<RecordedMessage, Payload> ours) {
        RecordedMessage message = RecordedMessage.read(name);
        Payload written = ours.apply(message);
        Payload recorded = message.payload();
        assertThat(RecordedMessage.text(written)).as(name).isEqualTo(RecordedMessage.text(recorded));
        written.release();
        recorded.release();
    }

    private static UUID fsid(RecordedMessage message, int at) {
        return Decoder.of(message.front()).skip(at).uuid();
    }

    @Test
    @Covers("C07")
    void aSubscription() {
        assertSame("mon_subscribe/first", message -> {
            Decoder in = Decoder.of(message.front());
            Map<String, MonSubscribe.Item> what = new LinkedHashMap<>();
            for (int left = in.count(13); left > 0; left--) {
                what.put(in.string(), new MonSubscribe.Item(in.u64(), in.u8() != 0));
            }
            assertThat(what).containsKeys("config", "monmap");
            return new MonSubscribe(what, in.string()).encode();
        });
    }

    @Test
    @Covers("C13")
    void monitorCommands() {
        assertSame("mon_command/getmaxosd", message -> new MonCommand(
                        message.tid(),
                        fsid(message, 18),
                        "{\"prefix\": \"osd getmaxosd\", \"format\": \"json\"}",
                        NOTHING)
                .encode());
        assertSame("mon_command/with-input", message -> new MonCommand(
                        message.tid(),
                        fsid(message, 18),
                        "{\"prefix\": \"config-key set\", \"key\": \"golden\"}",
                        bytes("value"))
                .encode());
    }

    @Test
    @Covers({"C14", "C15"})
    void daemonCommands() {
        assertSame("command/version", message -> new Command(
                        message.tid(), false, fsid(message, 0), "{\"prefix\": \"version\"}", NOTHING)
                .encode());
        assertSame("mgr_command/pg-stat", message -> new Command(
                        message.tid(),
                        true,
                        fsid(message, 0),
                        "{\"prefix\": \"pg stat\", \"format\": \"json\"}",
                        NOTHING)
                .encode());
    }

    @Test
    @Covers("C11")
    void aVersionIsAskedFor() {
        assertSame(
                "mon_get_version/osdmap",
                message -> new MonGetVersion(Decoder.of(message.front()).u64(), "osdmap").encode());
    }

    @Test
    @Covers("C18")
    void snapshotIds() {
        for (String name : List.of("create-unmanaged-snap", "delete-unmanaged-snap")) {
            assertSame("poolop/" + name, message -> {
                Decoder in = Decoder.of(message.front());
                long seen = in.u64();
                UUID fsid = in.skip(10).uuid();
                long pool = in.u32();
                long snap = in.skip(12).u64();
                PoolOp.Kind kind = name.startsWith("create")
                        ? PoolOp.Kind.CREATE_UNMANAGED_SNAP
                        : PoolOp.Kind.DELETE_UNMANAGED_SNAP;
                return new PoolOp(message.tid(), fsid, seen, pool, kind, snap, "").encode();
            });
        }
    }

    @Test
    void roomIsAskedFor() {
        assertSame(
                "statfs/cluster", message -> new StatFs(message.tid(), fsid(message, 18), Optional.empty()).encode());
    }

    @Test
    @Covers("C19")
    void whatPoolsHoldIsAskedFor() {
        assertSame("getpoolstats/one", message -> new GetPoolStats(
                        message.tid(), Decoder.of(message.front()).u64(), fsid(message, 18), List.of("rbd"))
                .encode());
    }

    @Test
    @Covers("C25")
    void aServiceBeginsAndEnds() {
        assertSame("mgr_close/service", message -> new MgrClose("golden", "one").encode());
        RecordedMessage recorded = RecordedMessage.read("mgr_open/service");
        Decoder in = Decoder.of(recorded.front());
        assertThat(in.string()).isEqualTo("one");
        assertThat(in.string()).isEqualTo("golden");
        assertThat(in.bool()).isTrue();
        java.util.Map<String, String> metadata = in.map(8, Decoder::string, Decoder::string);
        java.util.Map<String, String> status = in.map(8, Decoder::string, Decoder::string);
        assertThat(metadata).containsKey("hostname");
        Payload open = new MgrOpen("golden", "one", metadata, status).encode();
        byte[] ours = io.netty.buffer.ByteBufUtil.getBytes(open.front());
        int same = recorded.front().length - in.remaining();
        assertThat(ours).startsWith(java.util.Arrays.copyOf(recorded.front(), same));
        assertThat(ours).as("no configuration").hasSize(same + 8);
        assertThat(open.version()).isEqualTo(recorded.version());
        open.release();
    }

    /**
     * The bytes that release 20 writes behind the first trace (src/common/tracer.h): a struct that says that there is
     * none.
     */
    @Test
    @Covers({"A44", "E02"})
    void anOperationForReleaseNineteenAndLaterHasASecondTrace() {
        RecordedOsdOp recorded = RecordedOsdOp.read("osd_op/delete");
        OsdOp.Attempt old = recorded.attempt();
        var squid = new OsdOp.Attempt(old.flags(), old.number(), old.modified(), old.features() | 1L << 49 | 1L << 57);
        Payload v8 = encoded(recorded, old);
        Payload v9 = encoded(recorded, squid);
        assertThat(v8.version()).isEqualTo(8);
        assertThat(v9.version()).isEqualTo(9);
        Decoder in = new Decoder(v8.front().duplicate());
        Spg.decode(in);
        in.skip(4 + 4 + 4);
        in.struct(new io.jrados.wire.Struct("osd_reqid_t", 2, 2, 2), (body, version) -> body.remaining());
        int trace = v8.front().readableBytes() - in.remaining() + 24;
        byte[] before = io.netty.buffer.ByteBufUtil.getBytes(v8.front());
        byte[] after = io.netty.buffer.ByteBufUtil.getBytes(v9.front());
        assertThat(after).startsWith(java.util.Arrays.copyOf(before, trace));
        assertThat(java.util.Arrays.copyOfRange(after, trace, trace + 7)).containsExactly(1, 1, 1, 0, 0, 0, 0);
        assertThat(java.util.Arrays.copyOfRange(after, trace + 7, after.length - 8))
                .isEqualTo(java.util.Arrays.copyOfRange(before, trace, before.length - 8));
        v8.release();
        v9.release();
    }

    private static Payload encoded(RecordedOsdOp recorded, OsdOp.Attempt attempt) {
        return new OsdOp(
                        7,
                        recorded.target(),
                        recorded.locator(),
                        recorded.object(),
                        new WriteOperation().delete().operation(),
                        recorded.snaps(),
                        attempt)
                .encode();
    }

    @Test
    void aPing() {
        assertSame("ping/to-a-monitor", message -> new Ping("").encode());
    }

    @Test
    @Covers("B20")
    void aTicketIsRenewed() {
        assertSame("auth/renewal", message -> {
            Decoder in = Decoder.of(message.front()).skip(18);
            Auth auth = new Auth((int) in.u32(), in.bytes(), in.u32());
            assertThat(auth.toString()).doesNotContain("request");
            return auth.encode();
        });
    }

    @Test
    void objectsAreInTheOrderOfTheirReversedHash() {
        List<HObject> ordered = List.of(
                HObject.MIN,
                new HObject("", "a", -2, 0, false, "", 1),
                new HObject("", "a", -2, 0x80000000, false, "", 1),
                new HObject("", "a", -2, 0x40000000, false, "", 1),
                new HObject("", "a", -2, 1, false, "", 1),
                new HObject("", "a", -2, 1, false, "n", 1),
                new HObject("", "b", 4, 1, false, "n", 1),
                new HObject("", "b", -2, 1, false, "n", 1),
                new HObject("c", "a", -2, 1, false, "n", 1),
                new HObject("", "\uffff", -2, 1, false, "n", 1),
                new HObject("", "\ud83d\ude00", -2, 1, false, "n", 1),
                new HObject("", "a", -2, 0, false, "", 2),
                HObject.MAX);
        List<HObject> shuffled = new ArrayList<>(ordered);
        java.util.Collections.reverse(shuffled);
        shuffled.sort(null);

        assertThat(shuffled).isEqualTo(ordered);
    }

    @Test
    void theHeadWithoutSnapshotsIsMadeOnce() {
        assertThat(OsdOp.Snaps.of(-2, 0, new long[0])).isSameAs(OsdOp.Snaps.HEAD);
        for (OsdOp.Snaps other : List.of(
                OsdOp.Snaps.of(4, 0, new long[0]),
                OsdOp.Snaps.of(-2, 3, new long[0]),
                OsdOp.Snaps.of(-2, 0, new long[] {1}))) {
            assertThat(other).isNotSameAs(OsdOp.Snaps.HEAD);
        }
        assertThat(OsdOp.Snaps.of(-2, 3, new long[] {2, 1}).ids()).containsExactly(2, 1);
    }
}
