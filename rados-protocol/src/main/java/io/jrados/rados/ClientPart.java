package io.jrados.rados;

import io.jrados.error.Explanation;

/**
 * State that a layer above RADOS keeps for one client, such as the locks that its images hold. It is made when it is
 * first asked for ({@link Rados#part}), shared by everything that uses the client, and told when the client closes.
 */
public interface ClientPart {
    /**
     * The client is about to close: its connections still exist, but nothing that is begun now is certain to end.
     * Called once; must not block.
     */
    void clientCloses();

    /**
     * Adds whatever waits in this layer, for {@link Rados#explainAsync}. Called on the client's loop; must not block.
     */
    default void explain(Explanation.Builder all) {}
}
