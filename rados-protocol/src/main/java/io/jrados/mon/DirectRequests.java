package io.jrados.mon;

import io.jrados.auth.ClientAuth;
import io.jrados.conf.Environment;
import io.jrados.conf.Expiry;
import io.jrados.conf.Loop;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.Command;
import io.jrados.message.CommandReply;
import io.jrados.message.Ping;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * Requests to one monitor, with a quorum or without, beside the session. Any thread may ask. ENOENT for a monitor
 * that the monitors' map does not have.
 */
public final class DirectRequests {
    /** The monitors as they are known. Called on the loop. */
    interface Monitors {
        Optional<Monitor> named(String name);

        UUID fsid();

        boolean isClosed();
    }

    private final Loop loop;
    private final Expiry expiry;
    private final MonTransport transport;
    private final ClientAuth auth;
    private final Monitors monitors;

    DirectRequests(Loop loop, Environment environment, MonTransport transport, ClientAuth auth, Monitors monitors) {
        this.loop = loop;
        this.expiry = new Expiry(loop, environment);
        this.transport = transport;
        this.auth = auth;
        this.monitors = monitors;
    }

    /**
     * Runs a command of a monitor's process.
     *
     * @param monitor its name, without "mon."
     */
    public CompletableFuture<CommandReply> tell(String monitor, String json, byte[] input, Duration deadline) {
        String doing = MonRequests.doing(json) + " of mon." + monitor;
        return ask(monitor, doing, (own, at) -> {
                    Payload command = new Command(1, false, monitors.fsid(), json, input).encode();
                    return DirectRequest.tell(loop, expiry, command, doing, own).ask(transport, at, deadline);
                })
                .thenCompose(reply -> reply.result() < 0
                        ? CompletableFuture.failedFuture(MonRequests.failure(reply.result(), reply.status(), doing))
                        : CompletableFuture.completedFuture(reply));
    }

    /** Asks a monitor for a sign of life: JSON with its health and its state. */
    public CompletableFuture<String> ping(String monitor, Duration deadline) {
        String doing = "pinging mon." + monitor;
        return ask(monitor, doing, (own, at) -> DirectRequest.ping(loop, expiry, doing, own)
                        .ask(transport, at, deadline))
                .thenApply(Ping::answer);
    }

    private <A> CompletableFuture<A> ask(
            String monitor, String doing, BiFunction<ClientAuth, EntityAddr, CompletableFuture<A>> question) {
        CompletableFuture<A> future = new CompletableFuture<>();
        Runnable asking = () -> {
            Optional<Monitor> found = monitors.named(monitor);
            if (monitors.isClosed()) {
                future.completeExceptionally(MonRequests.shutDown(doing));
            } else if (found.isEmpty() || found.get().address().isBlank()) {
                future.completeExceptionally(
                        RadosException.of(Errno.ENOENT, doing + ", which the monitors' map does not have"));
            } else {
                question.apply(auth.separate(), found.get().address()).whenComplete((answer, failure) -> {
                    if (failure == null) {
                        future.complete(answer);
                    } else {
                        future.completeExceptionally(failure);
                    }
                });
            }
        };
        loop.execute(asking);
        return future;
    }
}
