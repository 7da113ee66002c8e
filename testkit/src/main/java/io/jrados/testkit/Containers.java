package io.jrados.testkit;

import java.io.IOException;
import java.util.List;

/**
 * Clusters in containers, as far as Testcontainers is there: it brings 15 jars, so whoever wants it names it. Nothing
 * else may mention {@link ContainerHost}, which needs it.
 */
final class Containers {
    /** The image to run. */
    static final String IMAGE = System.getProperty("jrados.ceph.image", "jrados-ceph:latest");

    /** The way to have them, for errors. */
    static final String HOW =
            "add org.testcontainers:testcontainers to the test's dependencies and start a Docker engine"
                    + " that has the image " + IMAGE;

    private Containers() {}

    /** Says whether there is an engine that we know how to talk to. */
    static boolean areThere() {
        try {
            return ContainerHost.isDockerThere();
        } catch (NoClassDefFoundError noTestcontainers) {
            return false;
        }
    }

    static ClusterHost start(List<String> options) throws IOException {
        return ContainerHost.start(options);
    }
}
