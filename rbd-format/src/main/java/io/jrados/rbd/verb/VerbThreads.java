package io.jrados.rbd.verb;

import io.jrados.error.Explanation;
import io.jrados.rados.ClientPart;
import io.jrados.rados.Rados;

/**
 * The threads on which the verbs of one client block. Verbs that this program asks for and verbs that this client, as
 * the owner of a lock, does for others never share threads: the former may wait for the owner of a lock, and if that is
 * this very client, the latter are what they wait for.
 */
public final class VerbThreads implements ClientPart {
    /** The name of the executor of verbs that this program asks for, and of its threads. */
    public static final String ASKED = "jrados-verb";

    /** The name of the executor of verbs that are done for other clients, and of its threads. */
    public static final String SERVED = "jrados-served-verb";

    private final VerbExecutor asked;
    private final VerbExecutor served;

    private VerbThreads(Rados rados) {
        this.asked = new VerbExecutor(ASKED, VerbExecutor.Limits.USUAL, ThreadKind.BEST.starter(ASKED), rados);
        this.served = new VerbExecutor(SERVED, VerbExecutor.Limits.USUAL, ThreadKind.BEST.starter(SERVED), rados);
    }

    public static VerbThreads of(Rados rados) {
        return rados.part(VerbThreads.class, () -> new VerbThreads(rados));
    }

    /** The executor of the verbs that this program asks for. */
    public VerbExecutor asked() {
        return asked;
    }

    /** The executor of the verbs that this client does for others. */
    public VerbExecutor served() {
        return served;
    }

    @Override
    public void clientCloses() {
        asked.close();
        served.close();
    }

    @Override
    public void explain(Explanation.Builder all) {
        asked.explain(all);
        served.explain(all);
    }
}
