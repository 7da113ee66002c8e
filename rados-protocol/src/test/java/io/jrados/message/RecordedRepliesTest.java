package io.jrados.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.MismatchException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.Comparison;
import io.jrados.osd.op.OmapPage;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.SnapSet;
import io.jrados.osd.op.SparseData;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.Covers;
import io.jrados.wire.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of real OSDs to the operations of {@link OutgoingMessagesTest}. */
class RecordedRepliesTest {
    private static final byte[] NOTHING = new byte[0];

    private static OsdOpReply reply(String name) {
        return OsdOpReply.decode(RecordedMessage.read("osd_op_reply/" + name).payload());
    }

    private static ReadResult read(String name, ReadOperation operation) throws RadosException {
        return operation.operation().result(reply(name), () -> "reading golden");
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Covers({"E04", "E51"})
    void reads() throws RadosException {
        ByteBuffer into = ByteBuffer.allocate(100);
        OsdOpReply reply = reply("read");
        assertThat(reply.object()).isEqualTo("golden");
        assertThat(reply.outcome().retryAttempt()).isZero();
        assertThat(reply.outcome().epoch()).isPositive();
        assertThat(reply.redirect()).isEmpty();

        ReadResult result = new ReadOperation().read(1, into).operation().result(reply, () -> "reading");

        assertThat(result.length(0)).isEqualTo(into.position()).isEqualTo(100);
    }

    @Test
    void aReadPastTheEndIsEmpty() throws RadosException {
        assertThat(read("read-past-the-end", new ReadOperation().read(5000, 100))
                        .length(0))
                .isZero();
    }

    @Test
    @Covers("E20")
    void aReadAtASnapshotSeesWhatWas() throws RadosException {
        ByteBuffer before =
                read("read-at-a-snapshot", new ReadOperation().read(0, 20)).data(0);

        assertThat(StandardCharsets.UTF_8.decode(before).toString())
                .startsWith("Ev")
                .doesNotContain("new");
    }

    @Test
    @Covers({"E53", "E68"})
    void statAndAttributes() throws RadosException {
        ReadResult result = read("stat-and-xattrs", new ReadOperation().stat().getXattrs());

        assertThat(result.stat(0).size()).isEqualTo(4096);
        assertThat(result.stat(0).modified().getEpochSecond()).isGreaterThan(1_600_000_000L);
        assertThat(result.xattrs(1).keySet()).containsExactly("colour");
        assertThat(result.version()).isPositive();
    }

    @Test
    @Covers("E66")
    void omaps() throws RadosException {
        ReadResult result = read(
                "omap-values",
                new ReadOperation().omapValues("", "k", 2).omapKeys("k1", 10).omapValuesByKeys(List.of("none", "k3")));

        OmapPage page = result.omap(0);
        assertThat(page.pairs().keySet()).containsExactly("k1", "k2");
        assertThat(page.pairs().get("k1")).isEqualTo("v1".getBytes(StandardCharsets.UTF_8));
        assertThat(page.pairs().get("k2")).isEmpty();
        assertThat(page.truncated()).isTrue();
        assertThat(result.omap(1).pairs().keySet()).containsExactly("k2", "k3");
        assertThat(result.omap(1).truncated()).isFalse();
        assertThat(result.omap(2).pairs().keySet()).containsExactly("k3");
    }

    @Test
    @Covers("E52")
    void sparseReads() throws RadosException {
        SparseData sparse =
                read("sparse-read", new ReadOperation().sparseRead(0, 2 << 20)).sparse(0);

        assertThat(sparse.extents()).extracting(SparseData.Extent::offset).containsExactly(65536L, 1L << 20);
        assertThat(sparse.data().get(0)).isEqualTo((byte) 'a');
        assertThat(sparse.data().get((int) sparse.extents().get(0).length())).isEqualTo((byte) 'b');
    }

    @Test
    @Covers("E59")
    void clones() throws RadosException {
        SnapSet snaps = read("list-snaps", new ReadOperation().listSnaps()).snaps(0);

        assertThat(snaps.clones()).hasSize(2);
        SnapSet.Clone clone = snaps.clones().get(0);
        assertThat(clone.id()).isEqualTo(snaps.sequence());
        assertThat(clone.snaps()).hasSize(2).contains(clone.id());
        assertThat(clone.overlaps()).containsExactly(new SparseData.Extent(0, 8), new SparseData.Extent(11, 4085));
        assertThat(snaps.clones().get(1).id()).isEqualTo(SnapContext.HEAD);
        assertThat(snaps.clones().get(1).size()).isEqualTo(4096);
    }

    @Test
    @Covers("E43")
    void watchers() throws RadosException {
        var watchers = read("list-watchers", new ReadOperation().listWatchers()).watchers(0);

        assertThat(watchers).hasSize(1);
        assertThat(watchers.get(0).address()).matches("127\\.0\\.0\\.1:0/\\d+");
        assertThat(watchers.get(0).cookie())
                .isEqualTo(RecordedOsdOp.read("osd_op/watch").number(0, 0));
        assertThat(watchers.get(0).timeoutSeconds()).isEqualTo(30);
    }

    @Test
    @Covers("E44")
    void objects() throws RadosException {
        OsdOpReply reply = reply("list-objects");
        HObject cursor =
                HObject.decode(RecordedOsdOp.read("osd_op/list-objects").data());
        var operation = new Operation<>(
                List.of(Op.list(1024, 0, cursor, Optional.empty())),
                OsdFlags.READ,
                (outputs, version) -> ObjectPage.decode(outputs.output(0)));

        ObjectPage page = operation.result(reply, () -> "listing objects");

        assertThat(page.next()).isGreaterThan(cursor);
        assertThat(page.entries()).allMatch(entry -> !entry.name().isEmpty());
    }

    static List<Arguments> failures() {
        return List.of(
                Arguments.of("create-exists", new WriteOperation().create(true), Errno.EEXIST),
                Arguments.of(
                        "cmpxattr",
                        new WriteOperation()
                                .compareXattr("colour", Comparison.EQ, "red".getBytes(StandardCharsets.UTF_8))
                                .delete(),
                        Errno.ECANCELED),
                Arguments.of("exec", new WriteOperation().exec("lock", "no_such_method", NOTHING), Errno.EOPNOTSUPP),
                Arguments.of(
                        "assert-version",
                        new WriteOperation().assertVersion(99999999).assertExists(),
                        Errno.EOVERFLOW));
    }

    @ParameterizedTest
    @MethodSource("failures")
    @Covers({"E29", "E80", "E87"})
    void failuresHaveTheirErrno(String name, WriteOperation operation, Errno errno) {
        assertThatThrownBy(() -> operation.operation().result(reply(name), () -> "writing golden"))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(errno))
                .hasMessageStartingWith("writing golden");
    }

    @Test
    void aMissingAttributeIsNoData() {
        assertThatThrownBy(() -> read("getxattr-missing", new ReadOperation().getXattr("nothing")))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ENODATA));
    }

    @Test
    @Covers({"E62", "E81"})
    void aDifferenceTellsWhere() {
        var operation = new WriteOperation().compareExtent(0, buffer("Evary")).write(0, buffer("e"));

        assertThatThrownBy(() -> operation.operation().result(reply("cmpext-differs"), () -> "writing golden"))
                .isInstanceOfSatisfying(MismatchException.class, failed -> assertThat(failed.offset())
                        .isEqualTo(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"write", "writefull", "append", "writesame", "cmpext", "truncate-zero", "omap", "rollback"})
    void writesSucceed(String name) throws RadosException {
        OsdOpReply reply = reply(name);
        int parts = reply.outputs().count();
        WriteOperation operation = new WriteOperation();
        for (int i = 0; i < parts; i++) {
            operation.truncate(0);
        }

        assertThat(operation.operation().result(reply, () -> "writing golden").version())
                .isPositive();
        assertThat(reply.outcome().flags() & OsdFlags.ONDISK).isNotZero();
    }

    @Test
    void aNotificationsReplyIsItsId() throws RadosException {
        var operation = new Operation<>(
                List.of(Op.notify(1, 5, NOTHING)), OsdFlags.READ, (outputs, version) -> outputs.output(0)
                        .getLongLE(0));
        long notifyId = WatchNotify.decode(
                        RecordedMessage.read("watch_notify/notify").payload())
                .notifyId();

        assertThat(operation.result(reply("notify"), () -> "notifying")).isEqualTo(notifyId);
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "omap-values", "list-snaps", "list-watchers", "sparse-read", "stat-and-xattrs"})
    void dataThatIsShorterThanItsLengthsIsRefused(String name) {
        RecordedMessage message = RecordedMessage.read("osd_op_reply/" + name);
        for (int length : new int[] {0, 1, message.data().length / 2, message.data().length - 1}) {
            Payload cut = message.payload(message.front(), Arrays.copyOf(message.data(), length));
            assertThatThrownBy(() -> OsdOpReply.decode(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(io.jrados.error.MalformedException.class);
            assertThat(cut.front().refCnt()).isZero();
        }
    }
}
