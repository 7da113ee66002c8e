package io.jrados.rados;

import static io.jrados.rados.NativeClients.bytes;
import static io.jrados.rados.NativeClients.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.MismatchException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.Advice;
import io.jrados.osd.op.ChecksumType;
import io.jrados.osd.op.Comparison;
import io.jrados.osd.op.ObjectSource;
import io.jrados.osd.op.OmapPage;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.SparseData;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.CephUser;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Each kind of part, as a real OSD does it: what it returns, and the errno with which it fails. */
@CephTest
class CompoundOperationsTest {
    private static CephCluster cluster;
    private static Rados rados;
    private static Pool pool;
    private static NativeClients natives;

    @BeforeAll
    static void connect(CephCluster shared, CephUser user, TestInfo test) throws IOException {
        cluster = shared;
        String name = shared.pool(test.getTestClass().orElseThrow());
        rados = Clients.connect(shared, user);
        pool = rados.pool(name);
        natives = new NativeClients(shared, name);
    }

    @AfterAll
    static void close() {
        rados.close();
    }

    private static void assertFails(Errno with, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                .isEqualTo(with));
    }

    private static String content(String object) throws RadosException {
        return text(pool.operate(object, new ReadOperation().read(0, 1000)).data(0));
    }

    private static byte[] raw(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Covers({"E26", "E58", "F10", "F11"})
    void aPartMayFailAloneWhenItIsTold() throws Exception {
        pool.writeFull("lenient", bytes("data"));
        ReadResult read = pool.operate(
                "lenient",
                new ReadOperation()
                        .getXattr("absent")
                        .failOk()
                        .read(0, 10)
                        .advise(Advice.SEQUENTIAL)
                        .advise(Advice.WILLNEED)
                        .orderedWithWrites());
        assertThat(read.code(0)).isEqualTo(-Errno.ENODATA.number());
        assertThat(text(read.data(1))).isEqualTo("data");
        assertFails(
                Errno.ENODATA,
                () -> pool.operate(
                        "lenient", new ReadOperation().getXattr("absent").stat()));
        pool.operate(
                "lenient",
                new WriteOperation().create(true).failOk().append(bytes("!")).advise(Advice.DONTNEED));
        assertThat(content("lenient")).isEqualTo("data!");
    }

    @Test
    @Covers({"E29", "E58", "E79", "F14"})
    void versionsAreAssertedAndAreThoseOfTheNativeClient() throws Exception {
        long first = pool.operate("versioned", new WriteOperation().writeFull(bytes("1")))
                .version();
        long second = pool.operate(
                        "versioned", new WriteOperation().assertVersion(first).append(bytes("2")))
                .version();
        assertThat(second).isGreaterThan(first);
        assertFails(
                Errno.ERANGE,
                () -> pool.operate(
                        "versioned", new WriteOperation().assertVersion(first).append(bytes("3"))));
        assertFails(
                Errno.EOVERFLOW,
                () -> pool.operate(
                        "versioned",
                        new ReadOperation().assertVersion(second + 9).stat()));
        assertThat(pool.operate(
                                "versioned",
                                new ReadOperation().assertVersion(second).stat())
                        .version())
                .isEqualTo(second);
        assertThat(natives.python("io.read('versioned'); print(io.get_last_version())"))
                .isEqualTo(Long.toString(second));
    }

    @Test
    @Covers({"E27", "E53"})
    void aWriteMayChooseItsTimeOfChange() throws Exception {
        Instant then = Instant.parse("2001-02-03T04:05:06.789Z");
        pool.operate("dated", new WriteOperation().modifiedAt(then).writeFull(bytes("x")));
        assertThat(pool.stat("dated").modified()).isEqualTo(then);
        assertThat(natives.rados("stat", "dated")).contains("2001-02-03");
        Instant before = Instant.now().minusSeconds(1);
        pool.writeFull("dated", bytes("y"));
        assertThat(pool.stat("dated").modified())
                .isBetween(before, Instant.now().plusSeconds(1));
    }

    @Test
    @Covers({"E51", "E52", "E54", "E60", "E63", "F30"})
    void extentsOfAnObjectWithHoles() throws Exception {
        pool.operate(
                "sparse",
                new WriteOperation()
                        .write(0, bytes("head"))
                        .write(1 << 20, bytes("tail"))
                        .zero(0, 2));
        ReadResult read = pool.operate(
                "sparse",
                new ReadOperation()
                        .sparseRead(0, 2 << 20)
                        .mapExtents(0, 2 << 20)
                        .read((1 << 20) + 2, 100));
        SparseData sparse = read.sparse(0);
        assertThat(sparse.extents()).isNotEmpty().isEqualTo(read.extents(1));
        SparseData.Extent last = sparse.extents().get(sparse.extents().size() - 1);
        assertThat(last.offset() + last.length()).isEqualTo((1 << 20) + 4);
        assertThat(text(read.data(2))).as("short at the object's end").isEqualTo("il");
    }

    @Test
    @Covers("E55")
    void checksumsAreThoseOfTheBytes() throws Exception {
        byte[] data = new byte[8192];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31);
        }
        pool.writeFull("summed", ByteBuffer.wrap(data));
        ReadResult read = pool.operate(
                "summed",
                new ReadOperation()
                        .checksum(ChecksumType.CRC32C, 0, 8192, 4096, -1)
                        .checksum(ChecksumType.XXHASH32, 0, 8192, 7)
                        .checksum(ChecksumType.XXHASH64, 0, 8192, 2048, 7));
        assertThat(read.checksums(0)).hasSize(2);
        for (int i = 0; i < 2; i++) {
            CRC32C inverted = new CRC32C();
            inverted.update(data, i * 4096, 4096);
            assertThat(read.checksums(0)[i]).isEqualTo(inverted.getValue() ^ 0xffffffffL);
        }
        assertThat(read.checksums(1)).hasSize(1);
        assertThat(read.checksums(2)).hasSize(4).doesNotContain(0);
        assertFails(
                Errno.EINVAL,
                () -> pool.operate("summed", new ReadOperation().checksum(ChecksumType.CRC32C, 0, 15000, 5000, -1)));
        assertThat(pool.operate("summed", new ReadOperation().checksum(ChecksumType.CRC32C, 9000, 8, -1))
                        .checksums(0))
                .as("behind the end")
                .isEmpty();
        assertThatThrownBy(() -> new ReadOperation().checksum(ChecksumType.CRC32C, 0, 8192, 1000, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @Covers({"E61", "E62", "E81", "F08"})
    void repeatsAPatternAndComparesBeforeItWrites() throws Exception {
        pool.operate("pattern", new WriteOperation().writeSame(4, 12, bytes("abc")));
        assertThat(content("pattern")).isEqualTo("\0\0\0\0abcabcabcabc");
        pool.operate(
                "pattern",
                new WriteOperation().compareExtent(4, bytes("abcabc")).write(4, bytes("ABC")));
        assertThatThrownBy(() -> pool.operate(
                        "pattern",
                        new WriteOperation().compareExtent(4, bytes("ABCabX")).truncate(0)))
                .isInstanceOfSatisfying(MismatchException.class, differs -> assertThat(differs.offset())
                        .isEqualTo(5));
        assertThatThrownBy(() -> pool.operate("pattern", new ReadOperation().compareExtent(15, bytes("cX"))))
                .as("what is not there counts as zero")
                .isInstanceOfSatisfying(MismatchException.class, differs -> assertThat(differs.offset())
                        .isEqualTo(1));
        assertThat(content("pattern")).isEqualTo("\0\0\0\0ABCabcabcabc");
        assertThat(natives.python("io.writesame('pattern', b'xy', 4, 0)" + "\nprint(io.read('pattern').decode()[:4])"))
                .isEqualTo("xyxy");
    }

    @Test
    @Covers({"E20", "E59", "E64", "E76", "F19", "F30", "K5"})
    void snapshotsAreListedRolledBackAndOrdered() throws Exception {
        String object = "rolled";
        pool.writeFull(object, bytes("one"));
        long first = pool.createSnapId();
        SnapContext context = new SnapContext(first, first);
        pool.operate(object, new WriteOperation().writeFull(bytes("two, longer")), context);
        long second = pool.createSnapId();
        SnapContext newer = new SnapContext(second, second, first);
        pool.operate(object, new WriteOperation().orderedSnaps().append(bytes("!")), newer);
        assertFails(
                Errno.EOLDSNAPC,
                () -> pool.operate(object, new WriteOperation().orderedSnaps().truncate(0), context));

        var snaps = Wait.on(pool.operateAsync(object, new ReadOperation().listSnaps(), SnapContext.SNAPDIR))
                .snaps(0);
        assertThat(snaps.sequence()).isEqualTo(second);
        assertThat(snaps.clones()).extracting("id").containsExactly(first, second, SnapContext.HEAD);
        assertThat(snaps.clones()).extracting("size").containsExactly(3L, 11L, 12L);
        assertThat(snaps.clones().get(1).overlaps())
                .as("what it shares with the head")
                .containsExactly(new SparseData.Extent(0, 11));
        assertThat(natives.rados("listsnaps", object)).contains("head").contains("11");

        pool.operate(object, new WriteOperation().rollback(first), newer);
        assertThat(content(object)).isEqualTo("one");
        pool.operate("later", new WriteOperation().writeFull(bytes("x")), newer);
        pool.operate("later", new WriteOperation().rollback(first), newer);
        assertFails(Errno.ENOENT, () -> pool.stat("later"));
        pool.removeSnapId(first);
        pool.removeSnapId(second);
    }

    @Test
    @Covers({"E66", "E67", "E80", "F12"})
    void omapPagesRangesAndComparisons() throws Exception {
        String object = "ranges";
        Map<String, byte[]> pairs =
                Map.of("a", raw("1"), "ab", raw("2"), "b", raw("3"), "ü", raw("4"), "\u0001", raw("5"));
        pool.operate(object, new WriteOperation().omapSet(pairs).omapSetHeader(raw("header")));
        ReadResult read = pool.operate(
                object,
                new ReadOperation()
                        .omapKeys("", 2)
                        .omapValues("a", "a", 10)
                        .omapValuesByKeys(List.of("b", "absent"))
                        .omapHeader()
                        .compareOmap("b", Comparison.EQ, raw("3")));
        OmapPage keys = read.omap(0);
        assertThat(keys.pairs().keySet()).containsExactly("\u0001", "a");
        assertThat(keys.truncated()).isTrue();
        assertThat(read.omap(1).pairs()).containsOnlyKeys("ab");
        assertThat(read.omap(2).pairs()).containsOnlyKeys("b");
        assertThat(read.output(3)).isEqualTo(raw("header"));
        assertFails(
                Errno.ECANCELED,
                () -> pool.operate(
                        object,
                        new WriteOperation()
                                .compareOmap("b", Comparison.GT, raw("3"))
                                .omapClear()));
        pool.operate(object, new WriteOperation().omapRemoveRange("a", "b").omapRemove(List.of("ü", "absent")));
        assertThat(pool.omap(object)).containsOnlyKeys("\u0001", "b");
        assertThat(natives.rados("listomapkeys", object)).contains("b").doesNotContain("ab");
        assertThat(natives.python("with rados.WriteOpCtx() as op:\n io.set_omap(op, ('n',), (b'native',))\n"
                        + " io.operate_write_op(op, 'ranges')"))
                .isEmpty();
        assertThat(pool.omap(object)).containsKey("n");
        pool.operate(object, new WriteOperation().omapClear());
        assertThat(pool.omap(object)).isEmpty();
    }

    @Test
    @Covers({"E68", "E80", "F09"})
    void attributesAreComparedAndRemoved() throws Exception {
        String object = "attributes";
        pool.operate(object, new WriteOperation().setXattr("n", raw("10")).setXattr("s", raw("m")));
        for (Comparison how : new Comparison[] {Comparison.EQ, Comparison.GTE, Comparison.LTE}) {
            pool.operate(object, new ReadOperation().compareXattr("n", how, 10).compareXattr("s", how, raw("m")));
        }
        for (Comparison how : new Comparison[] {Comparison.NE, Comparison.GT, Comparison.LT}) {
            assertFails(Errno.ECANCELED, () -> pool.operate(object, new ReadOperation().compareXattr("n", how, 10)));
        }
        pool.operate(object, new ReadOperation().compareXattr("n", Comparison.GT, 11));
        assertThat(natives.rados("listxattr", object)).isEqualTo("n\ns");
        natives.rados("setxattr", object, "native", "yes");
        natives.rados("rmxattr", object, "s");
        assertThat(pool.xattrs(object)).containsOnlyKeys("n", "native");
        assertThat(pool.xattr(object, "native")).isEqualTo(raw("yes"));
        pool.operate(object, new WriteOperation().removeXattr("native"));
        assertFails(Errno.ENODATA, () -> pool.xattr(object, "native"));
    }

    @Test
    @Covers({"E70", "F30"})
    void copiesBetweenPoolsWithoutPassingTheBytes() throws Exception {
        Pool other = rados.pool(cluster.pool(getClass(), "b")).inNamespace("elsewhere");
        other.writeFull("source", bytes("an older version"));
        long version = other.operate(
                        "source",
                        new WriteOperation()
                                .writeFull(bytes("to be copied"))
                                .setXattr("a", raw("b"))
                                .omapSet(Map.of("k", raw("v"))))
                .version();
        ObjectSource source = new ObjectSource(other.id(), "elsewhere", "source");
        pool.operate("copy", new WriteOperation().copyFrom(source.atVersion(version)));
        assertThat(content("copy")).isEqualTo("to be copied");
        assertThat(pool.xattrs("copy")).containsOnlyKeys("a");
        assertThat(pool.omap("copy")).containsOnlyKeys("k");
        assertFails(
                Errno.ERANGE, () -> pool.operate("copy", new WriteOperation().copyFrom(source.atVersion(version - 1))));
        assertFails(
                Errno.ENOENT,
                () -> pool.operate("none", new WriteOperation().copyFrom(new ObjectSource(other.id(), "", "absent"))));
    }

    @Test
    @Covers({"E72", "F21"})
    void hintsChangeNothingThatIsRead() throws Exception {
        pool.operate(
                "hinted",
                new WriteOperation().allocHint(4 << 20, 64 << 10, 1 | 256).write(0, bytes("hint")));
        assertThat(content("hinted")).isEqualTo("hint");
    }

    @Test
    @Covers({"E73", "E74"})
    void anObjectStandsForAnother() throws Exception {
        Pool other = rados.pool(cluster.pool(getClass(), "b"));
        other.writeFull("real", bytes("the real one"));
        pool.writeFull("pointer", bytes("x"));
        pool.operate("pointer", new WriteOperation().redirectTo(new ObjectSource(other.id(), "", "real")));
        assertThat(content("pointer")).isEqualTo("the real one");
        pool.operate("pointer", new WriteOperation().unsetManifest());
        assertThat(content("pointer")).isNotEqualTo("the real one");
    }
}
