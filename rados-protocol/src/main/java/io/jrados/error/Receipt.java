package io.jrados.error;

import java.util.concurrent.CompletableFuture;

/**
 * A claim on a write that was sent and whose answer its caller stopped waiting for. The write may still be applied at
 * any time; the client goes on looking after it in the background until its outcome is settled. A receipt lets the
 * caller wait for the result after all, or have the client give the write up for good.
 *
 * <p>The client settles a write in one of two ways: the OSD answers the operation, which the client sends again under
 * its old request id whenever the connection or the primary changes, or the OSD answers a stat of the same object that
 * is ordered with writes (RWORDERED) and was sent after the write (src/osd/PrimaryLogPG.cc, do_op). Neither has a
 * deadline.
 */
public interface Receipt {
    /**
     * Waits for the write's own result. The OSD applies the write once, however often it is sent: it knows the request
     * id while its placement group logs it (osd_pg_log_dups_tracked, 3,000 operations by default). Writes that were
     * submitted later to the same object are applied after it.
     *
     * <p>Completes with the failure that the OSD reports; with ECANCELED if the write was given up, because
     * {@link #abandonAsync} was called, its future was cancelled, or its data was over what the client keeps of writes
     * in doubt; with EBLOCKLISTED or as an operation of a closed client does when the client ended first.
     */
    CompletableFuture<Void> finishAsync();

    /** {@link #finishAsync}, waited for without a deadline. EINTR if this thread is interrupted. */
    void finish() throws RadosException;

    /**
     * Gives the write up: it is not sent again. Once this has completed, nothing of the write is applied any more;
     * it may have been applied before. Completes also if the write has been settled in another way.
     *
     * <p>Fails with EBLOCKLISTED on a fenced client: OSDs refuse the write from the OSD map with the blocklist entry
     * on, and an OSD with an older map may apply it until it gets that one. Fails as an operation of a closed client
     * does if the client is closed first: the write's outcome stays unknown then.
     */
    CompletableFuture<Void> abandonAsync();

    /** {@link #abandonAsync}, waited for without a deadline. EINTR if this thread is interrupted. */
    void abandon() throws RadosException;

    /**
     * Completes, and never fails, when the write is in doubt no more: its outcome is known, or it has been given up and
     * cannot be applied any more, or this client was fenced or closed.
     */
    CompletableFuture<Void> settledAsync();
}
