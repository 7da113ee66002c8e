package io.jrados.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The place where a cluster runs, and the way commands reach it: this machine, or a container. */
interface ClusterHost extends AutoCloseable {
    Path conf();

    Path scratch();

    NativeResult exec(Duration deadline, byte[] input, List<String> command) throws IOException;

    /** Runs the cluster tool. */
    NativeResult tool(String... words) throws IOException;

    /** Runs a verb of the cluster tool on this cluster, which the tool made. */
    NativeResult clusterTool(String verb, String... words) throws IOException;

    /**
     * Returns the tool's verdict on daemons that died by themselves; empty when all is well or the cluster isn't the
     * tool's.
     */
    Optional<String> verdict() throws IOException;

    @Override
    void close() throws IOException;
}
