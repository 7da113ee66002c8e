package io.jrados.osd;

import io.jrados.error.Stage;
import io.jrados.message.HObject;
import io.jrados.message.OsdFlags;
import io.jrados.message.OsdOpReply;
import io.jrados.message.Spg;
import io.jrados.osd.op.SnapContext;
import io.jrados.osdmap.Interval;
import io.jrados.osdmap.MapFlags;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PoolFlags;
import io.jrados.osdmap.PoolInfo;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The destination of an operation under the map in force, and what may keep it from going there
 * (Objecter::_calc_target, src/osdc/Objecter.cc). No OSD is a target too: the operation is homeless until a map gives
 * it one.
 */
final class Target {
    /** The meaning of a newer map for an operation. */
    enum Change {
        /** The operation is where it should be, or waits as before. */
        UNCHANGED,
        /** The operation must be sent, maybe again: to another OSD, to a cut group, or because what held it is over. */
        MOVED,
        /** Its pool is not in this map. */
        POOL_GONE,
        /** Its pool was told to fail everything. */
        POOL_FAILED
    }

    private static final long NO_TIER = -1;

    /** The obstacle to sending it, as a clause; empty for nothing. */
    private record Pause(Stage stage, String cause) {
        static final Pause NONE = new Pause(Stage.PAUSED, "");
        static final Pause READS = new Pause(Stage.PAUSED, "the cluster has paused reads");
        static final Pause WRITES = new Pause(Stage.PAUSED, "the cluster has paused writes");
        static final Pause CLUSTER_FULL = new Pause(Stage.FULL, "the cluster is full");
        static final Pause POOL_FULL = new Pause(Stage.FULL, "the pool is full or over its quota");
    }

    private ObjectName object;
    private int flags;
    private final Placing placing;
    private @Nullable Interval interval;
    /** The OSD where it goes, which is not the primary for some reads; -1 for nowhere. */
    private int osd = -1;

    private long placedEpoch;
    private boolean poolSeen;
    private boolean full;
    private Pause pause = Pause.NONE;

    /**
     * @param flags {@link OsdFlags} of the whole operation
     * @param placing what it shares with the client's other operations
     */
    Target(ObjectName object, int flags, Placing placing) {
        this.object = object;
        this.flags = flags;
        this.placing = placing;
    }

    /**
     * Takes a newer map into account.
     *
     * @param anyInterval whether a new interval with the same primary counts as a move: for watches
     */
    Change update(OsdMap map, boolean anyInterval) {
        Optional<PoolInfo> base = map.pool(object.pool());
        Optional<PoolInfo> pool = base.flatMap(found -> map.pool(overlay(found)));
        if (pool.isEmpty()) {
            interval = null;
            return Change.POOL_GONE;
        }
        poolSeen = true;
        if (base.get().has(PoolFlags.EIO)) {
            return Change.POOL_FAILED;
        }
        return update(map, base.get(), pool.get(), anyInterval);
    }

    private long overlay(PoolInfo base) {
        if ((flags & OsdFlags.IGNORE_OVERLAY) != 0 || object.seed().isPresent()) {
            return base.id();
        }
        // What is ordered with writes goes where they went.
        boolean asWrite = isWriteOrdered();
        if (asWrite && base.tiers().writeTier() != NO_TIER) {
            return base.tiers().writeTier();
        }
        return !asWrite && base.tiers().readTier() != NO_TIER ? base.tiers().readTier() : base.id();
    }

    private Change update(OsdMap map, PoolInfo base, PoolInfo pool, boolean anyInterval) {
        Interval now = map.interval(object.rawIn(pool)).orElseThrow();
        Interval before = interval;
        boolean moved = before == null
                || now.needsResendSince(before)
                || (anyInterval || osd != before.placement().actingPrimary()) && now.isNewSince(before)
                || placedEpoch < base.epochs().forceResend();
        boolean wasPaused = isPaused();
        boolean wasFull = full;
        full = map.has(MapFlags.FULL) || base.isFull();
        pause = pauseIn(map, base);
        interval = now;
        placedEpoch = map.epoch();
        if (moved) {
            osd = choose(map, pool, now);
        }
        boolean mayBeDropped = full && !wasFull && isWriteOrdered() && !isWrite() && !passesFull();
        return moved || mayBeDropped || wasPaused && !isPaused() ? Change.MOVED : Change.UNCHANGED;
    }

    private int choose(OsdMap map, PoolInfo pool, Interval now) {
        boolean anyReplica = (flags & (OsdFlags.BALANCE_READS | OsdFlags.LOCALIZE_READS)) != 0
                && !isWrite()
                && !pool.isErasure()
                && now.placement().actingSize() > 1;
        ReplicaChoice replicas = placing.replicas();
        return anyReplica && replicas != null
                ? replicas.choose(map, now.placement(), flags)
                : now.placement().actingPrimary();
    }

    private Pause pauseIn(OsdMap map, PoolInfo base) {
        if (map.epoch() < placing.barrier()) {
            return new Pause(
                    Stage.MAP,
                    "OSD map " + map.epoch() + " is older than " + placing.barrier() + ", which is waited for");
        }
        if (!isWrite()) {
            return map.has(MapFlags.PAUSERD) ? Pause.READS : Pause.NONE;
        }
        if (map.has(MapFlags.PAUSEWR)) {
            return Pause.WRITES;
        }
        boolean waits = waitsForSpace();
        if (waits && map.has(MapFlags.FULL)) {
            return Pause.CLUSTER_FULL;
        }
        if (waits && base.isFull()) {
            return Pause.POOL_FULL;
        }
        return (flags & OsdFlags.READ) != 0 && map.has(MapFlags.PAUSERD) ? Pause.READS : Pause.NONE;
    }

    /** Whether it is a write that a full pool keeps waiting. */
    private boolean waitsForSpace() {
        return isWrite() && !passesFull();
    }

    /** Whether a full pool lets it pass, and OSDs do not drop it when its pool becomes full. */
    boolean passesFull() {
        return (flags & (OsdFlags.FULL_TRY | OsdFlags.FULL_FORCE)) != 0;
    }

    /**
     * Whether OSDs order it with writes, and so drop it like one when its pool becomes full
     * (op_target_t::respects_full, src/osdc/Objecter.h).
     */
    boolean isWriteOrdered() {
        return (flags & (OsdFlags.WRITE | OsdFlags.RWORDERED)) != 0;
    }

    boolean isWrite() {
        return (flags & OsdFlags.WRITE) != 0;
    }

    /** Follows an OSD's redirect, for good. */
    void redirected(OsdOpReply.Redirect redirect) {
        flags |= OsdFlags.REDIRECTED | OsdFlags.IGNORE_CACHE | OsdFlags.IGNORE_OVERLAY;
        object = new ObjectName(
                redirect.locator().pool(),
                object.poolName(),
                redirect.locator().namespace(),
                redirect.locator().key(),
                redirect.object().isEmpty() ? object.name() : redirect.object());
    }

    /** Returns the object, after redirects. */
    ObjectName object() {
        return object;
    }

    /** A replica could not answer for sure: from now on it goes to the primary. */
    void toPrimary() {
        flags &= ~(OsdFlags.BALANCE_READS | OsdFlags.LOCALIZE_READS);
    }

    /** Forgets where it was, so that the next update is a move. */
    void forget() {
        interval = null;
    }

    int flags() {
        return flags;
    }

    boolean isPaused() {
        return pause != Pause.NONE;
    }

    /** Returns a clause that says why it is paused. */
    String pause() {
        return pause.cause;
    }

    /** The kind of the pause; only while it is paused. */
    Stage pauseStage() {
        return pause.stage;
    }

    /** Whether some map had its pool: then a map without it means that it was deleted. */
    boolean poolSeen() {
        return poolSeen;
    }

    /** The OSD to send to, or -1. */
    int osd() {
        return interval == null ? -1 : osd;
    }

    /** The group with the primary's shard; only while there is an interval. */
    Spg group() {
        Interval known = placed();
        return new Spg(known.pg().pool(), known.pg().seed(), known.primaryShard());
    }

    /** The object's whole hash. */
    int hash() {
        return placed().raw().seed();
    }

    /** The pool that it is sent to: the object's own or its cache. */
    long pool() {
        return placed().raw().pool();
    }

    /** Its place in the order of the group's objects: what backoffs are about. */
    HObject place() {
        String key = object.key().equals(object.name()) ? "" : object.key();
        return new HObject(key, object.name(), SnapContext.HEAD, hash(), false, object.namespace(), pool());
    }

    private Interval placed() {
        Interval known = interval;
        if (known == null) {
            throw new IllegalStateException(object + " has no placement");
        }
        return known;
    }

    /** {@code group 2.1f}, for errors. */
    String groupText() {
        return interval == null ? "no group" : "group " + interval.pg();
    }
}
