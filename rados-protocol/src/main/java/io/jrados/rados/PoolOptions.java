package io.jrados.rados;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The options of a new pool. Immutable.
 *
 * @param placementGroups the cluster's default if empty
 * @param size copies; the cluster's default if empty; not for erasure-coded pools
 * @param erasureProfile makes an erasure-coded pool with this profile
 * @param rule name of the CRUSH rule; the cluster's default if empty
 */
public record PoolOptions(
        OptionalInt placementGroups, OptionalInt size, Optional<String> erasureProfile, Optional<String> rule) {
    /** As the cluster makes pools by default. */
    public static final PoolOptions DEFAULT =
            new PoolOptions(OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());

    public PoolOptions withPlacementGroups(int count) {
        return new PoolOptions(OptionalInt.of(count), size, erasureProfile, rule);
    }

    public PoolOptions withSize(int copies) {
        return new PoolOptions(placementGroups, OptionalInt.of(copies), erasureProfile, rule);
    }

    public PoolOptions erasureCoded(String profile) {
        return new PoolOptions(placementGroups, size, Optional.of(profile), rule);
    }

    public PoolOptions withRule(String crushRule) {
        return new PoolOptions(placementGroups, size, erasureProfile, Optional.of(crushRule));
    }

    Command command(String pool) {
        Command command = Command.of("osd pool create").with("pool", pool);
        if (placementGroups.isPresent()) {
            command = command.with("pg_num", placementGroups.getAsInt()).with("pgp_num", placementGroups.getAsInt());
        }
        if (erasureProfile.isPresent()) {
            command = command.with("pool_type", "erasure").with("erasure_code_profile", erasureProfile.get());
        } else if (size.isPresent()) {
            command = command.with("pool_type", "replicated").with("size", size.getAsInt());
        }
        return rule.isPresent() ? command.with("rule", rule.get()) : command;
    }
}
