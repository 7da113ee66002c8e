package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rados.NotifyResult;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyResponse;
import io.jrados.wire.Decoder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Tells those who have an image open what another client would. */
final class Notifications {
    private final TestClient client;

    Notifications(TestClient client) {
        this.client = client;
    }

    /** Repeats a request until its owner says how it ended. */
    int ended(Image image, NotifyMessage request) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        int answer = notified(image, request.toBytes());
        while (answer == 0 && System.nanoTime() < deadline) {
            answer = notified(image, request.toBytes());
        }
        return answer;
    }

    /** Sends what a client would, and gives what the owner answers. */
    int notified(Image image, byte[] message) throws IOException {
        List<NotifyResult.Reply> replies = Wait.on(
                        client.pool.notifyAsync(ObjectNames.header(image.id()), message, Duration.ofSeconds(5)))
                .replies();
        List<byte[]> answers = replies.stream()
                .map(NotifyResult.Reply::answer)
                .filter(answer -> answer.length > 0)
                .toList();
        assertThat(answers).as("only the owner answers").hasSizeLessThanOrEqualTo(1);
        return answers.isEmpty()
                ? 0
                : NotifyResponse.decode(Decoder.of(answers.get(0))).result();
    }
}
