package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.message.CommandReply;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Commands to OSDs that are not ready for them. */
class OsdCommandsTest extends ObjecterCase {
    private static Payload reply(Payload command, int result) {
        return Payload.of(
                98, 1, 1, command.tid(), Encoder.heap().i32(result).string("").take());
    }

    private static CompletableFuture<CommandReply> ask(FakeCluster cluster) {
        CompletableFuture<CommandReply> reply = cluster.objecter.command(
                0, "{\"prefix\": \"version\"}", new byte[0], "running command 'version'", DEADLINE);
        cluster.loop.run();
        return reply;
    }

    @Test
    @Covers("C15")
    void aCommandThatGetsEagainIsSentOnceMore() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<CommandReply> reply = ask(cluster);
        FakeConnection osd = cluster.to(0).ready();
        osd.receive(reply(osd.others().get(0), -Errno.EAGAIN.number()));
        assertThat(osd.others()).hasSize(1);
        cluster.loop.pass(Duration.ofMillis(200));
        assertThat(osd.others()).hasSize(2);
        osd.receive(reply(osd.others().get(1), 0));
        assertThat(reply).isCompleted();
    }

    @Test
    @Covers("C15")
    void aCommandThatGetsEagainIsSentOnceOnTheConnectionThatComesMeanwhile() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<CommandReply> reply = ask(cluster);
        FakeConnection first = cluster.to(0).ready();
        first.receive(reply(first.others().get(0), -Errno.EAGAIN.number()));
        first.reset();
        cluster.loop.pass(Duration.ofMillis(10));
        FakeConnection second = cluster.to(0).ready();
        assertThat(second.others()).hasSize(1);
        cluster.loop.pass(Duration.ofMillis(500));
        assertThat(second.others()).as("it may change something").hasSize(1);
        second.receive(reply(second.others().get(0), 0));
        assertThat(reply).isCompleted();
    }
}
