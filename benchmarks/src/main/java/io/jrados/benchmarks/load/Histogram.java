package io.jrados.benchmarks.load;

/** Counts of durations, each known to within 1/64 of itself. */
final class Histogram {
    private static final int BITS = 6;
    private static final int STEPS = 1 << BITS;

    private final long[] counts = new long[(Long.SIZE - BITS) * STEPS];
    private long total;

    void record(long nanos) {
        counts[index(Math.max(nanos, 0))]++;
        total++;
    }

    private static int index(long value) {
        int shift = Math.max(0, Long.SIZE - 1 - BITS - Long.numberOfLeadingZeros(value));
        return (shift << BITS) + (int) (value >>> shift);
    }

    void add(Histogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
    }

    long total() {
        return total;
    }

    /** The duration that {@code share} of all did not exceed. */
    long quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                int shift = Math.max(0, (i >> BITS) - 1);
                return ((long) (i - (shift << BITS)) << shift) + ((1L << shift) >> 1);
            }
        }
        return 0;
    }
}
