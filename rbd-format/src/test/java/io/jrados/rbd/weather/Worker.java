package io.jrados.rbd.weather;

import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.NativeClient;
import io.jrados.rbd.Rbd;
import io.jrados.testkit.Bounded;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A thread that works on one image, with whatever the seed says, until it is told to stop. What fails in bad weather is
 * counted; what must not fail, or fails in a way that no weather explains, ends the run. It may be interrupted at any
 * time.
 */
final class Worker {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    final TestedImage tested;
    final Map<String, Integer> failures = new TreeMap<>();
    private final Client client;
    private final Optional<NativeClient> rival;
    private final Random random;
    private final AtomicBoolean storm;
    private final ReentrantLock uninterrupted = new ReentrantLock();
    private final String pool;
    private Rados mine;
    private boolean isOpen = true;
    private boolean isFenced;
    private int done;
    private volatile Optional<Thread> thread = Optional.empty();

    /** @param rival a native client that has the image open too */
    Worker(TestedImage tested, Client client, Optional<NativeClient> rival, Random random, AtomicBoolean storm) {
        this.tested = tested;
        this.client = client;
        this.rival = rival;
        this.random = random;
        this.storm = storm;
        mine = tested.rbd().pool().rados();
        pool = tested.rbd().pool().name();
    }

    void work() throws Exception {
        thread = Optional.of(Thread.currentThread());
        while (storm.get()) {
            step();
            boolean all = random.nextInt(4) == 0;
            undisturbed(all ? tested::harvest : tested::harvestDone);
        }
        undisturbed(() -> {});
        thread = Optional.empty();
    }

    /** Interrupts what is under way, unless that belongs to the test. */
    void interrupt() {
        if (uninterrupted.tryLock()) {
            try {
                thread.ifPresent(Thread::interrupt);
            } finally {
                uninterrupted.unlock();
            }
        }
    }

    private void undisturbed(Bounded.Call call) throws Exception {
        uninterrupted.lock();
        try {
            Thread.interrupted(); // one that was meant for a call and came late
            call.run();
        } finally {
            uninterrupted.unlock();
        }
    }

    private void step() throws Exception {
        try {
            one();
            done++;
        } catch (FencedException fenced) {
            count("fenced", fenced);
            undisturbed(this::fenced);
        } catch (RadosException weather) {
            count(weather.errno().toString(), weather);
        }
    }

    private void count(String what, Exception failure) {
        failures.merge(what, 1, Integer::sum);
        tested.note(what + ": " + failure.getMessage());
    }

    private void one() throws Exception {
        if (!isOpen) {
            reopen();
            return;
        }
        int kind = random.nextInt(20);
        if (kind < 9) {
            int requests = 1 + random.nextInt(12);
            for (int i = 0; i < requests; i++) {
                tested.submitAny(random);
            }
        } else if (kind < 11) {
            int first = random.nextInt(tested.blocks());
            tested.read(first, Math.min(1 + random.nextInt(30), tested.blocks() - first));
        } else if (kind == 11) {
            isOpen = false;
            tested.note("close");
            tested.image().close();
        } else if (kind == 12 && rival.isPresent()) {
            undisturbed(() -> rivalWrites(rival.get()));
        } else {
            Verb verb = Verb.values()[random.nextInt(Verb.values().length)];
            tested.note(verb.name());
            verb.run(tested, random);
        }
    }

    /** A native client asks for the lock and writes what may be in doubt here. */
    private void rivalWrites(NativeClient other) throws IOException {
        int block = random.nextInt(tested.blocks());
        if (tested.isBusy(block, 1)) {
            return;
        }
        long version = TestedImage.newVersion();
        byte[] bytes = new byte[Block.SIZE];
        Block.bytes(block, List.of(version)).get(bytes);
        BlockModel.Change change = tested.foreign(block, 1, version);
        String answer = other.attempt(
                "image.write(bytes.fromhex('" + HexFormat.of().formatHex(bytes) + "'), " + block * Block.SIZE + ")");
        tested.note("rival, change " + change + ": " + answer);
        if (answer.startsWith("ok")) {
            tested.model.acknowledged(change);
        } else {
            failures.merge("rival", 1, Integer::sum);
        }
    }

    /** Gives up a client that was fenced; the next step takes another one. */
    private void fenced() throws IOException {
        tested.harvest();
        if (!client.isOnBlocklist(mine)) {
            throw new AssertionError(
                    tested.name + ": " + client + " says that it is fenced, and the cluster knows nothing");
        }
        isFenced = true;
        isOpen = false;
    }

    private void reopen() throws Exception {
        if (isFenced) {
            client.replace(mine);
            isFenced = false;
        }
        Rados now = client.rados();
        tested.reopen(Rbd.on(now.pool(pool)));
        mine = now;
        isOpen = true;
    }

    /** Opens it again, in good weather, if it is closed or its client was fenced in the end. */
    void ensureOpen(Judge judge) throws IOException {
        if (isOpen
                && Bounded.run("refreshing " + tested.name, LIMIT, () -> tested.image()
                                .refresh())
                        .filter(FencedException.class::isInstance)
                        .isPresent()) {
            fenced();
        }
        if (!isOpen) {
            judge.must("opening " + tested.name, this::reopen);
        }
    }

    String summary() {
        return tested.name + ": " + done + " steps, " + tested.acknowledgedRequests() + " requests acknowledged, "
                + tested.failedRequests() + " not, failures " + failures;
    }
}
