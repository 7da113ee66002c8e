package io.jrados.rados;

import io.jrados.testkit.CephCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The native clients' view of one pool. */
final class NativeClients {
    private static final String OPEN =
            """
            import rados, os
            r = rados.Rados(conffile=os.environ['CEPH_CONF'])
            r.connect()
            io = r.open_ioctx('%s')
            """;

    private final CephCluster cluster;
    private final String pool;

    NativeClients(CephCluster cluster, String pool) {
        this.cluster = cluster;
        this.pool = pool;
    }

    /** Returns the output of {@code rados -p POOL}. */
    String rados(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("rados", "-p", pool));
        command.addAll(List.of(words));
        return cluster.run(command.toArray(String[]::new));
    }

    /** Returns the output of a script that has {@code r}, a connected client, and {@code io}, the pool. */
    String python(String script) throws IOException {
        return cluster.run("/usr/bin/python3", "-c", OPEN.formatted(pool) + script);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
