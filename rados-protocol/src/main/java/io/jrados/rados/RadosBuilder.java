package io.jrados.rados;

import io.jrados.conf.CephConf;
import io.jrados.conf.Deadlines;
import io.jrados.conf.Environment;
import io.jrados.error.RadosException;
import io.jrados.msgr.NettyCheck;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** Collects how a client is to be, and connects it. Not thread-safe. */
public final class RadosBuilder {
    final CephConf conf;
    Environment environment = Environment.system();
    Executor executor = Runnable::run;
    Optional<IoLoops> loops = Optional.empty();
    int threads = 2;
    Deadlines deadlines;
    UnaryOperator<InetSocketAddress> translator = UnaryOperator.identity();
    OperationHook hook = OperationHook.NONE;
    RadosObserver observer = RadosObserver.NONE;

    RadosBuilder(CephConf conf) {
        NettyCheck.begin();
        this.conf = conf;
        this.deadlines = conf.deadlines();
    }

    /** Runs what depends on futures of operations; by default they complete on the client's own loops. */
    public RadosBuilder executor(Executor completions) {
        Objects.requireNonNull(completions, "completions");
        executor = completions;
        return this;
    }

    /** Uses threads that others use too, and that outlive this client. */
    public RadosBuilder loops(IoLoops shared) {
        Objects.requireNonNull(shared, "shared");
        loops = Optional.of(shared);
        return this;
    }

    /**
     * Sets the number of threads that the client starts; 2 by default.
     *
     * @throws IllegalArgumentException unless it is 1 to 1,024
     */
    public RadosBuilder threads(int count) {
        if (count < 1 || count > 1024) {
            throw new IllegalArgumentException("count: " + count + " threads are not 1 to 1,024");
        }
        threads = count;
        return this;
    }

    /** Sets the time that connecting may take; 30 s by default. */
    public RadosBuilder connectDeadline(Duration deadline) {
        Objects.requireNonNull(deadline, "deadline");
        deadlines = deadlines.withConnect(deadline);
        return this;
    }

    /** Sets the time that an operation may take, unless its pool says otherwise; 2 min by default. */
    public RadosBuilder operationDeadline(Duration deadline) {
        Objects.requireNonNull(deadline, "deadline");
        deadlines = deadlines.withOperation(deadline);
        return this;
    }

    /** Sets the time that a command may take; 1 min by default. */
    public RadosBuilder commandDeadline(Duration deadline) {
        Objects.requireNonNull(deadline, "deadline");
        deadlines = deadlines.withCommand(deadline);
        return this;
    }

    /**
     * Sets the translation of addresses from the cluster's maps into those to connect to: for NAT and port forwarding.
     */
    public RadosBuilder translator(UnaryOperator<InetSocketAddress> addresses) {
        Objects.requireNonNull(addresses, "addresses");
        translator = addresses;
        return this;
    }

    /** Sees every operation before it is sent. */
    public RadosBuilder hook(OperationHook operations) {
        Objects.requireNonNull(operations, "operations");
        hook = operations;
        return this;
    }

    /** Sets the observer that is told what the client does: for metrics. */
    public RadosBuilder observer(RadosObserver told) {
        Objects.requireNonNull(told, "told");
        observer = told;
        return this;
    }

    /**
     * Connects. Whoever cancels the future leaves nothing behind. Fails with a
     * {@link io.jrados.error.ConfigurationException} without a key or a monitor to ask, at once with EACCES when the
     * monitors refuse the client, and at the connect deadline (client_mount_timeout) with the errno of the monitors
     * if all of them answer alike, such as ECONNREFUSED, or else with ETIMEDOUT. The message says how each ended.
     */
    public CompletableFuture<Rados> connectAsync() {
        return RadosClient.connect(this);
    }

    /** {@link #connectAsync}, waited for. */
    public Rados connect() throws RadosException {
        return Wait.on(connectAsync());
    }
}
