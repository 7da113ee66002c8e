package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Submits operations to an {@link Objecter} whose cluster a test plays. */
abstract class ObjecterCase {
    static final Duration DEADLINE = Duration.ofSeconds(60);

    static CompletableFuture<WriteResult> write(FakeCluster cluster, String object) {
        return write(cluster, object, new WriteOperation().append(ByteBuffer.wrap(new byte[] {1, 2, 3})));
    }

    static CompletableFuture<WriteResult> write(FakeCluster cluster, String object, WriteOperation operation) {
        CompletableFuture<WriteResult> future =
                cluster.objecter.submit(new Request<>(FakeCluster.named(object), operation.operation(), DEADLINE));
        cluster.loop.run();
        return future;
    }

    static CompletableFuture<ReadResult> read(FakeCluster cluster, String object) {
        CompletableFuture<ReadResult> future = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object), new ReadOperation().stat().operation(), DEADLINE));
        cluster.loop.run();
        return future;
    }

    static RadosException failure(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        try {
            future.join();
            throw new AssertionError();
        } catch (CompletionException wrapped) {
            return (RadosException) wrapped.getCause();
        }
    }
}
