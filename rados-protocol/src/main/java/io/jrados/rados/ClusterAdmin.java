package io.jrados.rados;

import io.jrados.error.RadosException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Administration of the cluster as a whole, for users who may. Made by {@link Rados#admin()}, and costs nothing.
 *
 * <pre>{@code
 * ClusterAdmin admin = rados.admin();
 * long id = admin.pools().create("images");
 * admin.pools().enableApplication("images", "rbd", false);
 * String health = admin.commands().mon(Command.of("health")).text();
 * }</pre>
 */
public final class ClusterAdmin {
    private final RadosClient client;

    /** A subscription that goes on until it is closed. */
    public interface Following extends AutoCloseable {
        /** Nothing new is told; a line that is being told may still be. */
        @Override
        void close();
    }

    private record Room(long totalKib, long usedKib, long availableKib, long objects) implements ClusterStats {}

    ClusterAdmin(RadosClient client) {
        this.client = client;
    }

    /** Commands to monitors, managers, OSDs and placement groups. */
    public Commands commands() {
        return new Commands(client);
    }

    /** Makes, removes and describes pools. */
    public PoolAdmin pools() {
        return new PoolAdmin(client);
    }

    /** Returns the list of clients that are kept out of the cluster. */
    public Blocklist blocklist() {
        return new Blocklist(commands()::monAsync, client::waitForLatestOsdMapAsync);
    }

    /** Values that the monitors keep for anybody. */
    public ConfigKeys configKeys() {
        return new ConfigKeys(commands());
    }

    /** Asks how much room the cluster has. All zeroes in a cluster that never had a manager. */
    public CompletableFuture<ClusterStats> statsAsync() {
        return client.monitors()
                .room(Optional.empty(), client.deadlines().command())
                .thenApply(reply -> new Room(reply.total(), reply.used(), reply.available(), reply.objects()));
    }

    /** As {@link #statsAsync}. */
    public ClusterStats stats() throws RadosException {
        return Wait.on(statsAsync());
    }

    /**
     * Asks one monitor how it is, on a connection of its own and without a quorum.
     *
     * @param monitor its name, without "mon."
     * @return JSON with {@code health} and {@code mon_status}
     */
    public CompletableFuture<String> pingMonitorAsync(String monitor) {
        if (monitor == null) {
            return Wait.missing("monitor");
        }
        return client.monClient().direct().ping(monitor, client.deadlines().command());
    }

    /** As {@link #pingMonitorAsync}. */
    public String pingMonitor(String monitor) throws RadosException {
        return Wait.on(pingMonitorAsync(monitor));
    }

    /** The release that every client must have at least, as a number: 14 is nautilus; empty for any. */
    public OptionalInt requireMinCompatClient() {
        return client.requireMinCompatClient();
    }

    /** The release that every OSD has at least, as a number. */
    public int requireOsdRelease() {
        return client.map().requireOsdRelease();
    }

    /**
     * Follows the cluster's log from its last lines on, until what this returns is closed. The listener is called on
     * one of the client's threads for callbacks, one line after the other.
     *
     * @throws RadosException EBUSY if this client follows it already
     */
    public Following followLog(LogLine.Level level, Consumer<LogLine> listener) throws RadosException {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(listener, "listener");
        client.checkOpen("following the cluster's log");
        return client.log().follow(level, listener);
    }

    /** Writes a line into the cluster's log. */
    public CompletableFuture<Void> writeLogAsync(String line) {
        if (line == null) {
            return Wait.missing("line");
        }
        return commands()
                .monAsync(Command.of("log").with("logtext", List.of(line)))
                .thenApply(done -> null);
    }

    /** As {@link #writeLogAsync}. */
    public void writeLog(String line) throws RadosException {
        Wait.on(writeLogAsync(line));
    }

    /**
     * Shows a daemon of a service in the cluster's status, until the returned service or the client is closed.
     *
     * @param kind of the service: {@code rbd-mirror}
     * @param name of the daemon
     * @param metadata what does not change: {@code hostname}, {@code version}, ...
     */
    public CompletableFuture<ServiceDaemon> registerServiceAsync(
            String kind, String name, Map<String, String> metadata) {
        if (kind == null) {
            return Wait.missing("kind");
        }
        if (name == null) {
            return Wait.missing("name");
        }
        if (metadata == null) {
            return Wait.missing("metadata");
        }
        return Wait.Handed.from(
                client.manager().register(kind, name, metadata).thenApply(done -> new ServiceDaemon(client.manager())),
                ServiceDaemon::close);
    }

    /** As {@link #registerServiceAsync}. */
    public ServiceDaemon registerService(String kind, String name, Map<String, String> metadata) throws RadosException {
        return Wait.on(registerServiceAsync(kind, name, metadata));
    }
}
