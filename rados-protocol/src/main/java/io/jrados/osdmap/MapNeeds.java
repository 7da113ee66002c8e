package io.jrados.osdmap;

import io.jrados.crush.BucketAlgorithm;
import io.jrados.crush.CrushMap;
import io.jrados.crush.Rule;
import io.jrados.crush.Rule.Step;
import io.jrados.crush.Tunables;

/**
 * The oldest release whose clients understand a map: OSDMap::get_features and get_min_compat_client
 * (src/osd/OSDMap.cc). An OSD hangs up on clients that lack what its map needs.
 */
final class MapNeeds {
    private static final int ARGONAUT = 1;
    private static final int DUMPLING = 4;
    private static final int FIREFLY = 6;
    private static final int HAMMER = 8;
    private static final int JEWEL = 10;

    private final OsdMap map;
    private final CrushMap crush;

    MapNeeds(OsdMap map) {
        this.map = map;
        crush = map.crush();
    }

    /** A number of {@link Release}, or of one before. */
    int oldestClient() {
        Tunables tunables = crush.tunables();
        Overrides overrides = map.overrides();
        if (tunables.msrDescents() != Tunables.ARGONAUT.msrDescents()
                || tunables.msrCollisionTries() != Tunables.ARGONAUT.msrCollisionTries()
                || crush.rules().stream().anyMatch(Rule::isMultiStepRetry)) {
            return Release.SQUID;
        }
        if (!overrides.upmapPrimaries().isEmpty()) {
            return Release.REEF;
        }
        if (!overrides.upmap().isEmpty() || !overrides.upmapItems().isEmpty() || crush.hasIncompatibleChooseArgs()) {
            return Release.LUMINOUS;
        }
        if (tunables.chooseleafStable() || someRuleHas(Step.SET_CHOOSELEAF_STABLE)) {
            return JEWEL;
        }
        if (crush.hasBuckets(BucketAlgorithm.STRAW2)) {
            return HAMMER;
        }
        return olderThanHammer(tunables);
    }

    private int olderThanHammer(Tunables tunables) {
        if (tunables.chooseleafVaryR() != 0
                || someRuleHas(Step.SET_CHOOSELEAF_VARY_R)
                || map.osdTable().hasReducedAffinities()
                || map.pools().values().stream().anyMatch(MapNeeds::isTiered)) {
            return FIREFLY;
        }
        return tunables.chooseleafDescendOnce()
                        || map.pools().values().stream().anyMatch(pool -> pool.has(PoolFlags.HASHPSPOOL))
                ? DUMPLING
                : ARGONAUT;
    }

    private boolean someRuleHas(int operation) {
        return map.pools().values().stream()
                .flatMap(pool -> crush.rule(pool.shape().crushRule()).stream())
                .anyMatch(rule -> rule.steps().stream().anyMatch(step -> step.operation() == operation));
    }

    private static boolean isTiered(PoolInfo pool) {
        return !pool.tiers().tiers().isEmpty() || pool.tiers().tierOf() >= 0;
    }
}
