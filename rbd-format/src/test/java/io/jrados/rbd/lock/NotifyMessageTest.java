package io.jrados.rbd.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.format.GoldenFile;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Covers({"H69", "H70", "H71", "H72", "H73", "H74", "H75", "H76", "H77", "H78", "H79", "H80", "H81", "H82", "H83"})
class NotifyMessageTest {
    private static final ClientId OWNER = new ClientId(4104, 140295241359744L);

    private static RequestId request(long client, long handle) {
        return new RequestId(new ClientId(client, handle), 1);
    }

    static Stream<NotifyMessage> heard() {
        RequestId snapCreate = request(4186, 139758437512016L);
        return Stream.of(
                new NotifyMessage.LockNotice(NotifyOp.ACQUIRED_LOCK, OWNER),
                new NotifyMessage.LockNotice(NotifyOp.RELEASED_LOCK, OWNER),
                new NotifyMessage.RequestLock(new ClientId(4210, 140236185161792L), false),
                new NotifyMessage.HeaderUpdate(),
                new NotifyMessage.AsyncProgress(snapCreate, 1, 10),
                new NotifyMessage.AsyncComplete(snapCreate, 0),
                new NotifyMessage.Request(NotifyOp.FLATTEN, request(4200, 140543678042640L)),
                new NotifyMessage.Request(NotifyOp.REBUILD_OBJECT_MAP, request(4204, 140628637783088L)),
                new NotifyMessage.Request(NotifyOp.QUIESCE, new RequestId(OWNER, 1)),
                new NotifyMessage.Request(NotifyOp.UNQUIESCE, new RequestId(OWNER, 1)),
                new NotifyMessage.Resize(60 << 20, request(4196, 139896211731760L), false),
                new NotifyMessage.SnapCreate("s", SnapshotNamespace.USER, snapCreate, 0),
                new NotifyMessage.SnapRequest(
                        NotifyOp.SNAP_REMOVE, "t", SnapshotNamespace.USER, request(4194, 139942114220416L)),
                new NotifyMessage.SnapRequest(
                        NotifyOp.SNAP_PROTECT, "s", SnapshotNamespace.USER, request(4188, 139910372001056L)),
                new NotifyMessage.SnapRequest(
                        NotifyOp.SNAP_UNPROTECT, "s", SnapshotNamespace.USER, request(4190, 139786958544448L)),
                new NotifyMessage.SnapRename(11, "t", SnapshotNamespace.USER, request(4192, 140696820780288L)),
                new NotifyMessage.Rename("busier", request(4208, 139986674390064L)),
                new NotifyMessage.UpdateFeatures(16, false, request(4206, 140541262124896L)),
                new NotifyMessage.Sparsify(request(4202, 139824942027872L), 4096),
                new NotifyMessage.MetadataUpdate("k", Optional.of("v"), request(4198, 139809037590080L)));
    }

    @ParameterizedTest
    @MethodSource("heard")
    void isWhatNativeClientsSay(NotifyMessage message) {
        GoldenFile.of("NotifyMessage/" + message.op().name().toLowerCase(Locale.ROOT))
                .reads(NotifyMessage::decode, message)
                .writesBack(NotifyMessage::encode, message)
                .refusesEveryTruncation(NotifyMessage::decode)
                .survivesEveryDamage(NotifyMessage::decode);
    }

    @Test
    void onlyMigrationWasNotHeard() {
        Set<NotifyOp> heard = heard().map(NotifyMessage::op).collect(Collectors.toSet());

        assertThat(EnumSet.complementOf(EnumSet.copyOf(heard))).containsExactly(NotifyOp.MIGRATE);
    }

    @Test
    void aMessageOfANewerReleaseIsUnknown() {
        byte[] bytes =
                Encoder.bytesOf(out -> out.struct(8, 1, body -> body.u32(21).u64(5)));

        assertThat(Decoder.whole(bytes, NotifyMessage::decode)).isEqualTo(new NotifyMessage.Unknown(21));
    }

    @Test
    void octopusLeavesTheRequestsIdOut() {
        byte[] bytes = Encoder.bytesOf(out -> out.struct(
                6,
                1,
                body -> SnapshotNamespace.USER.encode(
                        body.u32(NotifyOp.SNAP_CREATE.ordinal()).string("s"))));

        assertThat(Decoder.whole(bytes, NotifyMessage::decode))
                .isEqualTo(new NotifyMessage.SnapCreate("s", SnapshotNamespace.USER, RequestId.NONE, 0));
    }

    @Test
    void theOwnersAnswerIsAResult() {
        byte[] bytes = Encoder.bytesOf(new NotifyResponse(-30)::encode);

        assertThat(bytes).isEqualTo(new byte[] {1, 1, 4, 0, 0, 0, -30, -1, -1, -1});
        assertThat(Decoder.whole(bytes, NotifyResponse::decode)).isEqualTo(new NotifyResponse(-30));
        assertThat(Arrays.asList(NotifyOp.values()).indexOf(NotifyOp.METADATA_UPDATE))
                .isEqualTo(20);
    }
}
