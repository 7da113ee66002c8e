package io.jrados.testkit;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A cluster that belongs to one test class: its daemons may be killed. Daemons are named {@code osd.0}, {@code mon.a}.
 */
public final class PrivateCephCluster extends CephCluster {
    PrivateCephCluster(ClusterHost host) {
        super(host);
    }

    PrivateCephCluster(PrivateCephCluster whole) {
        super(whole);
    }

    /** Ends daemons with SIGKILL; when this returns they are gone. */
    public void kill(String... daemons) throws IOException {
        signal("KILL", daemons);
    }

    /** Stops daemons as a restart would, with SIGTERM. */
    public void stop(String... daemons) throws IOException {
        signal("TERM", daemons);
    }

    /** Starts daemons again that were killed or stopped; when this returns they run, but may not have joined yet. */
    public void revive(String... daemons) throws IOException {
        host.clusterTool("revive", daemons).succeeded();
    }

    /** Holds daemons with SIGSTOP: their sockets stay open, and nothing answers. */
    public void pause(String... daemons) throws IOException {
        signal("STOP", daemons);
    }

    /** Lets paused daemons go on. */
    public void resume(String... daemons) throws IOException {
        signal("CONT", daemons);
    }

    /** Starts what doesn't run, and waits until every OSD is up and every pool has answered a write. */
    public void awaitHealthy() throws IOException {
        host.clusterTool("start", "--quiet").succeeded();
    }

    /**
     * The folder with the daemons' logs ({@code log/osd.0.log}); in a container only {@code ceph.conf} and key rings.
     */
    public Path folder() {
        Path parent = conf().getParent();
        return parent == null ? Path.of(".") : parent;
    }

    private void signal(String name, String... daemons) throws IOException {
        String[] words = new String[daemons.length + 2];
        words[0] = "--signal";
        words[1] = name;
        System.arraycopy(daemons, 0, words, 2, daemons.length);
        host.clusterTool("kill", words).succeeded();
    }
}
