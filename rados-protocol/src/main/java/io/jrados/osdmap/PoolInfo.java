package io.jrados.osdmap;

import io.jrados.crush.CrushHash;
import java.util.Map;

/**
 * One pool in one map: pg_pool_t (src/osd/osd_types.h).
 *
 * @param flags bits of {@link PoolFlags}
 * @param applications metadata by application: "rbd", "cephfs", "rgw"
 * @param detail what a client does not go by
 */
public record PoolInfo(
        long id,
        long flags,
        PoolShape shape,
        PoolSnaps snaps,
        PoolTiers tiers,
        PoolLimits limits,
        PoolService service,
        Map<String, Map<String, String>> applications,
        PoolDetail detail) {

    public boolean has(long flag) {
        return (flags & flag) != 0;
    }

    public boolean isErasure() {
        return shape.type() == PoolShape.ERASURE;
    }

    public int pgNum() {
        return shape.pgNum();
    }

    public int size() {
        return shape.size();
    }

    /** Whether writes wait for space: over a quota, or some OSD of the pool is full. */
    public boolean isFull() {
        return has(PoolFlags.FULL);
    }

    public PoolEpochs epochs() {
        return service.epochs();
    }

    public PoolPeering peering() {
        return service.peering();
    }

    public PoolErasure erasure() {
        return service.erasure();
    }

    /**
     * The raw group of an object: its whole hash.
     *
     * @param key the locator's key, which takes the name's place when not empty
     */
    public PgId rawPgOf(String name, String key, String namespace) {
        return new PgId(id, ObjectHash.of(shape.objectHash(), key.isEmpty() ? name : key, namespace));
    }

    /** The group that a raw one is, or was folded into. */
    public PgId pgOf(PgId raw) {
        return new PgId(id, fold(raw.seed()));
    }

    int fold(int hash) {
        return PgId.stableMod(hash, shape.pgNum(), PgId.mask(shape.pgNum()));
    }

    /** This pool as an incremental brings it: changed in the epoch that it leads to. */
    PoolInfo changedAt(long epoch) {
        PoolEpochs epochs = service.epochs();
        PoolEpochs now = new PoolEpochs(
                epoch, epochs.forceResend(), epochs.forceResendPreNautilus(), epochs.forceResendPreLuminous());
        return new PoolInfo(
                id,
                flags,
                shape,
                snaps,
                tiers,
                limits,
                new PoolService(now, service.peering(), service.erasure()),
                applications,
                detail);
    }

    /** Returns the number that CRUSH places for a group: pools that hash it in do not lie on top of each other. */
    int placementSeed(PgId pg) {
        int seed = PgId.stableMod(pg.seed(), shape.pgpNum(), PgId.mask(shape.pgpNum()));
        return has(PoolFlags.HASHPSPOOL) ? CrushHash.hash(seed, (int) id) : seed + (int) id;
    }
}
