package io.jrados.rbd.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.osd.op.SnapContext;
import io.jrados.testkit.Covers;
import io.jrados.wire.Utime;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The input of each class call, and the decoding of what a cluster returned. */
class ClassCallsTest {
    private static final long HEAD = SnapContext.HEAD;
    private static final ParentImageSpec PARENT = new ParentImageSpec(1, "", "abc", 5);

    private static <T> void read(ReadCall<T> call, String method, String input, String golden, T expected) {
        assertThat(call.method()).isEqualTo(method);
        assertInput(call.input(), input);
        byte[] output = GoldenFile.of(golden)
                .refusesEveryTruncation(call.output())
                .survivesEveryDamage(call.output())
                .bytes();
        assertThat(call.decode(output)).isEqualTo(expected);
    }

    private static void write(WriteCall call, String method, String input) {
        assertThat(call.method()).isEqualTo(method);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(call.input());
        for (ByteBuffer data : call.data()) {
            byte[] bytes = new byte[data.remaining()];
            data.duplicate().get(bytes);
            all.writeBytes(bytes);
        }
        assertInput(all.toByteArray(), input);
    }

    private static void assertInput(byte[] input, String hex) {
        assertThat(HexFormat.of().formatHex(input)).isEqualTo(hex.replace(" ", ""));
    }

    @Test
    @Covers({"G46", "G47", "G48", "G49", "G50", "G51", "G52", "G53"})
    void basics() {
        write(
                HeaderCalls.create(10 << 20, 22, 1, "rbd_data.abc", -1),
                "create",
                "0000a00000000000 16 0100000000000000 0c000000 7262645f646174612e616263 ffffffffffffffff");
        read(
                HeaderCalls.getFeatures(HEAD, false),
                "get_features",
                "feffffffffffffff 00",
                "get_features/parent",
                new HeaderCalls.FeatureBits(257, 257));
        write(HeaderCalls.setFeatures(0, 4), "set_features", "0000000000000000 0400000000000000");
        read(HeaderCalls.getAllFeatures(), "get_all_features", "", "get_all_features/osd", 4095L);
        read(
                HeaderCalls.getSize(4),
                "get_size",
                "0400000000000000",
                "get_size/snapshot",
                new HeaderCalls.SizeAndOrder(10 << 20, 22));
        write(HeaderCalls.setSize(4096), "set_size", "0010000000000000");
        read(
                HeaderCalls.getObjectPrefix(),
                "get_object_prefix",
                "",
                "get_object_prefix/striped",
                "rbd_data.1.103ef0e8c826");
        read(HeaderCalls.getDataPool(), "get_data_pool", "", "get_data_pool/striped", 2L);
        read(HeaderCalls.getDataPool(), "get_data_pool", "", "get_data_pool/none", -1L);
    }

    @Test
    @Covers({"G54", "G55", "G56", "G57", "G58", "G59", "G60", "G61", "G62", "G63", "G64", "G127"})
    void stripingTimesAndFlags() {
        read(
                HeaderCalls.getStripeUnitCount(),
                "get_stripe_unit_count",
                "",
                "get_stripe_unit_count/striped",
                new HeaderCalls.Striping(65536, 5));
        write(HeaderCalls.setStripeUnitCount(4096, 3), "set_stripe_unit_count", "0010000000000000 0300000000000000");
        Instant created = new Utime(1795363881, 106987150).toInstant();
        String timestamp = "get_create_timestamp/parent";
        read(HeaderCalls.getCreateTimestamp(), "get_create_timestamp", "", timestamp, created);
        read(HeaderCalls.getAccessTimestamp(), "get_access_timestamp", "", timestamp, created);
        read(HeaderCalls.getModifyTimestamp(), "get_modify_timestamp", "", timestamp, created);
        write(HeaderCalls.setAccessTimestamp(), "set_access_timestamp", "");
        write(HeaderCalls.setModifyTimestamp(), "set_modify_timestamp", "");
        read(HeaderCalls.getFlags(HEAD), "get_flags", "feffffffffffffff", "get_flags/none", 0L);
        write(HeaderCalls.setFlags(1, 3, HEAD), "set_flags", "0100000000000000 0300000000000000 feffffffffffffff");
        read(HeaderCalls.opFeaturesGet(), "op_features_get", "", "op_features_get/parent", 1L);
        write(HeaderCalls.opFeaturesSet(2, 2), "op_features_set", "0200000000000000 0200000000000000");
        read(HeaderCalls.imageGroupGet(), "image_group_get", "", "GroupSpec/none", new GroupSpec(-1, ""));
        read(
                GroupCalls.snapshotName("10186b8b4567"),
                "group_snap_get_by_id",
                "0c000000 313031383662386234353637",
                "GroupSnapshot/complete",
                "gs");
    }

    @Test
    @Covers({"G65", "G68", "G69", "G70", "G71", "G72", "G73", "G74", "G75", "G76"})
    void snapshots() {
        read(SnapshotCalls.getSnapContext(), "get_snapcontext", "", "get_snapcontext/two", new SnapContext(5, 5, 4));
        read(
                SnapshotCalls.get(7),
                "snapshot_get",
                "0700000000000000",
                "SnapshotInfo/trash",
                new SnapshotRecord(
                        7,
                        new SnapshotNamespace.Trash("was", 0),
                        "bf84d146-3cab-490c-a81a-dc3e82eb6055",
                        4 << 20,
                        new Utime(1795363882, 509505628),
                        1));
        write(
                SnapshotCalls.add("s", 9, SnapshotNamespace.USER),
                "snapshot_add",
                "01000000 73 0900000000000000 01 01 04000000 00000000");
        write(SnapshotCalls.remove(9), "snapshot_remove", "0900000000000000");
        write(SnapshotCalls.rename(9, "t"), "snapshot_rename", "0900000000000000 01000000 74");
        write(SnapshotCalls.trashAdd(9), "snapshot_trash_add", "0900000000000000");
        read(SnapshotCalls.getLimit(), "snapshot_get_limit", "", "snapshot_get_limit/none", SnapshotCalls.UNLIMITED);
        write(SnapshotCalls.setLimit(3), "snapshot_set_limit", "0300000000000000");
        read(
                SnapshotCalls.getProtectionStatus(4),
                "get_protection_status",
                "0400000000000000",
                "get_protection_status/protected",
                SnapshotCalls.Protection.PROTECTED);
        write(
                SnapshotCalls.setProtectionStatus(4, SnapshotCalls.Protection.UNPROTECTING),
                "set_protection_status",
                "0400000000000000 01");
    }

    @Test
    @Covers("G65")
    void snapshotIdsOutOfOrderAreRefused() {
        byte[] ascending = HexFormat.of().parseHex("0500000000000000020000000400000000000000" + "0500000000000000");

        assertThatThrownBy(() -> SnapshotCalls.getSnapContext().decode(ascending))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("get_snapcontext");
    }

    @Test
    @Covers({"G80", "G81", "G82", "G83", "G84", "G85", "G86", "G87", "G88", "G89"})
    void parentsAndChildren() {
        read(
                ParentCalls.parentGet(),
                "parent_get",
                "",
                "ParentImageSpec/of-a-clone",
                new ParentImageSpec(1, "", "1018cea2b456", 5));
        read(
                ParentCalls.parentOverlapGet(HEAD),
                "parent_overlap_get",
                "feffffffffffffff",
                "parent_overlap_get/of-a-clone",
                Optional.of(10L << 20));
        read(
                ParentCalls.parentOverlapGet(HEAD),
                "parent_overlap_get",
                "feffffffffffffff",
                "parent_overlap_get/none",
                Optional.empty());
        write(
                ParentCalls.parentAttach(PARENT, 4096, false),
                "parent_attach",
                "01 01 1b000000 0100000000000000 00000000 03000000 616263 0500000000000000 0010000000000000 00");
        write(ParentCalls.parentDetach(), "parent_detach", "");
        String child = "0500000000000000 02 01 15000000 0100000000000000 03000000 646566 02000000 6e73";
        write(ParentCalls.childAttach(5, new ChildImageSpec(1, "ns", "def")), "child_attach", child);
        write(ParentCalls.childDetach(5, new ChildImageSpec(1, "ns", "def")), "child_detach", child);
        read(
                ParentCalls.childrenList(5),
                "children_list",
                "0500000000000000",
                "children_list/two",
                Set.of(new ChildImageSpec(1, "", "10208106086c"), new ChildImageSpec(1, "tenant", "1022d719f923")));
        String parent = "0100000000000000 03000000 616263 0500000000000000";
        write(ParentCalls.addChild(PARENT, "def"), "add_child", parent + "03000000 646566");
        write(ParentCalls.removeChild(PARENT, "def"), "remove_child", parent + "03000000 646566");
        read(ParentCalls.getChildren(PARENT), "get_children", parent, "get_children/one", Set.of("102a6d9a9b9f"));
    }

    @Test
    @Covers({"G90", "G91", "G92", "G93", "G94", "G95", "G96", "G97", "G98", "G140"})
    void names() {
        read(DirectoryCalls.getId(), "get_id", "", "get_id/parent", "1018cea2b456");
        write(DirectoryCalls.setId("abc"), "set_id", "03000000 616263");
        read(DirectoryCalls.dirGetId("p"), "dir_get_id", "01000000 70", "dir_get_id/parent", "1018cea2b456");
        read(DirectoryCalls.dirGetName("abc"), "dir_get_name", "03000000 616263", "dir_get_name/parent", "parent");
        read(
                DirectoryCalls.dirList("é", 64),
                "dir_list",
                "02000000 c3a9 4000000000000000",
                "dir_list/all",
                Map.of(
                        "child", "10208106086c",
                        "child1", "102a6d9a9b9f",
                        "doomed", "102cc1935194",
                        "grouped", "1034c5628714",
                        "mirrored", "1048a85ebd38",
                        "orphan", "103026aa79e8",
                        "ours", "1028e202aaa4",
                        "parent", "1018cea2b456",
                        "striped", "103ef0e8c826"));
        write(DirectoryCalls.dirAddImage("a b", "abc"), "dir_add_image", "03000000 612062 03000000 616263");
        write(DirectoryCalls.dirRemoveImage("a", "abc"), "dir_remove_image", "01000000 61 03000000 616263");
        write(
                DirectoryCalls.dirRenameImage("a", "b", "abc"),
                "dir_rename_image",
                "01000000 61 01000000 62 03000000 616263");
        write(DirectoryCalls.dirStateAssertReady(), "dir_state_assert", "00");
        read(
                DirectoryCalls.namespaceList("", 64),
                "namespace_list",
                "00000000 4000000000000000",
                "namespace_list/two",
                Set.of("other", "tenant"));
    }

    @Test
    @Covers({"G106", "G107", "G108", "G109"})
    void metadata() {
        ReadCall<Map<String, byte[]>> list = MetadataCalls.list("", 0);
        assertThat(list.method()).isEqualTo("metadata_list");
        assertInput(list.input(), "00000000 0000000000000000");
        Map<String, byte[]> pairs = list.decode(GoldenFile.of("metadata_list/three")
                .refusesEveryTruncation(list.output())
                .survivesEveryDamage(list.output())
                .bytes());
        assertThat(pairs)
                .containsOnly(
                        Map.entry("Schlüssel", "größer".getBytes(StandardCharsets.UTF_8)),
                        Map.entry("conf_rbd_qos_iops_limit", new byte[] {'7'}),
                        Map.entry("key", "value".getBytes(StandardCharsets.UTF_8)));
        read(
                MetadataCalls.get("key"),
                "metadata_get",
                "03000000 6b6579",
                "metadata_get/one",
                "value".getBytes(StandardCharsets.UTF_8));
        write(MetadataCalls.set(Map.of("k", new byte[] {1, 2})), "metadata_set", "01000000 01000000 6b 02000000 0102");
        write(MetadataCalls.remove("k"), "metadata_remove", "01000000 6b");
    }

    @Test
    @Covers({"G133", "G134", "G135", "G136", "G137"})
    void trash() {
        TrashImageSpec user = new TrashImageSpec(
                TrashImageSpec.Source.USER,
                "trashed",
                new Utime(1795363884, 98138998),
                new Utime(2208988799L, 98138998),
                TrashImageSpec.State.NORMAL);
        read(
                TrashCalls.list("", 64),
                "trash_list",
                "00000000 4000000000000000",
                "trash_list/one",
                Map.of("104cce7453de", user));
        read(TrashCalls.get("abc"), "trash_get", "03000000 616263", "TrashImageSpec/user", user);
        write(
                TrashCalls.add(
                        "abc",
                        new TrashImageSpec(
                                TrashImageSpec.Source.REMOVING,
                                "x",
                                new Utime(1, 2),
                                new Utime(3, 4),
                                TrashImageSpec.State.MOVING)),
                "trash_add",
                "03000000 616263 02 01 17000000 03 01000000 78 01000000 02000000 03000000 04000000 01");
        write(TrashCalls.remove("abc"), "trash_remove", "03000000 616263");
        write(
                TrashCalls.setState("abc", TrashImageSpec.State.REMOVING, TrashImageSpec.State.NORMAL),
                "trash_state_set",
                "03000000 616263 02 00");
    }

    @Test
    @Covers({"G61", "G62", "G100", "G101", "G102", "G103", "G104", "G105"})
    void objectMap() {
        BitVector map = new BitVector(5, ObjectState.EXISTS);
        map.set(1, ObjectState.EXISTS_CLEAN);
        map.set(2, ObjectState.PENDING);
        map.set(3, ObjectState.NONEXISTENT);
        String encoded = "0e000000 0101 08000000 0500000000000000 7840";
        assertThat(ObjectMapCalls.load().method()).isEqualTo("object_map_load");
        assertThat(ObjectMapCalls.load()
                        .decode(GoldenFile.of("BitVector/head").bytes())
                        .size())
                .isEqualTo(21);
        assertThat(HexFormat.of().formatHex(ObjectMapCalls.save(map).input())).startsWith(encoded.replace(" ", ""));
        assertThat(ObjectMapCalls.snapRemove(map).input())
                .isEqualTo(ObjectMapCalls.save(map).input());
        assertThat(ObjectMapCalls.save(map).method()).isEqualTo("object_map_save");
        assertThat(ObjectMapCalls.snapRemove(map).method()).isEqualTo("object_map_snap_remove");
        write(ObjectMapCalls.resize(3, ObjectState.NONEXISTENT), "object_map_resize", "0300000000000000 00");
        write(
                ObjectMapCalls.update(2, 4, ObjectState.EXISTS, Optional.empty()),
                "object_map_update",
                "0200000000000000 0400000000000000 01 00");
        write(
                ObjectMapCalls.update(2, 4, ObjectState.NONEXISTENT, Optional.of(ObjectState.PENDING)),
                "object_map_update",
                "0200000000000000 0400000000000000 00 01 02");
        write(ObjectMapCalls.snapAdd(), "object_map_snap_add", "");
        write(HeaderCalls.setFlags(3, 3, HEAD), "set_flags", "0300000000000000 0300000000000000 feffffffffffffff");
    }

    @Test
    @Covers("G160")
    void mirroring() {
        read(
                MirroringCalls.imageGlobalId("abc"),
                "mirror_image_get",
                "03000000 616263",
                "MirrorImage/snapshot",
                "c8ae1c36-c99e-4830-bd75-a667f31cde89");
    }

    @Test
    @Covers({"G110", "G111"})
    void copyup() {
        write(DataCalls.copyup(new byte[] {7, 8}), "copyup", "0708");
        ByteBuffer object = ByteBuffer.allocateDirect(4100)
                .put(0, (byte) 1)
                .put(4096, (byte) 2)
                .put(4097, (byte) 3);
        write(
                DataCalls.sparseCopyup(List.of(new Layout.Range(0, 1), new Layout.Range(4096, 2)), object),
                "sparse_copyup",
                "02000000 0000000000000000 0100000000000000 0010000000000000 0200000000000000 03000000 010203");
        assertThat(object.remaining()).isEqualTo(4100);
        write(DataCalls.sparseCopyup(List.of(), ByteBuffer.allocate(0)), "sparse_copyup", "00000000 00000000");
    }
}
