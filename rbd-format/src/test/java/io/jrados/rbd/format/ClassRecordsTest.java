package io.jrados.rbd.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Utime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClassRecordsTest {
    /** One golden file, how it is read and written, and what it says. */
    record Case<T>(String file, Function<Decoder, T> decode, BiConsumer<T, Encoder> encode, T value) {
        void check() {
            GoldenFile.of(file)
                    .reads(decode, value)
                    .writesBack(encode, value)
                    .refusesEveryTruncation(decode)
                    .survivesEveryDamage(decode);
        }

        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Case<?>> snapshots() {
        return Stream.of(
                snapshot(
                        "protected",
                        new SnapshotRecord(
                                4, SnapshotNamespace.USER, "one", 10 << 20, new Utime(1795363881, 230862765), 0)),
                snapshot(
                        "two-children",
                        new SnapshotRecord(
                                5, SnapshotNamespace.USER, "two", 10 << 20, new Utime(1795363881, 458834614), 2)),
                snapshot(
                        "trash",
                        new SnapshotRecord(
                                7,
                                new SnapshotNamespace.Trash("was", 0),
                                "bf84d146-3cab-490c-a81a-dc3e82eb6055",
                                4 << 20,
                                new Utime(1795363882, 509505628),
                                1)),
                snapshot(
                        "group",
                        new SnapshotRecord(
                                8,
                                new SnapshotNamespace.Group(1, "10366b8b4567", "103c6b8b4567"),
                                ".group.1_10366b8b4567_103c6b8b4567",
                                4 << 20,
                                new Utime(1795363883, 114266315),
                                0)),
                snapshot(
                        "mirror",
                        new SnapshotRecord(
                                9,
                                new SnapshotNamespace.Mirror(0, true, Set.of(), "", -2, 0, Map.of()),
                                ".mirror.primary.8e01486a-e02e-4cc0-9d1a-0bc919cb3451"
                                        + ".c822731c-5cce-4c0c-996f-8a8c35b6b1b7",
                                4 << 20,
                                new Utime(1795363883, 857949387),
                                0)));
    }

    private static Case<SnapshotRecord> snapshot(String name, SnapshotRecord value) {
        return new Case<>("SnapshotInfo/" + name, SnapshotRecord::decode, SnapshotRecord::encode, value);
    }

    @ParameterizedTest
    @MethodSource("snapshots")
    @Covers({"G209", "G210", "G216"})
    void snapshotRecord(Case<?> snapshot) {
        snapshot.check();
    }

    static Stream<Case<?>> links() {
        return Stream.of(
                parent("none", new ParentImageSpec(-1, "", "", -2)),
                parent("of-a-clone", new ParentImageSpec(1, "", "1018cea2b456", 5)),
                parent("of-another-namespace", new ParentImageSpec(1, "tenant", "10244023c755", 6)),
                new Case<>(
                        "children_list/two",
                        in -> in.set(ChildImageSpec.SMALLEST, ChildImageSpec::decode),
                        (set, out) -> out.list(set, (to, child) -> child.encode(to)),
                        new LinkedHashSet<>(List.of( // in the file's order
                                new ChildImageSpec(1, "", "10208106086c"),
                                new ChildImageSpec(1, "tenant", "1022d719f923")))));
    }

    private static Case<ParentImageSpec> parent(String name, ParentImageSpec value) {
        return new Case<>("ParentImageSpec/" + name, ParentImageSpec::decode, ParentImageSpec::encode, value);
    }

    @ParameterizedTest
    @MethodSource("links")
    @Covers("G211")
    void parentAndChildren(Case<?> link) {
        link.check();
    }

    @Test
    void aParentExistsOnlyWithAPool() {
        assertThat(new ParentImageSpec(-1, "", "", -2).exists()).isFalse();
        assertThat(new ParentImageSpec(1, "", "1018cea2b456", 5).exists()).isTrue();
        assertThat(new GroupSpec(-1, "").exists()).isFalse();
        assertThat(new GroupSpec(1, "").exists()).isFalse();
        assertThat(new GroupSpec(1, "103c6b8b4567").exists()).isTrue();
    }

    @Test
    @Covers("G213")
    void trashImage() {
        new Case<>(
                        "TrashImageSpec/user",
                        TrashImageSpec::decode,
                        TrashImageSpec::encode,
                        new TrashImageSpec(
                                TrashImageSpec.Source.USER,
                                "trashed",
                                new Utime(1795363884, 98138998),
                                new Utime(2208988799L, 98138998),
                                TrashImageSpec.State.NORMAL))
                .check();
    }

    @Test
    @Covers("G212")
    void groups() {
        new Case<>("GroupSpec/member", GroupSpec::decode, GroupSpec::encode, new GroupSpec(1, "10366b8b4567")).check();
        new Case<>("GroupSpec/none", GroupSpec::decode, GroupSpec::encode, new GroupSpec(-1, "")).check();
    }

    @Test
    @Covers("G209")
    void aNamespaceOfANewerReleaseIsKeptAsUnknown() {
        byte[] bytes =
                Encoder.bytesOf(out -> out.struct(1, 1, body -> body.u32(4).string("new")));

        SnapshotNamespace namespace = Decoder.whole(bytes, SnapshotNamespace::decode);

        assertThat(namespace).isEqualTo(new SnapshotNamespace.Unknown(4));
        assertThat(namespace.owner()).isEqualTo(SnapshotInfo.Namespace.UNKNOWN);
        assertThatThrownBy(() -> namespace.encode(Encoder.heap())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void olderChildrenAndTrashEntriesAreRead() {
        byte[] child =
                Encoder.bytesOf(out -> out.struct(1, 1, body -> body.u64(3).string("abc")));
        assertThat(Decoder.whole(child, ChildImageSpec::decode)).isEqualTo(new ChildImageSpec(3, "", "abc"));

        byte[] trash = Encoder.bytesOf(
                out -> out.struct(1, 1, body -> body.u8(3).string("x").u64(0).u64(0)));
        assertThat(Decoder.whole(trash, TrashImageSpec::decode))
                .isEqualTo(new TrashImageSpec(
                        TrashImageSpec.Source.REMOVING, "x", Utime.ZERO, Utime.ZERO, TrashImageSpec.State.NORMAL));
    }

    @Test
    void anUnknownTrashStateIsRefusedAndAnUnknownSourceKept() {
        byte[] source = Encoder.bytesOf(out ->
                out.struct(2, 1, body -> body.u8(9).string("x").u64(0).u64(0).u8(0)));
        assertThat(Decoder.whole(source, TrashImageSpec::decode).source()).isEqualTo(TrashImageSpec.Source.UNKNOWN);

        byte[] state = Encoder.bytesOf(out ->
                out.struct(2, 1, body -> body.u8(0).string("x").u64(0).u64(0).u8(4)));
        assertThatThrownBy(() -> Decoder.whole(state, TrashImageSpec::decode))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("trash state 4");
    }
}
