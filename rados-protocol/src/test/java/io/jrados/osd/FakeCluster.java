package io.jrados.osd;

import io.jrados.conf.Environment;
import io.jrados.conf.FakeLoop;
import io.jrados.message.OsdMapMessage;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.osdmap.CrushLocation;
import io.jrados.osdmap.OsdMap;
import io.jrados.testkit.Golden;
import io.jrados.wire.EntityAddr;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Monitors and OSDs whose part a test plays, around one Objecter. The maps are those of a real cluster. */
final class FakeCluster implements OsdConnector, Monitors {
    final FakeLoop loop = new FakeLoop();
    final List<FakeConnection> connections = new ArrayList<>();
    final List<Runnable> callbacks = new ArrayList<>();
    final List<CompletableFuture<Long>> questions = new ArrayList<>();
    final List<Long> wanted = new ArrayList<>();
    final Objecter objecter;
    EntityAddr own = EntityAddr.BLANK;
    final List<String> distrusted = new ArrayList<>();
    int renewals;
    /** The number of times that maps were taken for not asked for. */
    int missed;
    /** Thrown when the next connection is made. */
    Optional<RuntimeException> broken = Optional.empty();

    FakeCluster(Limits limits) {
        this(limits, "host=none");
    }

    /** A client whose surroundings may throw. */
    FakeCluster(Limits limits, RandomGenerator random, Executor completions, Executor callbacks) {
        objecter = new Objecter(
                map(16).fsid(),
                loop,
                environment(random),
                this,
                this,
                limits,
                CrushLocation.parse("host=none"),
                ObjecterEvents.NONE,
                completions,
                callbacks);
    }

    private Environment environment(RandomGenerator random) {
        return new Environment() {
            @Override
            public long nanoTime() {
                return loop.nanoTime();
            }

            @Override
            public long wallClockMillis() {
                return loop.wallClockMillis();
            }

            @Override
            public RandomGenerator random() {
                return random;
            }
        };
    }

    /** @param location where its client is */
    FakeCluster(String location) {
        this(Limits.DEFAULT, location);
    }

    private FakeCluster(Limits limits, String location) {
        objecter = new Objecter(
                map(16).fsid(),
                loop,
                loop,
                this,
                this,
                limits,
                CrushLocation.parse(location),
                ObjecterEvents.NONE,
                Runnable::run,
                callbacks::add);
    }

    FakeCluster() {
        this(Limits.DEFAULT);
    }

    /** A cluster whose newest map is of this epoch. */
    static FakeCluster at(int epoch) {
        FakeCluster cluster = new FakeCluster();
        cluster.publish(epoch);
        return cluster;
    }

    static byte[] encoded(int epoch) {
        return Golden.file("osdmap-series/epoch-" + epoch).bytes();
    }

    static OsdMap map(int epoch) {
        return OsdMap.decode(Unpooled.wrappedBuffer(encoded(epoch)));
    }

    /** The monitors tell of maps; those between the present and the first of them are not there any more. */
    void publish(int... epochs) {
        SortedMap<Long, byte[]> fulls = new TreeMap<>();
        for (int epoch : epochs) {
            fulls.put((long) epoch, encoded(epoch));
        }
        objecter.mapped(new OsdMapMessage(map(16).fsid(), new TreeMap<>(), fulls, epochs[0], fulls.lastKey()));
        loop.run();
    }

    /** The newest connection to an OSD. */
    FakeConnection to(int osd) {
        EntityAddr address = objecter.map().orElseThrow().osdAddress(osd);
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (connections.get(i).peer().equals(address)) {
                return connections.get(i);
            }
        }
        throw new AssertionError("nobody has connected to osd." + osd);
    }

    /** An object of pool rbd whose primary this OSD is under the map in force. */
    String objectOn(int osd) {
        return objectOn(osd, 0);
    }

    /** Another one. */
    String objectOn(int osd, int number) {
        OsdMap map = objecter.map().orElseThrow();
        int found = 0;
        for (int i = 0; ; i++) {
            String name = "object-" + i;
            int primary = map.placement(map.pool(1).orElseThrow().rawPgOf(name, "", ""))
                    .actingPrimary();
            if (primary == osd && found++ == number) {
                return name;
            }
        }
    }

    static ObjectName named(String name) {
        return new ObjectName(1, "rbd", "", name);
    }

    // ---- what the Objecter asks

    @Override
    public Connection connect(EntityAddr address, ConnectionListener listener) {
        if (broken.isPresent()) {
            RuntimeException thrown = broken.get();
            broken = Optional.empty();
            throw thrown;
        }
        FakeConnection made = new FakeConnection(loop, address, listener);
        connections.add(made);
        return made;
    }

    @Override
    public EntityAddr ownAddress() {
        return own;
    }

    @Override
    public void wantOsdMap(long start, boolean once) {
        wanted.add(start);
    }

    @Override
    public void gotOsdMap(long epoch) {
        wanted.removeIf(start -> start <= epoch);
    }

    @Override
    public void missedOsdMap() {
        missed++;
    }

    @Override
    public void distrust(String why) {
        distrusted.add(why);
    }

    @Override
    public CompletableFuture<Long> newestOsdMap(Duration deadline) {
        CompletableFuture<Long> question = new CompletableFuture<>();
        questions.add(question);
        return question;
    }

    @Override
    public void renewTickets() {
        renewals++;
    }
}
