package io.jrados.rbd.wait;

import io.jrados.error.Explanation;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A gate at one moment, for those who ask why somebody waits there.
 *
 * @param closed who holds the gate, or empties it to do so
 * @param allowed whether writers may enter
 * @param obstacle what keeps this client from having the image's lock, as a clause
 * @param changes that wait to be let in
 * @param reads that wait for a fresh header
 * @param flushes that wait for those inside, or for their place in line
 * @param claims that stand in line to close the gate, or wait for what is in doubt before that
 * @param doubts what is in doubt, as a clause; empty for nothing
 */
public record GateView(
        Optional<Closed> closed,
        boolean allowed,
        String obstacle,
        Crowd changes,
        Crowd reads,
        Crowd flushes,
        List<Closed> claims,
        String doubts) {
    /**
     * The holder that closes the gate.
     *
     * @param by what closes it, as a participle
     * @param sinceMillis by the wall clock
     * @param emptying whether some are still inside
     */
    public record Closed(String by, long sinceMillis, boolean emptying) {
        private Instant since() {
            return Instant.ofEpochMilli(sinceMillis);
        }

        @Override
        public String toString() {
            return "others being kept out by " + by + " since " + since()
                    + (emptying ? ", which waits for writes under way" : "");
        }
    }

    /** The stage of those who want to enter. */
    private Stage stage() {
        return closed.isEmpty() && !allowed ? Stage.LOCK : Stage.GATE;
    }

    /** Returns what those who want to enter wait for. */
    public String cause() {
        String cause = closed.map(Closed::toString).orElse(allowed ? "writes under way" : "its lock: " + obstacle);
        return doubts.isEmpty() ? cause : cause + "; " + doubts;
    }

    /** @param image as the {@code rbd} command names it */
    public void explain(String image, Explanation.Builder all) {
        add(changes, "change", "changes", stage(), cause(), image, all);
        add(reads, "read", "reads", Stage.GATE, cause(), image, all);
        add(flushes, "flush", "flushes", doubts.isEmpty() ? Stage.GATE : Stage.IN_DOUBT, cause(), image, all);
        closed.filter(Closed::emptying)
                .ifPresent(claim -> all.add(() -> new Waiting(
                        "closing the gate of image " + image + " for " + claim.by,
                        doubts.isEmpty() ? Stage.GATE : Stage.IN_DOUBT,
                        claim.since(),
                        "writes under way" + (doubts.isEmpty() ? "" : "; " + doubts))));
        for (Closed claim : claims) {
            all.add(() -> new Waiting(
                    "closing the gate of image " + image + " for " + claim.by,
                    claim.emptying() && !doubts.isEmpty() ? Stage.IN_DOUBT : stage(),
                    claim.since(),
                    cause()));
        }
    }

    private static void add(
            Crowd crowd, String one, String several, Stage stage, String cause, String image, Explanation.Builder all) {
        if (!crowd.isEmpty()) {
            all.add(() -> new Waiting(crowd.text(one, several) + " of image " + image, stage, crowd.since(), cause));
        }
    }
}
