package io.jrados.crush;

import java.util.List;

/**
 * A placement rule: crush_rule (src/crush/crush.h).
 *
 * @param type {@link #REPLICATED}, {@link #ERASURE}, {@link #MSR_FIRSTN} or {@link #MSR_INDEP}
 */
public record Rule(int id, int type, List<Step> steps) {
    public static final int REPLICATED = 1;
    public static final int ERASURE = 3;
    public static final int MSR_FIRSTN = 4;
    public static final int MSR_INDEP = 5;

    /**
     * One step.
     *
     * @param operation one of the constants; others are stepped over
     */
    public record Step(int operation, int argument1, int argument2) {
        public static final int NOOP = 0;
        public static final int TAKE = 1;
        public static final int CHOOSE_FIRSTN = 2;
        public static final int CHOOSE_INDEP = 3;
        public static final int EMIT = 4;
        public static final int CHOOSELEAF_FIRSTN = 6;
        public static final int CHOOSELEAF_INDEP = 7;
        public static final int SET_CHOOSE_TRIES = 8;
        public static final int SET_CHOOSELEAF_TRIES = 9;
        public static final int SET_CHOOSE_LOCAL_TRIES = 10;
        public static final int SET_CHOOSE_LOCAL_FALLBACK_TRIES = 11;
        public static final int SET_CHOOSELEAF_VARY_R = 12;
        public static final int SET_CHOOSELEAF_STABLE = 13;
        public static final int SET_MSR_DESCENTS = 14;
        public static final int SET_MSR_COLLISION_TRIES = 15;
        public static final int CHOOSE_MSR = 16;

        /** Whether this sets a number of tries. */
        boolean isSetting() {
            return operation >= SET_CHOOSE_TRIES && operation <= SET_MSR_COLLISION_TRIES;
        }
    }

    /** Whether the whole rule is tried again when a step finds nothing (Squid). */
    public boolean isMultiStepRetry() {
        return type == MSR_FIRSTN || type == MSR_INDEP;
    }
}
