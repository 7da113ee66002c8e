package io.jrados.rbd.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.crypto.Crc32c;
import io.jrados.error.MalformedException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyResponse;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import io.jrados.testkit.Golden;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records on disk, outputs of the class {@code rbd} and messages between clients: damaged ({@link FuzzCampaign}). */
@Covers({"G209", "G210", "G211", "G212", "G213", "G216", "K24"})
class HostileRecordsTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileRecordsTest.class);
    private static final Path GOLDEN =
            Path.of(System.getProperty("basedir", "."), "src/test/resources/golden", Golden.DEFAULT_RELEASE);
    private static final ParentImageSpec PARENT = new ParentImageSpec(1, "", "abc", 5);

    private final FuzzCampaign campaign = new FuzzCampaign();

    /** All golden files of a folder. */
    private static List<byte[]> golden(String folder) {
        try (Stream<Path> files = Files.list(GOLDEN.resolve(folder))) {
            return files.sorted()
                    .map(file -> folder + "/" + file.getFileName().toString().replace(".hex", ""))
                    .map(name -> GoldenFile.of(name).bytes())
                    .toList();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private void add(String name, byte[] good, Function<byte[], ?> decode, UnaryOperator<byte[]> repair) {
        campaign.add(name, new Fuzz(name, good, decode, MalformedException.class).repairing(repair));
    }

    private void struct(String name, String folder, Function<Decoder, ?> decode) {
        golden(folder).forEach(good -> add(name, good, of(decode), UnaryOperator.identity()));
    }

    private static Function<byte[], ?> of(Function<Decoder, ?> decode) {
        return bytes -> decode.apply(Decoder.of(bytes));
    }

    private void call(ReadCall<?> call, String folder) {
        golden(folder).forEach(good -> add(call.method(), good, call::decode, UnaryOperator.identity()));
    }

    /** Every struct that can be decoded by name. */
    private void structs() {
        struct("cls_rbd_parent", "ParentImageSpec", ParentImageSpec::decode);
        struct("cls_rbd_snap", "SnapshotInfo", SnapshotRecord::decode);
        struct("rbd_group_spec", "GroupSpec", GroupSpec::decode);
        struct("rbd_trash_spec", "TrashImageSpec", TrashImageSpec::decode);
        byte[] child = Encoder.bytesOf(new ChildImageSpec(1, "tenant", "1022d719f923")::encode);
        add("rbd_child", child, of(ChildImageSpec::decode), UnaryOperator.identity());
        for (SnapshotNamespace namespace : List.of(
                SnapshotNamespace.USER,
                new SnapshotNamespace.Group(1, "10366b8b4567", "103c6b8b4567"),
                new SnapshotNamespace.Trash("was", 0))) {
            byte[] good = Encoder.bytesOf(namespace::encode);
            add("rbd_snapshot_namespace", good, of(SnapshotNamespace::decode), UnaryOperator.identity());
        }
        assertThat(campaign.decoders())
                .containsExactlyInAnyOrderElementsOf(Structs.byName().keySet());
    }

    private void calls() {
        long head = SnapContext.HEAD;
        call(HeaderCalls.getFeatures(head, false), "get_features");
        call(HeaderCalls.getAllFeatures(), "get_all_features");
        call(HeaderCalls.getSize(4), "get_size");
        call(HeaderCalls.getObjectPrefix(), "get_object_prefix");
        call(HeaderCalls.getDataPool(), "get_data_pool");
        call(HeaderCalls.getStripeUnitCount(), "get_stripe_unit_count");
        call(HeaderCalls.getCreateTimestamp(), "get_create_timestamp");
        call(HeaderCalls.getFlags(head), "get_flags");
        call(HeaderCalls.opFeaturesGet(), "op_features_get");
        call(HeaderCalls.imageGroupGet(), "GroupSpec");
        call(SnapshotCalls.getSnapContext(), "get_snapcontext");
        call(SnapshotCalls.get(7), "SnapshotInfo");
        call(SnapshotCalls.getLimit(), "snapshot_get_limit");
        call(SnapshotCalls.getProtectionStatus(4), "get_protection_status");
        call(ParentCalls.parentGet(), "ParentImageSpec");
        call(ParentCalls.parentOverlapGet(head), "parent_overlap_get");
        call(ParentCalls.childrenList(5), "children_list");
        call(ParentCalls.getChildren(PARENT), "get_children");
        call(DirectoryCalls.getId(), "get_id");
        call(DirectoryCalls.dirGetId("p"), "dir_get_id");
        call(DirectoryCalls.dirGetName("abc"), "dir_get_name");
        call(DirectoryCalls.dirList("", 64), "dir_list");
        call(DirectoryCalls.namespaceList("", 64), "namespace_list");
        call(MetadataCalls.list("", 0), "metadata_list");
        call(MetadataCalls.get("key"), "metadata_get");
        call(TrashCalls.list("", 64), "trash_list");
        call(TrashCalls.get("abc"), "TrashImageSpec");
        call(MirroringCalls.imageGlobalId("abc"), "MirrorImage");
        call(GroupCalls.snapshotName("abc"), "GroupSnapshot");
    }

    /** An object map with its checksums made right, where they would be by its lengths. */
    private static byte[] checked(byte[] bytes) {
        ByteBuffer map = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 4 + 14) {
            return bytes;
        }
        long header = map.getInt(0) & 0xffffffffL;
        long size = map.getLong(4 + 6);
        long data = 4 + header;
        long length = (size + 3) / 4;
        long blocks = (length + 4095) / 4096;
        long footer = data + length + 4;
        if (size < 0 || length > bytes.length || footer + 8 + 4 * blocks > bytes.length) {
            return bytes;
        }
        map.putInt((int) footer, Crc32c.of(0, bytes, 4, (int) header));
        for (int block = 0; block < blocks; block++) {
            int from = block * 4096;
            int part = (int) Math.min(4096, length - from);
            map.putInt((int) footer + 8 + 4 * block, Crc32c.of(0, bytes, (int) data + from, part));
        }
        return bytes;
    }

    @Test
    void areRefusedOrRead() {
        structs();
        calls();
        for (byte[] good : golden("BitVector")) {
            add("object map", good, of(BitVector::decode), HostileRecordsTest::checked);
        }
        struct("notification", "NotifyMessage", NotifyMessage::decode);
        byte[] response = Encoder.bytesOf(new NotifyResponse(-30)::encode);
        add("answer to a notification", response, of(NotifyResponse::decode), UnaryOperator.identity());

        FuzzCampaign.Outcome outcome = campaign.run();
        LOG.info("{}", outcome);
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isGreaterThan(outcome.goldens());
    }
}
