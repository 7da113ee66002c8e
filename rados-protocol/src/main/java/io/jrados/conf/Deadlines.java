package io.jrados.conf;

import java.time.Duration;

/**
 * The times that this client waits by default. Ceph's own options of this kind are endless by default; here each has an
 * end, and 0 stands for the default.
 *
 * @param connect until the cluster has let this client in: {@code client_mount_timeout}, 30 s if unset
 * @param operation until an operation on an object is done: {@code rados_osd_op_timeout}, 2 min if unset
 * @param command until a command is answered: {@code rados_mon_op_timeout}, 1 min if unset
 */
public record Deadlines(Duration connect, Duration operation, Duration command) {
    public static final Deadlines DEFAULT =
            new Deadlines(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(1));

    public Deadlines {
        if (!isPositive(connect) || !isPositive(operation) || !isPositive(command)) {
            throw new IllegalArgumentException("deadlines of " + connect + ", " + operation + ", " + command);
        }
    }

    private static final Duration IMAGE_WRITE = Duration.ofMinutes(5);

    /**
     * The time that a write to an image waits, where an operation waits for {@code operation}: 5 minutes unless that
     * was set. What a write to a disk fails with is hard on a file system, so it waits out the loss of an OSD.
     */
    public static Duration imageWrite(Duration operation) {
        return operation.equals(DEFAULT.operation) ? IMAGE_WRITE : operation;
    }

    static Deadlines of(Duration connect, Duration operation, Duration command) {
        return new Deadlines(
                isPositive(connect) ? connect : DEFAULT.connect,
                isPositive(operation) ? operation : DEFAULT.operation,
                isPositive(command) ? command : DEFAULT.command);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isZero() && !duration.isNegative();
    }
}
