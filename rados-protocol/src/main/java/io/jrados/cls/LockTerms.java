package io.jrados.cls;

import java.time.Duration;
import java.util.Objects;

/**
 * The terms on which a lock is asked for.
 *
 * @param description for people
 * @param duration after which the cluster forgets the holder, by the OSDs' clocks; zero for never
 * @param renewal what is expected of a holding that is there already
 */
public record LockTerms(String description, Duration duration, Renewal renewal) {
    /** Until it is unlocked or broken; EEXIST if this holder has it already. */
    public static final LockTerms USUAL = new LockTerms("", Duration.ZERO, Renewal.NONE);

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

    public LockTerms withDescription(String other) {
        Objects.requireNonNull(other, "other");
        return new LockTerms(other, duration, renewal);
    }

    public LockTerms withDuration(Duration other) {
        Objects.requireNonNull(other, "other");
        return new LockTerms(description, other, renewal);
    }

    public LockTerms withRenewal(Renewal other) {
        Objects.requireNonNull(other, "other");
        return new LockTerms(description, duration, other);
    }
}
