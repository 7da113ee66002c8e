package io.jrados.rados;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Client instances that the cluster's OSDs and monitors refuse. Monitors before release 16 know it by its old name,
 * which is tried when they refuse the new one.
 */
public final class Blocklist {
    private final Function<Command, CompletableFuture<CommandResult>> monitors;
    private final Supplier<CompletableFuture<Void>> newestMap;

    Blocklist(
            Function<Command, CompletableFuture<CommandResult>> monitors, Supplier<CompletableFuture<Void>> newestMap) {
        this.monitors = monitors;
        this.newestMap = newestMap;
    }

    /**
     * Keeps a client instance out. Completes once this client's map has it, so that an OSD which this client then talks
     * to refuses the other.
     *
     * @param address {@code IP:PORT/NONCE}, or an IP alone for every client there; EINVAL for anything else
     * @param duration for how long, the cluster's default (an hour) if empty
     */
    public CompletableFuture<Void> addAsync(String address, Optional<Duration> duration) {
        if (address == null) {
            return Wait.missing("address");
        }
        if (duration == null) {
            return Wait.missing("duration");
        }
        return change("add", address, duration);
    }

    /** As {@link #addAsync}. */
    public void add(String address, Optional<Duration> duration) throws RadosException {
        Wait.on(addAsync(address, duration));
    }

    /** Lets an instance in again; an instance that noticed stays unusable all the same. */
    public CompletableFuture<Void> removeAsync(String address) {
        if (address == null) {
            return Wait.missing("address");
        }
        return change("rm", address, Optional.empty());
    }

    /** As {@link #removeAsync}. */
    public void remove(String address) throws RadosException {
        Wait.on(removeAsync(address));
    }

    /** Every address that is kept out: {@code IP:PORT/NONCE}; without those that only a range keeps out. */
    public CompletableFuture<List<String>> listAsync() {
        return withEitherWord(word -> Command.of("osd " + word + " ls"))
                .thenCompose(result ->
                        Answers.list(result, entry -> entry.get("addr").text(), "listing the blocklist"));
    }

    /** As {@link #listAsync}. */
    public List<String> list() throws RadosException {
        return Wait.on(listAsync());
    }

    private CompletableFuture<Void> change(String verb, String address, Optional<Duration> duration) {
        return withEitherWord(word -> {
                    Command command =
                            Command.of("osd " + word).with(word + "op", verb).with("addr", address);
                    return duration.isPresent()
                            ? command.with("expire", duration.get().toMillis() / 1000.0)
                            : command;
                })
                .thenCompose(done -> newestMap.get());
    }

    private CompletableFuture<CommandResult> withEitherWord(Function<String, Command> command) {
        return monitors.apply(command.apply("blocklist"))
                .handle((result, failure) -> failure == null
                        ? CompletableFuture.completedFuture(result)
                        : isUnknown(failure)
                                ? monitors.apply(command.apply("blacklist"))
                                : CompletableFuture.<CommandResult>failedFuture(failure))
                .thenCompose(Function.identity());
    }

    private static boolean isUnknown(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RadosException known && known.errno() == Errno.EINVAL;
    }
}
