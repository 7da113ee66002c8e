package io.jrados.rados;

import io.jrados.conf.CephConf;
import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A connected client of one Ceph cluster. Thread-safe; close it to free its connections and threads.
 *
 * <pre>{@code
 * try (Rados rados = Rados.connect(CephConf.load())) {
 *     Pool pool = rados.pool("rbd");
 *     pool.writeFull("greeting", ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
 * }
 * }</pre>
 */
public interface Rados extends AutoCloseable {
    /** Connects with a configuration's own settings; its deadline is 30 s by default. */
    static Rados connect(CephConf conf) throws RadosException {
        return builder(conf).connect();
    }

    /** As {@link #connect}; whoever cancels the future leaves nothing behind. */
    static CompletableFuture<Rados> connectAsync(CephConf conf) {
        return builder(conf).connectAsync();
    }

    /** For executors, shared loops, deadlines and hooks. */
    static RadosBuilder builder(CephConf conf) {
        return new RadosBuilder(conf);
    }

    /** The cluster's id. */
    UUID fsid();

    /** This client's global id, which is its name in the cluster: client.4123. */
    long instanceId();

    /** This client as blocklists, watchers and lock holders name it: {@code 127.0.0.1:0/123456}. */
    String address();

    /** The configuration in force: it changes by {@link #setOption}, and when the cluster's central one does. */
    CephConf conf();

    /**
     * Changes an option while the client is connected, over all that its configuration says. These may change:
     * {@code rbd_...}, for verbs that begin, and images that are opened or read their header anew, from then on;
     * {@code rados_osd_op_timeout}, {@code rados_mon_op_timeout}, {@code rados_replica_read_policy} and
     * {@code rados_replica_read_policy_on_objclass}, for pools that are opened and commands that are sent from then on.
     *
     * @throws io.jrados.error.ConfigurationException EINVAL for a name that this client does not know, with the nearest
     *     that it does, and for a value that is not of the option's kind; ENOSYS for an option that is read only when a
     *     client connects
     */
    void setOption(String option, String value) throws RadosException;

    /**
     * One of the client's own loops, for timers. What runs there must not block; no timer runs after the client's end.
     */
    Loop loop();

    /** The client's clock and its source of random numbers. */
    Environment environment();

    /** Epoch of the OSD map in force. */
    long osdMapEpoch();

    /** Names of the pools in the newest map. */
    List<String> pools();

    /** A pool by its name, asking for a newer map once before ENOENT. */
    CompletableFuture<Pool> poolAsync(String name);

    default Pool pool(String name) throws RadosException {
        return Wait.on(poolAsync(name));
    }

    /** A pool by its id, asking for a newer map once before ENOENT. */
    CompletableFuture<Pool> poolAsync(long id);

    default Pool pool(long id) throws RadosException {
        return Wait.on(poolAsync(id));
    }

    /** Waits until this client has the newest OSD map that the monitors have. */
    CompletableFuture<Void> waitForLatestOsdMapAsync();

    default void waitForLatestOsdMap() throws RadosException {
        Wait.on(waitForLatestOsdMapAsync());
    }

    /**
     * Sends nothing that is submitted from now on before OSD map {@code epoch}, or a later one, is in force: after
     * another client was fenced in that map, so that no OSD serves us that does not know it.
     */
    void setEpochBarrier(long epoch);

    /**
     * Sends a command to the monitors.
     *
     * @param command JSON: {@code {"prefix": "osd stat", "format": "json"}}
     * @param input what {@code -i} gives the ceph command, or none
     */
    CompletableFuture<CommandResult> monCommandAsync(String command, byte[] input);

    default CommandResult monCommand(String command, byte[] input) throws RadosException {
        return Wait.on(monCommandAsync(command, input));
    }

    /** As {@link #monCommandAsync(String, byte[])}, without an input. */
    default CompletableFuture<CommandResult> monCommandAsync(String command) {
        return monCommandAsync(command, new byte[0]);
    }

    default CommandResult monCommand(String command) throws RadosException {
        return Wait.on(monCommandAsync(command));
    }

    /** Returns the administration of the cluster as a whole: commands, pools, fencing, statistics, its log. */
    ClusterAdmin admin();

    /** The connections that are open and logged in now, with the mode that each has. */
    CompletableFuture<List<DaemonConnection>> connectionsAsync();

    default List<DaemonConnection> connections() throws RadosException {
        return Wait.on(connectionsAsync());
    }

    /** The release that every client of the cluster must have at least, as a number: 14 is nautilus; empty for any. */
    OptionalInt requireMinCompatClient();

    /**
     * Tells what everything that this client has not finished waits for now, of its images too: the answer to "why does
     * this thread hang?". Asks nobody in the cluster, so it answers while nobody there does. It costs a turn of the
     * client's loop when it is called, and nothing otherwise.
     */
    CompletableFuture<Explanation> explainAsync();

    default Explanation explain() throws RadosException {
        return Wait.on(explainAsync());
    }

    /**
     * State of a layer above, of which this client has one of each kind.
     *
     * @param make makes it when it is first asked for; must not block
     */
    <T extends ClientPart> T part(Class<T> kind, Supplier<T> make);

    /**
     * Returns an observer for layers above this one: what they tell it goes to the one that this client was built with,
     * and what that one throws is logged and forgotten.
     */
    default RadosObserver observer() {
        return RadosObserver.NONE;
    }

    /**
     * Runs the completion of a future that a layer above hands out: on the executor that this client was built with, or
     * at once if there is none, or it refuses.
     */
    default void complete(Runnable completion) {
        completion.run();
    }

    /** As {@link #close}; completes once all of it has ended. */
    CompletableFuture<Void> closeAsync();

    /** Closes connections, fails what is outstanding with {@link ClosedException}, ends threads that it started. */
    @Override
    void close();
}
