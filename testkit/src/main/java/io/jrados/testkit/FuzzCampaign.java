package io.jrados.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decoders, each with all good bytes that there are for it. Each is fed every truncation of them, and
 * {@code -Djrados.fuzz=N} mutations, shared out among them; {@code -Djrados.fuzz.seed=N} makes others.
 *
 * <pre>{@code
 * FuzzCampaign campaign = new FuzzCampaign();
 * campaign.add("utime", new Fuzz("now", bytes, in -> Decoder.whole(in, Utime::decode), MalformedException.class));
 * LOG.info("{}", campaign.run());
 * }</pre>
 */
public final class FuzzCampaign {
    /** Mutations for each decoder. */
    public static final int MUTATIONS = Integer.getInteger("jrados.fuzz", 200);

    /** The seed of the mutations. */
    public static final long SEED = Long.getLong("jrados.fuzz.seed", 1);

    private final Map<String, List<Fuzz>> decoders = new LinkedHashMap<>();

    /** The outcome of a campaign: numbers of decoders, of good inputs, and of damaged ones. */
    public record Outcome(int decoders, int goldens, long mutations, long truncations, long decoded, long refused) {
        @Override
        public String toString() {
            return String.format(
                    "%d decoders, fed %d mutations and %d truncations of %d golden inputs: %d decoded, %d refused",
                    decoders, mutations, truncations, goldens, decoded, refused);
        }
    }

    /** One more input that a decoder is fed the damage of. */
    public FuzzCampaign add(String decoder, Fuzz golden) {
        decoders.computeIfAbsent(decoder, name -> new ArrayList<>()).add(golden);
        return this;
    }

    /** The decoders that have an input. */
    public Set<String> decoders() {
        return Collections.unmodifiableSet(decoders.keySet());
    }

    /** Runs all; fails at the first input that is neither decoded nor refused as it should be. */
    public Outcome run() {
        int goldens = 0;
        long mutations = 0;
        long decoded = 0;
        long refused = 0;
        for (List<Fuzz> inputs : decoders.values()) {
            int each = (MUTATIONS + inputs.size() - 1) / inputs.size();
            for (Fuzz input : inputs) {
                Fuzz.Outcome outcome = input.run(SEED + goldens, each);
                goldens++;
                mutations += each;
                decoded += outcome.decoded();
                refused += outcome.refused();
            }
        }
        return new Outcome(decoders.size(), goldens, mutations, decoded + refused - mutations, decoded, refused);
    }
}
