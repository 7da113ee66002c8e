package io.jrados.micrometer;

import io.jrados.error.Errno;
import io.jrados.rados.RadosObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The operations and state of one client as meters. Give each client an observer of its own, with tags that tell it
 * from others: {@code Rados.builder(conf).observer(new MicrometerObserver(registry, Tags.of("cluster", "backup")))}.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>name</th><th>what</th><th>tags beside those given</th></tr>
 * <tr><td>rados.operations</td><td>timer: from submission to the end</td>
 *     <td>pool; kind: read or write; outcome: ok, or an errno such as ENOENT</td></tr>
 * <tr><td>rados.operations.bytes</td><td>summary of the bytes sent, or asked for, by those that succeeded</td>
 *     <td>pool; kind</td></tr>
 * <tr><td>rados.operations.outstanding</td><td>gauge: submitted and not ended</td><td></td></tr>
 * <tr><td>rados.operations.resent</td><td>counter: sent again, to this OSD or another</td><td></td></tr>
 * <tr><td>rados.operations.held</td><td>gauge: held for 5 s or more, of those that the log tells of</td><td></td></tr>
 * <tr><td>rados.pools.full</td><td>gauge: pools that are full or over their quota</td><td></td></tr>
 * <tr><td>rados.watches.lost</td><td>counter</td><td>reason: an errno</td></tr>
 * <tr><td>rbd.images.opened.slowly</td><td>timer: opening an image, if it took 5 s or more</td><td>pool</td></tr>
 * <tr><td>rados.connections</td><td>gauge: OSDs whose connection can carry operations</td><td></td></tr>
 * <tr><td>rados.connections.lost</td><td>counter</td><td>reason: an errno</td></tr>
 * <tr><td>rados.backoffs</td><td>gauge: OSDs that hold some operations back</td><td></td></tr>
 * <tr><td>rados.osdmap.epoch</td><td>gauge: of the OSD map in force</td><td></td></tr>
 * </table>
 *
 * <p>No meter has an OSD's number for a tag, as a cluster may have thousands. After its client was closed, what it
 * leaves in the registry is the caller's to remove.
 */
public final class MicrometerObserver implements RadosObserver {
    private final MeterRegistry registry;
    private final Tags tags;

    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Key, DistributionSummary> sizes = new ConcurrentHashMap<>();
    private final Counter resent;
    private final LongAdder outstanding = new LongAdder();
    private final LongAdder held = new LongAdder();
    private final Set<String> full = ConcurrentHashMap.newKeySet();
    private final Set<Integer> connected = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> backoffs = new ConcurrentHashMap<>();
    private final AtomicLong epoch = new AtomicLong();

    /**
     * A registry looks a meter up by building its id anew, which would cost each operation more than the rest of this.
     */
    private record Key(String pool, boolean write, Optional<Errno> failure) {
        Tags in(Tags given) {
            return given.and("pool", pool, "kind", write ? "write" : "read");
        }
    }

    /** Without tags of its own. */
    public MicrometerObserver(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /** With these tags on every meter. */
    public MicrometerObserver(MeterRegistry registry, Tags tags) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.tags = Objects.requireNonNull(tags, "tags");
        this.resent = Counter.builder("rados.operations.resent")
                .description("Operations that were sent to an OSD again")
                .tags(tags)
                .register(registry);
        Gauge.builder("rados.operations.outstanding", outstanding, LongAdder::doubleValue)
                .description("Operations that were submitted and have not ended")
                .tags(tags)
                .register(registry);
        Gauge.builder("rados.operations.held", held, LongAdder::doubleValue)
                .description("Operations that are held for 5 s or more")
                .tags(tags)
                .register(registry);
        Gauge.builder("rados.pools.full", full, Set::size)
                .description("Pools that are full or over their quota")
                .tags(tags)
                .register(registry);
        Gauge.builder("rados.connections", connected, Set::size)
                .description("OSDs whose connection can carry operations")
                .tags(tags)
                .register(registry);
        Gauge.builder("rados.backoffs", backoffs, Map::size)
                .description("OSDs that hold some operations back")
                .tags(tags)
                .register(registry);
        Gauge.builder("rados.osdmap.epoch", epoch, AtomicLong::doubleValue)
                .description("The epoch of the OSD map in force")
                .tags(tags)
                .register(registry);
    }

    @Override
    public void operationBegan(String pool, boolean write) {
        Objects.requireNonNull(pool, "pool");
        outstanding.increment();
    }

    @Override
    public void operationEnded(String pool, boolean write, long bytes, Duration took, Optional<Errno> failure) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(took, "took");
        Objects.requireNonNull(failure, "failure");
        outstanding.decrement();
        timers.computeIfAbsent(new Key(pool, write, failure), this::timer).record(took);
        if (failure.isEmpty()) {
            sizes.computeIfAbsent(new Key(pool, write, failure), this::size).record(bytes);
        }
    }

    private Timer timer(Key key) {
        return Timer.builder("rados.operations")
                .description("Operations on objects, from submission to the end")
                .tags(key.in(tags).and("outcome", key.failure().map(Errno::name).orElse("ok")))
                .register(registry);
    }

    private DistributionSummary size(Key key) {
        return DistributionSummary.builder("rados.operations.bytes")
                .description("Bytes sent, or asked for, by operations that succeeded")
                .baseUnit("bytes")
                .tags(key.in(tags))
                .register(registry);
    }

    @Override
    public void operationResent(int osd) {
        resent.increment();
    }

    @Override
    public void osdConnected(int osd) {
        connected.add(osd);
    }

    @Override
    public void osdLost(int osd, Errno why) {
        Objects.requireNonNull(why, "why");
        connected.remove(osd);
        backoffs.remove(osd);
        registry.counter("rados.connections.lost", tags.and("reason", why.name()))
                .increment();
    }

    @Override
    public void heldBack(int osd, boolean begin) {
        if (begin) {
            backoffs.merge(osd, 1, Integer::sum);
        } else {
            backoffs.computeIfPresent(osd, (number, held) -> held > 1 ? held - 1 : null);
        }
    }

    @Override
    public void operationHeld(String pool, boolean begin) {
        Objects.requireNonNull(pool, "pool");
        held.add(begin ? 1 : -1);
    }

    @Override
    public void poolFull(String pool, boolean begin) {
        Objects.requireNonNull(pool, "pool");
        if (begin) {
            full.add(pool);
        } else {
            full.remove(pool);
        }
    }

    @Override
    public void watchLost(String pool, Errno why) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(why, "why");
        registry.counter("rados.watches.lost", tags.and("reason", why.name())).increment();
    }

    @Override
    public void imageOpenedSlowly(String pool, Duration took) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(took, "took");
        registry.timer("rbd.images.opened.slowly", tags.and("pool", pool)).record(took);
    }

    @Override
    public void osdMap(long newest) {
        epoch.set(newest);
    }
}
