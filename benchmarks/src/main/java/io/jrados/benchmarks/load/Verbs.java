package io.jrados.benchmarks.load;

import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/** The verbs on a whole image, opening it included, each measured as one operation. */
final class Verbs {
    /** As many as {@code rbd} keeps in flight: rbd_concurrent_management_ops. */
    private static final int IN_FLIGHT = 10;

    private static final int CHUNK = 4 << 20;
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final Rbd rbd;

    Verbs(Pool pool) {
        this.rbd = Rbd.on(pool);
    }

    /** The work that is measured. */
    interface Verb {
        void run() throws IOException;
    }

    Load.Result flatten(String name) throws IOException {
        return measure(() -> {
            try (Image image = rbd.open(name)) {
                image.flatten(Progress.NONE);
            }
        });
    }

    Load.Result remove(String name) throws IOException {
        return measure(() -> rbd.remove(name, Progress.NONE));
    }

    /**
     * All data, as a backup that sends it on would: where there is none, which the image's diff tells, nothing is read.
     */
    Load.Result read(String name) throws IOException {
        return measure(() -> {
            try (Image image = rbd.openReadOnly(name)) {
                read(image);
            }
        });
    }

    private void read(Image image) throws IOException {
        Deque<CompletableFuture<Void>> inFlight = new ArrayDeque<>();
        LongAdder read = new LongAdder();
        for (DiffExtent extent : image.diff(DiffOptions.ALL.byObject())) {
            for (long at = 0; at < extent.length(); at += CHUNK) {
                if (inFlight.size() == IN_FLIGHT) {
                    Wait.on(inFlight.remove());
                }
                inFlight.add(image.readExtentsAsync(
                        extent.offset() + at, Math.min(CHUNK, extent.length() - at), (offset, bytes) -> {
                            read.add(bytes.remaining());
                            return DONE;
                        }));
            }
        }
        while (!inFlight.isEmpty()) {
            Wait.on(inFlight.remove());
        }
        if (read.sum() < image.size() / 2) {
            throw new IOException("only " + read.sum() + " bytes of " + image.size());
        }
    }

    static Load.Result measure(Verb verb) throws IOException {
        ProcessFigures before = ProcessFigures.now();
        verb.run();
        ProcessFigures after = ProcessFigures.now();
        Histogram durations = new Histogram();
        durations.record(after.nanoTime() - before.nanoTime());
        return new Load.Result(
                after.secondsSince(before),
                after.cpuSecondsSince(before),
                after.allocated() - before.allocated(),
                durations,
                ProcessFigures.status("VmHWM"),
                ProcessFigures.status("Threads"));
    }
}
