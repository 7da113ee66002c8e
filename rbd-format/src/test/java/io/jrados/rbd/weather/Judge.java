package io.jrados.rbd.weather;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.cls.LockInfo;
import io.jrados.cls.Locks;
import io.jrados.error.DeadlineException;
import io.jrados.error.NotFoundException;
import io.jrados.rados.Pool;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.Bounded;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.NativeResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Says, once the weather is over, whether an image is what the model allows: by this client and by Ceph's own tools.
 */
final class Judge {
    private static final Pattern HARMLESS = Pattern.compile("marked as 1, but should be 3");

    private final CephCluster cluster;
    private final Duration limit;

    /** @param limit how long each call may take in good weather */
    Judge(CephCluster cluster, Duration limit) {
        this.cluster = cluster;
        this.limit = limit;
    }

    /** Runs a call that must succeed in good weather, if not at once: short deadlines pass on a busy machine too. */
    void must(String what, Bounded.Call call) {
        long end = System.nanoTime() + limit.toNanos();
        Optional<Throwable> failure;
        do {
            failure = Bounded.run(what, limit, call);
        } while (failure.orElse(null) instanceof DeadlineException && System.nanoTime() < end);
        if (failure.isPresent()) {
            throw new AssertionError(what + " fails in good weather: " + failure.get(), failure.get());
        }
    }

    /** The open image, and all of its snapshots; then it is written, and the snapshots are still the same. */
    void open(TestedImage tested) {
        tested.harvest();
        must("presenting receipts of " + tested.name, tested::awaitReceipts);
        must("flushing " + tested.name, () -> tested.image().flush());
        assertThat(tested.image().inDoubt())
                .as("in doubt after a flush of " + tested.name)
                .isEmpty();
        must("refreshing " + tested.name, () -> tested.image().refresh());
        settleSize(tested, tested.image());
        must("listing the snapshots of " + tested.name, () -> settleNames(tested, tested.image()));
        snapshots(tested, tested.rbd(), "before it was written");
        tested.mustWrite();
        must("reading " + tested.name, () -> tested.model.settle(all(tested.image()), tested.name));
        snapshots(tested, tested.rbd(), "after it was written");
    }

    private static void settleSize(TestedImage tested, Image image) {
        long size = image.size();
        assertThat(size).as("size of " + tested.name).isIn(tested.sizes);
        tested.sizes.retainAll(Set.of(size));
    }

    private static void settleNames(TestedImage tested, Image image) throws IOException {
        Set<String> there = new TreeSet<>();
        for (SnapshotInfo snapshot : image.snapshots()) {
            // one that a removal has left in the trash is no longer anybody's
            if (snapshot.namespace() == SnapshotInfo.Namespace.USER) {
                there.add(snapshot.name());
            }
        }
        Set<String> known = new TreeSet<>(tested.model.snapshots());
        assertThat(known).as("snapshots of " + tested.name).containsAll(there);
        known.removeAll(tested.maybe);
        assertThat(there).as("snapshots of " + tested.name).containsAll(known);
        for (String maybe : tested.maybe) {
            if (!there.contains(maybe)) {
                tested.model.forget(maybe);
            }
        }
        tested.maybe.clear();
    }

    private void snapshots(TestedImage tested, Rbd rbd, String when) {
        for (String snapshot : Set.copyOf(tested.model.snapshots())) {
            must("reading " + tested.name + "@" + snapshot, () -> {
                try (Image opened = rbd.openSnapshot(tested.name, snapshot)) {
                    tested.model.settle(snapshot, all(opened), tested.name + ", " + when);
                }
            });
        }
    }

    static byte[] all(Image image) throws IOException {
        byte[] bytes = new byte[(int) image.size()];
        image.read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** The closed image, by native tools: bytes, snapshots, object maps. */
    void closed(TestedImage tested) throws IOException {
        tested.model.settle(exported(tested.spec()), "rbd export of " + tested.spec());
        checkObjectMap(tested.spec());
        for (String snapshot : tested.model.snapshots()) {
            String spec = tested.spec() + "@" + snapshot;
            try {
                tested.model.settle(snapshot, exported(spec), "rbd export of " + spec);
            } catch (AssertionError once) {
                tested.model.settle(snapshot, exported(spec), "twice, and first: " + once.getMessage() + ": " + spec);
                throw new AssertionError("only once: " + once.getMessage(), once);
            }
            checkObjectMap(spec);
        }
    }

    /** An image that was closed has left no lock of its client: others would fence that client to get it. */
    void unlocked(TestedImage tested, Pool calm) throws IOException {
        String client = "client." + tested.rbd().pool().rados().instanceId();
        LockInfo info = Locks.in(calm).info(ObjectNames.header(tested.image().id()), "rbd_lock");
        assertThat(info.lockers())
                .as("locks of " + tested.spec() + " after a close that succeeded")
                .noneMatch(locker -> locker.client().equals(client));
    }

    private byte[] exported(String spec) throws IOException {
        return natively("rbd", "export", "--no-progress", spec, "-").output();
    }

    private NativeResult natively(String... words) throws IOException {
        NativeResult result = cluster.exec(Duration.ofSeconds(90), new byte[0], words);
        if (result.exit() != 0) {
            throw new AssertionError(String.join(" ", words) + " fails with " + result.exit() + ": " + result.errors());
        }
        return result;
    }

    /**
     * A map that its flags call valid is right: as the native check finds. An object that is called changed and is not
     * (1 for 3) is harmless. It is read as it should be, and librbd leaves such ones too: zeroes past an object's end
     * change nothing.
     */
    private void checkObjectMap(String spec) throws IOException {
        String before = natively("rbd", "info", spec).text();
        if (!before.contains("object-map") || before.contains("object map invalid")) {
            return;
        }
        List<String> wrong = cluster.exec(
                        Duration.ofSeconds(90), new byte[0], "rbd", "object-map", "check", "--no-progress", spec)
                .errors()
                .lines()
                .filter(line -> line.contains("object map error")
                        && !HARMLESS.matcher(line).find())
                .toList();
        assertThat(wrong).as("the object map of " + spec + " was called valid").isEmpty();
    }

    /** Removes it with this client, or natively, whatever verbs have left of it. */
    void remove(TestedImage tested, Rbd rbd, boolean natively) throws IOException {
        List<String> snapshots = List.copyOf(tested.model.snapshots());
        for (String child : tested.children) {
            removeChild(rbd, child, natively);
        }
        if (natively) {
            for (String snapshot : snapshots) {
                cluster.exec("rbd", "snap", "unprotect", tested.spec() + "@" + snapshot);
            }
            natively("rbd", "snap", "purge", "--no-progress", tested.spec());
            for (String id : trashed(tested.spec())) {
                natively("rbd", "snap", "rm", "--snap-id", id, tested.spec());
            }
            natively("rbd", "rm", "--no-progress", tested.spec());
            return;
        }
        must("removing the snapshots of " + tested.name, () -> {
            try (Image image = rbd.open(tested.name)) {
                Set<String> there = new TreeSet<>(snapshots); // a call that was late may have removed some
                there.retainAll(image.snapshots().stream()
                        .filter(snapshot -> snapshot.namespace() == SnapshotInfo.Namespace.USER)
                        .map(SnapshotInfo::name)
                        .toList());
                for (String snapshot : there) {
                    image.forceRemoveSnapshot(snapshot, Progress.NONE);
                }
                for (SnapshotInfo left : image.snapshots()) {
                    image.removeSnapshot(left.id());
                }
            }
        });
        must("removing " + tested.name, () -> {
            if (rbd.list().contains(tested.name)) {
                rbd.remove(tested.name, Progress.NONE);
            }
        });
    }

    /** A clone that failed in the middle, or whose removal did: it is gone, or it can be removed. */
    private void removeChild(Rbd rbd, String child, boolean natively) throws IOException {
        if (natively) {
            NativeResult result =
                    cluster.exec("rbd", "rm", "--no-progress", rbd.pool().name() + "/" + child);
            assertThat(result.exit())
                    .as("rbd rm " + child + ": " + result.errors())
                    .isIn(0, 2);
            return;
        }
        must("removing " + child, () -> {
            try {
                rbd.remove(child, Progress.NONE);
            } catch (NotFoundException gone) {
                assertThat(rbd.list()).doesNotContain(child);
            }
        });
    }

    /** Ids of snapshots that are in the trash. */
    private List<String> trashed(String spec) throws IOException {
        return natively("rbd", "snap", "ls", "--all", spec)
                .text()
                .lines()
                .skip(1)
                .map(line -> line.trim().split("\\s+")[0])
                .filter(id -> !id.isEmpty())
                .toList();
    }

    /**
     * Nothing is left in the pool but what every pool of images has. What snapshots kept is trimmed little by little:
     * it is over when it gets no less for the whole limit.
     */
    void empty(String pool) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        Set<String> left = left(pool);
        while (!left.isEmpty() && System.nanoTime() < end) {
            Set<String> now = left(pool);
            if (now.size() < left.size()) {
                end = System.nanoTime() + limit.toNanos();
            }
            left = now;
        }
        assertThat(left)
                .as("objects left in pool " + pool + (left.isEmpty() ? "" : ", the first with " + clones(pool, left)))
                .isEmpty();
    }

    private String clones(String pool, Set<String> left) throws IOException {
        return cluster.exec("rados", "-p", pool, "listsnaps", left.iterator().next())
                .text();
    }

    private Set<String> left(String pool) throws IOException {
        Set<String> left = new TreeSet<>(
                List.of(natively("rados", "-p", pool, "ls", "--all").text().split("\\s+")));
        left.removeIf(name -> name.isBlank()
                || Set.of("rbd_directory", "rbd_info", "rbd_children", "rbd_trash", "rbd_object_map")
                        .contains(name));
        return left;
    }
}
