package io.jrados.rbd.weather;

import io.jrados.error.DeadlineException;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.Receipt;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An open image together with all that is known of it: what each block may have, how large it may be, which snapshots
 * it has and which it may have. Requests go through it so that the model and the image hear of the same things. For one
 * thread; only {@link #cancelAll} may be called by others.
 */
final class TestedImage {
    static final int ORDER = 16;
    static final int OBJECT_BLOCKS = (1 << ORDER) / Block.SIZE;
    static final int OBJECTS = 16;
    static final int MOST_OBJECTS = 32;
    static final ImageOptions OPTIONS = ImageOptions.DEFAULT.withOrder(ORDER);

    /** Versions of all blocks of all images: no two writes have the same bytes. */
    private static final AtomicLong VERSIONS = new AtomicLong();

    private record Flight(BlockModel.Change change, boolean oneObject, CompletableFuture<Void> done) {}

    private record Claim(BlockModel.Change change, boolean finishes, CompletableFuture<Void> end) {}

    final String name;
    final BlockModel model;
    final Set<Long> sizes = new TreeSet<>();
    final Set<String> maybe = new TreeSet<>();
    final Set<String> children = new TreeSet<>();
    private final List<Flight> flights = new CopyOnWriteArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
    private final Duration limit;
    private Rbd rbd;
    private Image image;
    private int acknowledged;
    private int failed;
    private final List<String> log = new CopyOnWriteArrayList<>();

    private TestedImage(Rbd rbd, String name, BlockModel model, long size, Duration limit) throws Exception {
        this.rbd = rbd;
        this.name = name;
        this.model = model;
        this.limit = limit;
        sizes.add(size);
        image = rbd.open(name);
    }

    /** @param limit how long anything may take that is waited for: three times what the deadlines promise */
    static TestedImage create(Rbd rbd, String name, Duration limit) throws Exception {
        patient(rbd, limit).create(name, (long) OBJECTS << ORDER, OPTIONS);
        return new TestedImage(
                rbd,
                name,
                new BlockModel(MOST_OBJECTS * OBJECT_BLOCKS, block -> Set.of(0L)),
                (long) OBJECTS << ORDER,
                limit);
    }

    /** The weather has not begun yet, but the OSDs may still suffer from the last one. */
    private static Rbd patient(Rbd rbd, Duration limit) {
        return Rbd.on(rbd.pool().withDeadline(limit));
    }

    /** A clone of a snapshot of this image, which has to be at rest. */
    TestedImage clone(String snapshot, String child, int format) throws Exception {
        List<Set<Long>> origin = model.snapshot(snapshot);
        patient(rbd, limit)
                .clone(
                        ImageSpec.of(rbd.pool().name(), name)
                                .inNamespace(rbd.pool().namespace())
                                .at(snapshot),
                        child,
                        OPTIONS.withCloneFormat(format));
        BlockModel blocks = new BlockModel(
                MOST_OBJECTS * OBJECT_BLOCKS, block -> block < origin.size() ? origin.get(block) : Set.of(0L));
        return new TestedImage(rbd, child, blocks, (long) origin.size() * Block.SIZE, limit);
    }

    Image image() {
        return image;
    }

    Rbd rbd() {
        return rbd;
    }

    String spec() {
        return rbd.pool().name() + "/" + name;
    }

    /** Opens it anew, with the same client or another. */
    void reopen(Rbd with) throws Exception {
        rbd = with;
        image = with.open(name);
    }

    /** Blocks that the image has whatever became of a resize. */
    int blocks() {
        return (int) (Collections.min(sizes) / Block.SIZE);
    }

    int acknowledgedRequests() {
        return acknowledged;
    }

    int failedRequests() {
        return failed;
    }

    int inFlight() {
        return flights.size();
    }

    // ---- requests

    boolean isBusy(int first, int count) {
        return flights.stream()
                .anyMatch(flight -> flight.change().first() < first + count
                        && first < flight.change().first() + flight.change().count());
    }

    /** Writes blocks of a new version, unless one of them is being changed already. */
    void submitWrite(int first, int count) {
        if (isBusy(first, count)) {
            return;
        }
        long version = VERSIONS.incrementAndGet();
        ByteBuffer bytes = Block.bytes(first, Collections.nCopies(count, version));
        BlockModel.Change change = model.begin(first, count, version);
        submitted(change, image.writeAsync((long) first * Block.SIZE, bytes));
    }

    /** Discards whole objects: of less, the granularity may keep what is there. */
    void submitDiscard(int object, int count) {
        int first = object * OBJECT_BLOCKS;
        int blocks = count * OBJECT_BLOCKS;
        if (!isBusy(first, blocks)) {
            submitted(
                    model.begin(first, blocks, 0),
                    image.discardAsync((long) first * Block.SIZE, (long) blocks * Block.SIZE));
        }
    }

    void submitZeroes(int first, int count, boolean thick) {
        if (!isBusy(first, count)) {
            submitted(
                    model.begin(first, count, 0),
                    image.writeZeroesAsync((long) first * Block.SIZE, (long) count * Block.SIZE, thick));
        }
    }

    /** A change of any kind somewhere in the image. */
    void submitAny(Random random) {
        int blocks = blocks();
        int first = random.nextInt(blocks);
        switch (random.nextInt(8)) {
            case 0 -> submitDiscard(first / OBJECT_BLOCKS, 1);
            case 1 -> submitZeroes(first, Math.min(1 + random.nextInt(4), blocks - first), random.nextBoolean());
            case 2 -> submitWrite(first, Math.min(1 + random.nextInt(40), blocks - first));
            default -> submitWrite(first, Math.min(1 + random.nextInt(4), blocks - first));
        }
    }

    private void submitted(BlockModel.Change change, CompletableFuture<Void> done) {
        boolean oneObject = change.first() / OBJECT_BLOCKS == (change.first() + change.count() - 1) / OBJECT_BLOCKS;
        flights.add(new Flight(change, oneObject, done));
        log.add("begin " + change);
    }

    /** Waits for all that was submitted; what failed is unknown, unless it says that it was never sent. */
    void harvest() {
        List<Flight> all;
        all = List.copyOf(flights);
        all.forEach(this::harvest);
        flights.removeAll(all);
    }

    /** Takes what has ended already. */
    void harvestDone() {
        List<Flight> ended;
        ended = flights.stream().filter(flight -> flight.done().isDone()).toList();
        ended.forEach(this::harvest);
        flights.removeAll(ended);
    }

    private void harvest(Flight flight) {
        try {
            flight.done().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            model.acknowledged(flight.change());
            log.add("acknowledged " + flight.change().order());
            acknowledged++;
        } catch (TimeoutException open) {
            throw new AssertionError(
                    name + ": a change of blocks " + flight.change() + " is open after " + limit, open);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while harvesting", stopped);
        } catch (CancellationException cancelled) {
            log.add("cancelled " + flight.change().order());
            failed++;
        } catch (ExecutionException failure) {
            log.add("failed " + flight.change().order() + ": " + failure.getCause());
            failed++;
            if (failure.getCause() instanceof OutcomeUnknownException unknown) {
                present(flight.change(), unknown.receipt());
            }
            if (flight.oneObject()
                    && failure.getCause() instanceof DeadlineException late
                    && late.sent() == DeadlineException.Sent.NEVER_SENT) {
                model.withdrawn(flight.change());
            }
        }
    }

    /** Notes what else is done to the image, for {@link #log}. */
    void note(String what) {
        log.add(what);
    }

    /** The last things that were done to the image. */
    String log() {
        List<String> all = List.copyOf(log);
        return String.join("\n    ", all.subList(Math.max(0, all.size() - 150), all.size()));
    }

    /** A receipt is presented in one of its three ways: only what was finished is known to be there. */
    private void present(BlockModel.Change change, Receipt receipt) {
        claims.add(
                switch (failed % 3) {
                    case 0 -> new Claim(change, true, receipt.finishAsync());
                    case 1 -> new Claim(change, false, receipt.abandonAsync());
                    default -> new Claim(change, false, receipt.settledAsync());
                });
    }

    /** In good weather each receipt ends. */
    void awaitReceipts() throws Exception {
        for (Claim claim : claims) {
            try {
                claim.end().get(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (claim.finishes()) {
                    model.acknowledged(claim.change());
                    log.add("finished " + claim.change().order());
                }
            } catch (TimeoutException open) {
                throw new AssertionError(name + ": the receipt of " + claim.change() + " is open after " + limit, open);
            } catch (ExecutionException told) {
                log.add("receipt of " + claim.change().order() + ": " + told.getCause());
            }
        }
        claims.clear();
    }

    void cancelAll() {
        flights.forEach(flight -> flight.done().cancel(true));
    }

    /** Reads blocks while the image is in use. */
    void read(int first, int count) throws Exception {
        List<Set<Long>> before = model.now(first + count).subList(first, first + count);
        byte[] bytes = new byte[count * Block.SIZE];
        image.read((long) first * Block.SIZE, ByteBuffer.wrap(bytes));
        model.read(first, before, bytes, name);
    }

    /** Writes that must succeed in good weather, if not at once: to a block of each object. */
    void mustWrite() {
        for (int block = 0; block < blocks(); block += OBJECT_BLOCKS) {
            int before = acknowledged;
            long end = System.nanoTime() + limit.toNanos();
            do {
                harvest();
                submitWrite(block, 1);
                harvest();
            } while (acknowledged == before && System.nanoTime() < end);
            if (acknowledged == before) {
                throw new AssertionError(name + " cannot be written in good weather: block " + block + " in " + limit);
            }
        }
    }

    /** A write by somebody else, whose outcome is told later. */
    BlockModel.Change foreign(int first, int count, long version) {
        return model.begin(first, count, version);
    }

    static long newVersion() {
        return VERSIONS.incrementAndGet();
    }
}
