package io.jrados.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where a cluster runs, and how commands reach it: this machine, or a container. */
interface ClusterHost extends AutoCloseable {
    Path conf();

    Path scratch();

    NativeResult exec(Duration deadline, byte[] input, List<String> command) throws IOException;

    /** Runs the cluster tool. */
    NativeResult tool(String... words) throws IOException;

    /** Runs a verb of the cluster tool on this cluster, which the tool made. */
    NativeResult clusterTool(String verb, String... words) throws IOException;

    /** What the tool says of daemons that died by themselves; empty when all is well or the cluster isn't the tool's. */
    Optional<String> verdict() throws IOException;

    @Override
    void close() throws IOException;
}
