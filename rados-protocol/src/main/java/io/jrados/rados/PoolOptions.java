package io.jrados.rados;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** The options of a new pool. What is left open is as the cluster says. Immutable; begin with {@link #DEFAULT}. */
public final class PoolOptions {
    /** As the cluster makes pools by default. */
    public static final PoolOptions DEFAULT =
            new PoolOptions(new Values(OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty()));

    private final Values values;

    private record Values(OptionalInt groups, OptionalInt size, Optional<String> profile, Optional<String> rule) {}

    private PoolOptions(Values values) {
        this.values = values;
    }

    /** Returns the number of placement groups. */
    public OptionalInt placementGroups() {
        return values.groups;
    }

    /** Returns the number of copies; not for erasure-coded pools. */
    public OptionalInt size() {
        return values.size;
    }

    /** Returns the profile of an erasure-coded pool; empty for a replicated one. */
    public Optional<String> erasureProfile() {
        return values.profile;
    }

    /** Returns the name of the CRUSH rule. */
    public Optional<String> rule() {
        return values.rule;
    }

    /** @throws IllegalArgumentException below 1 */
    public PoolOptions withPlacementGroups(int count) {
        return new PoolOptions(new Values(positive(count, "count"), values.size, values.profile, values.rule));
    }

    /** @throws IllegalArgumentException below 1 */
    public PoolOptions withSize(int copies) {
        return new PoolOptions(new Values(values.groups, positive(copies, "copies"), values.profile, values.rule));
    }

    /** Makes an erasure-coded pool with this profile. */
    public PoolOptions erasureCoded(String profile) {
        Objects.requireNonNull(profile, "profile");
        return new PoolOptions(new Values(values.groups, values.size, Optional.of(profile), values.rule));
    }

    public PoolOptions withRule(String crushRule) {
        Objects.requireNonNull(crushRule, "crushRule");
        return new PoolOptions(new Values(values.groups, values.size, values.profile, Optional.of(crushRule)));
    }

    private static OptionalInt positive(int count, String name) {
        if (count < 1) {
            throw new IllegalArgumentException(name + ": " + count);
        }
        return OptionalInt.of(count);
    }

    Command command(String pool) {
        Command command = Command.of("osd pool create").with("pool", pool);
        if (values.groups.isPresent()) {
            int groups = values.groups.getAsInt();
            command = command.with("pg_num", groups).with("pgp_num", groups);
        }
        if (values.profile.isPresent()) {
            command = command.with("pool_type", "erasure").with("erasure_code_profile", values.profile.get());
        } else if (values.size.isPresent()) {
            command = command.with("pool_type", "replicated").with("size", values.size.getAsInt());
        }
        return values.rule.isPresent() ? command.with("rule", values.rule.get()) : command;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PoolOptions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "PoolOptions" + values.toString().substring("Values".length());
    }
}
