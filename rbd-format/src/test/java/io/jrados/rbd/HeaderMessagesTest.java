package io.jrados.rbd;

import static io.jrados.rbd.TwoClients.filled;
import static io.jrados.rbd.TwoClients.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.rbd.lock.ClientId;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.lock.RequestId;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The answers of a lock's owner, and of others, to messages on the header. */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeaderMessagesTest {
    private TwoClients clients;
    private TestClient ours;
    private NativeClient theirs;
    private Notifications notifications;

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        clients = new TwoClients(shared, HeaderMessagesTest.class);
        ours = clients.ours;
        theirs = clients.theirs;
        notifications = new Notifications(ours);
    }

    @AfterAll
    void disconnect() throws IOException {
        clients.close();
    }

    @Test
    @Covers({"H69", "H75", "H80", "H82", "H84"})
    void theOwnerAnswersWhatItDoesAndWhatItDoesNot() throws IOException {
        try (Image image = clients.open("asked")) {
            byte[] unknown = Encoder.bytesOf(out -> out.struct(NotifyMessage.STRUCT, body -> body.u32(99)));
            RequestId id = new RequestId(new ClientId(1, 2), 3);
            assertThat(notifications.notified(image, unknown))
                    .as("nobody owns it")
                    .isZero();
            write(image, 0, 1, 4096);
            assertThat(notifications.notified(image, unknown)).isEqualTo(-Errno.EOPNOTSUPP.number());
            assertThat(notifications.notified(image, new NotifyMessage.Request(NotifyOp.MIGRATE, id).toBytes()))
                    .isEqualTo(-Errno.EOPNOTSUPP.number());
            assertThat(notifications.notified(image, new NotifyMessage.Sparsify(id, 4096).toBytes()))
                    .isEqualTo(-Errno.EOPNOTSUPP.number());
            assertThat(notifications.notified(image, new NotifyMessage.Rename("renamed", id).toBytes()))
                    .isZero();
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!ours.rbd.exists("renamed") && System.nanoTime() < deadline) {
                assertThat(notifications.notified(image, new NotifyMessage.Rename("renamed", id).toBytes()))
                        .as("a repetition")
                        .isZero();
            }
            assertThat(ours.rbd("ls", ours.pool.name()).text().lines())
                    .contains("renamed")
                    .doesNotContain("asked");
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H68", "H69", "H72"})
    void whatCannotBeReadIsAcknowledgedAndNothingMeansAChange() throws IOException {
        ours.rbd("create", "--size", "8M", "--image-feature", "layering,exclusive-lock", ours.spec("garbage"));
        try (Image image = ours.rbd.open("garbage")) {
            write(image, 0, 1, 4096);
            AtomicInteger changes = new AtomicInteger();
            try (Image.Registration registered = image.onUpdate(changes::incrementAndGet)) {
                assertThat(registered).isNotNull();
                assertThat(notifications.notified(image, new byte[] {1, 2, 3})).isZero();
                assertThat(changes).hasValue(0);
                assertThat(notifications.notified(image, new byte[0])).isZero();
                assertThat(changes).hasValue(1);
            }
            write(image, 0, 2, 4096);
            assertThat(TestClient.read(image, 0, 4096)).isEqualTo(filled(2, 4096));
        }
    }
}
