package io.jrados.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** A running Ceph cluster, as a test gets it: its configuration, pools of the test's own, and Ceph's native tools. */
public sealed class CephCluster permits PrivateCephCluster {
    /** The commands of rbd that change nothing. */
    private static final Set<String> QUESTIONS =
            Set.of("children", "diff", "du", "info", "ls", "snap ls", "object-map check", "status");

    private static final int ATTEMPTS = 4;
    private static final int ABORTED = 128 + 6;
    private static final int SEGMENTATION_FAULT = 128 + 11;

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    final ClusterHost host;
    private final Map<Class<?>, Map<String, String>> pools;
    private final Map<String, CephUser> users;
    private final boolean leastPrivileged;

    CephCluster(ClusterHost host) {
        this.host = host;
        pools = new ConcurrentHashMap<>();
        users = new ConcurrentHashMap<>();
        leastPrivileged = false;
    }

    /** The same cluster to a class whose clients have nothing but {@code profile rbd}. */
    CephCluster(CephCluster whole) {
        host = whole.host;
        pools = whole.pools;
        users = whole.users;
        leastPrivileged = true;
    }

    /** The cluster's {@code ceph.conf}; the key ring of {@code client.admin} is named in it. */
    public Path conf() {
        return host.conf();
    }

    /** A folder for files that native commands read or write: they see it by the same path, in a container too. */
    public Path scratch() {
        return host.scratch();
    }

    /** The test class's own pool, with 8 placement groups and the cluster's default size. Removed after the class. */
    public String pool(Class<?> test) throws IOException {
        return pool(test, "a");
    }

    /** A further pool of the test class; the same label gives the same pool. */
    public String pool(Class<?> test, String label) throws IOException {
        return pool(test, label, "");
    }

    /** @param size copies of each object */
    public String pool(Class<?> test, String label, int size) throws IOException {
        return pool(test, label, ":" + size);
    }

    private String pool(Class<?> test, String label, String copies) throws IOException {
        Map<String, String> own = pools.computeIfAbsent(test, key -> new ConcurrentHashMap<>());
        String there = own.get(label);
        if (there != null) {
            return there;
        }
        String name = ("jrados-" + test.getSimpleName() + "-" + label).toLowerCase(Locale.ROOT) + "-"
                + HexFormat.of().toHexDigits((short) ThreadLocalRandom.current().nextInt());
        host.tool("pool", "--conf", conf().toString(), name + ":8" + copies).succeeded();
        own.put(label, name);
        return name;
    }

    /**
     * Returns the user of the test class's clients that do not administer the cluster: empty for the administrator,
     * whom {@link #conf} names; with {@link AsRbdUser} on the class, or the system property
     * {@code jrados.ceph.user=rbd}, {@link #rbdUser}. Native commands and pools are the administrator's in either case.
     */
    public Optional<CephUser> limitedUser() throws IOException {
        return leastPrivileged ? Optional.of(rbdUser()) : Optional.empty();
    }

    /** {@code client.admin}. */
    public CephUser admin() throws IOException {
        return new CephUser("client.admin", run("ceph", "auth", "get-key", "client.admin"));
    }

    /** A user with nothing but {@code profile rbd} on monitors, managers and OSDs; made when it is first asked for. */
    public CephUser rbdUser() throws IOException {
        String name = "client.jrados-rbd";
        CephUser known = users.get(name);
        if (known != null) {
            return known;
        }
        run("ceph", "auth", "get-or-create", name, "mon", "profile rbd", "mgr", "profile rbd", "osd", "profile rbd");
        CephUser made = new CephUser(name, run("ceph", "auth", "get-key", name));
        users.put(name, made);
        return made;
    }

    /**
     * Runs a native command, such as {@code rbd ls POOL}, and gives its output; fails unless it succeeds in a minute.
     */
    public String run(String... command) throws IOException {
        return exec(command).succeeded().text();
    }

    /** Runs a native command for at most a minute. */
    public NativeResult exec(String... command) throws IOException {
        return exec(DEADLINE, new byte[0], command);
    }

    /**
     * Runs a native command with {@code CEPH_CONF} set, as the release of this cluster has it. One that only asks about
     * images is run again when it crashes or hangs: librbd 16 does both now and then on a busy machine while it opens
     * clones, in clusters that nobody else uses.
     */
    public NativeResult exec(Duration deadline, byte[] input, String... command) throws IOException {
        List<String> words = List.of(command);
        for (int attempt = 1; attempt < ATTEMPTS && asksOnly(words); attempt++) {
            try {
                NativeResult result = host.exec(deadline, input, words);
                if (result.exit() != ABORTED && result.exit() != SEGMENTATION_FAULT) {
                    return result;
                }
                System.out.println(String.join(" ", words) + " crashed, and is run again");
            } catch (TimedOut hangs) {
                System.out.println(hangs.getMessage() + ", and is run again");
            }
        }
        return host.exec(deadline, input, words);
    }

    private static boolean asksOnly(List<String> words) {
        return words.size() > 2
                && words.get(0).equals("rbd")
                && (QUESTIONS.contains(words.get(1)) || QUESTIONS.contains(words.get(1) + " " + words.get(2)));
    }

    void removePools(Class<?> test) throws IOException {
        Map<String, String> own = pools.remove(test);
        if (own != null) {
            List<String> words = new ArrayList<>(List.of("pool", "--conf", conf().toString(), "--rm"));
            words.addAll(own.values());
            host.tool(words.toArray(String[]::new)).succeeded();
        }
    }
}
