package io.jrados.rbd;

import io.jrados.testkit.CephCluster;
import java.io.IOException;
import java.time.Duration;

/**
 * Asks Ceph's library what it sees, and changes nothing. librbd 16 aborts or hangs now and then while it opens clones
 * on a busy machine, with no client but itself in the cluster: a mutex of its own is gone while it is used. Whoever
 * only asks may ask another process.
 */
final class NativeJudge implements AutoCloseable {
    private static final int ATTEMPTS = 4;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final CephCluster cluster;
    private final String pool;
    private final String prelude;
    private NativeClient client;

    /** @param prelude a statement that each process begins with */
    NativeJudge(CephCluster cluster, String pool, String prelude) throws IOException {
        this.cluster = cluster;
        this.pool = pool;
        this.prelude = prelude;
        client = begin();
    }

    /** Statements that only read. */
    interface Question {
        String ask(NativeClient client) throws IOException;
    }

    private NativeClient begin() throws IOException {
        NativeClient fresh = new NativeClient(cluster, pool, DEADLINE);
        fresh.run(prelude);
        return fresh;
    }

    String ask(Question question) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return question.ask(client);
            } catch (IOException gone) {
                if (attempt == ATTEMPTS) {
                    throw gone;
                }
                System.out.println("another process is asked: " + gone.getMessage());
                client.kill();
                client.close();
                client = begin();
            }
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
