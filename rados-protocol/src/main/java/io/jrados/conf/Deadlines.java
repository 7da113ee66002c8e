package io.jrados.conf;

import java.time.Duration;
import java.util.Objects;

/**
 * The times that this client waits by default. Ceph's own options of this kind are endless by default; here each has an
 * end, and 0 stands for the default. Immutable.
 */
public final class Deadlines {
    /** The deadlines of options that are not set. */
    public static final Deadlines DEFAULT =
            new Deadlines(new Values(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(1)));

    private static final Duration IMAGE_WRITE = Duration.ofMinutes(5);

    private final Values values;

    private record Values(Duration connect, Duration operation, Duration command) {}

    private Deadlines(Values values) {
        this.values = values;
    }

    /** Returns the time until the cluster has let this client in: {@code client_mount_timeout}, 30 s if unset. */
    public Duration connect() {
        return values.connect;
    }

    /** Returns the time until an operation on an object is done: {@code rados_osd_op_timeout}, 2 min if unset. */
    public Duration operation() {
        return values.operation;
    }

    /** Returns the time until a command is answered: {@code rados_mon_op_timeout}, 1 min if unset. */
    public Duration command() {
        return values.command;
    }

    /** @throws IllegalArgumentException unless it is positive */
    public Deadlines withConnect(Duration connect) {
        return new Deadlines(new Values(positive(connect, "connect"), values.operation, values.command));
    }

    /** @throws IllegalArgumentException unless it is positive */
    public Deadlines withOperation(Duration operation) {
        return new Deadlines(new Values(values.connect, positive(operation, "operation"), values.command));
    }

    /** @throws IllegalArgumentException unless it is positive */
    public Deadlines withCommand(Duration command) {
        return new Deadlines(new Values(values.connect, values.operation, positive(command, "command")));
    }

    /**
     * The time that a write to an image waits, where an operation waits for {@code operation}: 5 minutes unless that
     * was set. What a write to a disk fails with is hard on a file system, so it waits out the loss of an OSD.
     */
    public static Duration imageWrite(Duration operation) {
        return Objects.requireNonNull(operation, "operation").equals(DEFAULT.values.operation)
                ? IMAGE_WRITE
                : operation;
    }

    static Deadlines of(Duration connect, Duration operation, Duration command) {
        return new Deadlines(new Values(
                isPositive(connect) ? connect : DEFAULT.connect(),
                isPositive(operation) ? operation : DEFAULT.operation(),
                isPositive(command) ? command : DEFAULT.command()));
    }

    private static Duration positive(Duration duration, String name) {
        if (!isPositive(Objects.requireNonNull(duration, name))) {
            throw new IllegalArgumentException(name + ": a deadline of " + duration);
        }
        return duration;
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isZero() && !duration.isNegative();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Deadlines that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "Deadlines" + values.toString().substring("Values".length());
    }
}
