package io.jrados.rbd.weather;

import io.jrados.error.DeadlineException;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.rados.Pool;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Appends numbered records to one object, more at once than the limits let through. Afterwards each record that was
 * acknowledged is there once, one that was never sent is not, and one of unknown outcome is there at most once.
 */
final class Appender {
    private static final int BURST = 200;

    private final String object;
    private final Random random;
    private final Duration limit;
    private final List<CompletableFuture<?>> records = new ArrayList<>();
    private final List<Integer> open = new ArrayList<>();
    private final Map<Integer, CompletableFuture<Void>> finished = new HashMap<>();
    private final Map<Integer, CompletableFuture<Void>> abandoned = new HashMap<>();
    private final Map<Integer, CompletableFuture<Void>> settled = new HashMap<>();

    Appender(String object, Random random, Duration limit) {
        this.object = object;
        this.random = random;
        this.limit = limit;
    }

    /** Appends some, cancels some, and waits for those of the burst before. */
    void burst(Pool pool) {
        List<Integer> before = List.copyOf(open);
        open.clear();
        int count = 1 + random.nextInt(BURST);
        for (int i = 0; i < count; i++) {
            ByteBuffer record = ByteBuffer.allocate(Integer.BYTES).putInt(0, records.size());
            open.add(records.size());
            records.add(pool.appendAsync(object, record));
            if (random.nextInt(40) == 0) {
                records.get(records.size() - 1 - random.nextInt(Math.min(i + 1, 20)))
                        .cancel(true);
            }
        }
        before.forEach(this::await);
    }

    private void await(int record) {
        try {
            records.get(record).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("record " + record + " of " + object + " is open after " + limit, late);
        } catch (CancellationException cancelled) {
            return; // judged at the end
        } catch (ExecutionException failed) {
            present(record, failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", stopped);
        }
    }

    /** Presents the receipt of a record in doubt: its outcome counts instead, or the record is given up. */
    private void present(int record, Throwable failure) {
        if (!(failure instanceof OutcomeUnknownException unknown)) {
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> finished.put(record, unknown.receipt().finishAsync());
            case 1 -> abandoned.put(record, unknown.receipt().abandonAsync());
            default -> settled.put(record, unknown.receipt().settledAsync());
        }
    }

    private void awaitReceipts() throws Exception {
        for (Map<Integer, CompletableFuture<Void>> all : List.of(finished, abandoned, settled)) {
            for (Map.Entry<Integer, CompletableFuture<Void>> one : all.entrySet()) {
                try {
                    one.getValue().get(limit.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException late) {
                    throw new AssertionError(
                            "the receipt of record " + one.getKey() + " of " + object + " is open after " + limit,
                            late);
                } catch (ExecutionException told) {
                    continue; // what the cluster said of it is judged below
                }
            }
        }
    }

    /** All of it in good weather, with a pool of a client whose deadlines are long. */
    void judge(Pool calm) throws Exception {
        open.forEach(this::await);
        awaitReceipts();
        Map<Integer, Integer> found = new HashMap<>();
        if (!records.isEmpty()) {
            // What is in doubt is ordered before this, by the cluster if not by us.
            calm.appendAsync(object, ByteBuffer.allocate(0)).get(limit.toMillis(), TimeUnit.MILLISECONDS);
            ByteBuffer all = ByteBuffer.allocate((int) calm.stat(object).size());
            calm.read(object, 0, all);
            all.flip();
            while (all.hasRemaining()) {
                found.merge(all.getInt(), 1, Integer::sum);
            }
        }
        for (int record = 0; record < records.size(); record++) {
            int times = found.getOrDefault(record, 0);
            String outcome = outcome(finished.containsKey(record) ? finished.get(record) : records.get(record));
            boolean right =
                    switch (outcome) {
                        case "acknowledged" -> times == 1;
                        case "never sent" -> times == 0;
                        default -> times <= 1;
                    };
            if (!right) {
                throw new AssertionError(
                        "record " + record + " of " + object + " is there " + times + " times, and was " + outcome);
            }
        }
    }

    private static String outcome(CompletableFuture<?> record) throws InterruptedException {
        try {
            record.get();
            return "acknowledged";
        } catch (CancellationException cancelled) {
            return "cancelled";
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof DeadlineException late
                            && late.sent() == DeadlineException.Sent.NEVER_SENT
                    ? "never sent"
                    : "failed: " + failed.getCause();
        }
    }

    int count() {
        return records.size();
    }
}
