package io.jrados.benchmarks.load;

import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** What is done to a whole image, opening it included, each measured as one operation. */
final class Verbs {
    /** As many as {@code rbd} keeps in flight: rbd_concurrent_management_ops. */
    private static final int IN_FLIGHT = 10;

    private static final int CHUNK = 4 << 20;

    private final Rbd rbd;
    private final ByteBuffer[] buffers = new ByteBuffer[IN_FLIGHT];

    Verbs(Pool pool) {
        this.rbd = Rbd.on(pool);
    }

    private interface Verb {
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

    /** All bytes, into buffers that are used again, as a program that sends them on would. */
    Load.Result read(String name) throws IOException {
        return measure(() -> {
            try (Image image = rbd.openReadOnly(name)) {
                read(image);
            }
        });
    }

    private void read(Image image) throws IOException {
        Deque<CompletableFuture<Void>> inFlight = new ArrayDeque<>();
        for (long chunk = 0; chunk * CHUNK < image.size(); chunk++) {
            if (inFlight.size() == IN_FLIGHT) {
                Wait.on(inFlight.remove());
            }
            int slot = (int) (chunk % IN_FLIGHT);
            if (buffers[slot] == null) {
                buffers[slot] = ByteBuffer.allocateDirect(CHUNK);
            }
            int length = (int) Math.min(CHUNK, image.size() - chunk * CHUNK);
            inFlight.add(image.readAsync(chunk * CHUNK, buffers[slot].clear().limit(length)));
        }
        while (!inFlight.isEmpty()) {
            Wait.on(inFlight.remove());
        }
    }

    private static Load.Result measure(Verb verb) throws IOException {
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
