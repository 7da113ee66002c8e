package io.jrados.conf;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * The clock and the random source of one client. Everything with a time-out or a choice gets one, so that a test can
 * drive it by hand and replay it.
 */
public interface Environment {
    /** Monotonic nanoseconds: for every timer, never compared with wall clocks. */
    long nanoTime();

    /** Wall clock, milliseconds since 1970: for object mtimes only. */
    long wallClockMillis();

    /** For nonces, challenges and random choices; cryptographically strong in production. */
    RandomGenerator random();

    /** The machine's clock and a {@link SecureRandom}. */
    static Environment system() {
        SecureRandom random = new SecureRandom();
        return new Environment() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public long wallClockMillis() {
                return System.currentTimeMillis();
            }

            @Override
            public RandomGenerator random() {
                return random;
            }
        };
    }
}
