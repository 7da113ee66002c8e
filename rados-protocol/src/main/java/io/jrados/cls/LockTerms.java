package io.jrados.cls;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** The terms on which a lock is asked for. Immutable; begin with {@link #USUAL}. */
public final class LockTerms {
    /** Until it is unlocked or broken; EEXIST if this holder has it already. */
    public static final LockTerms USUAL = new LockTerms(new Values("", Optional.empty(), Renewal.NONE));

    private final Values values;

    /** The terms, where callers cannot depend on how many there are. */
    private record Values(String description, Optional<Duration> duration, Renewal renewal) {}

    /** The treatment of a lock that the same holder has already. */
    public enum Renewal {
        /** EEXIST. */
        NONE(0),
        /** The holding is renewed, or taken when it is free. */
        ALLOWED(1),
        /** The holding is renewed; ENOENT if this holder does not have it. */
        REQUIRED(2);

        private final int flag;

        Renewal(int flag) {
            this.flag = flag;
        }

        int flag() {
            return flag;
        }
    }

    private LockTerms(Values values) {
        this.values = values;
    }

    /** Returns the description, which is for people; empty by default. */
    public String description() {
        return values.description;
    }

    /** Returns the time after which the cluster forgets the holder, by the OSDs' clocks; empty for never. */
    public Optional<Duration> duration() {
        return values.duration;
    }

    /** Returns what is expected of a holding that is there already. */
    public Renewal renewal() {
        return values.renewal;
    }

    /** Sets the description. */
    public LockTerms withDescription(String description) {
        Objects.requireNonNull(description, "description");
        return new LockTerms(new Values(description, values.duration, values.renewal));
    }

    /**
     * Sets the time after which the cluster forgets the holder.
     *
     * @throws IllegalArgumentException unless it is over zero
     */
    public LockTerms withDuration(Duration duration) {
        Objects.requireNonNull(duration, "duration");
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException("duration: " + duration);
        }
        return new LockTerms(new Values(values.description, Optional.of(duration), values.renewal));
    }

    /** Lets the cluster never forget the holder. */
    public LockTerms withoutDuration() {
        return new LockTerms(new Values(values.description, Optional.empty(), values.renewal));
    }

    /** Sets what is expected of a holding that is there already. */
    public LockTerms withRenewal(Renewal renewal) {
        Objects.requireNonNull(renewal, "renewal");
        return new LockTerms(new Values(values.description, values.duration, renewal));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LockTerms that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "LockTerms" + values.toString().substring("Values".length());
    }
}
