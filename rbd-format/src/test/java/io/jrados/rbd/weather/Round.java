package io.jrados.rbd.weather;

import io.jrados.error.DeadlineException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.NativeClient;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.TestConf;
import io.jrados.testkit.Bounded;
import io.jrados.testkit.Fault;
import io.jrados.testkit.FaultNetwork;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.Weather;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Clients, images, some seconds of weather and the judgment, all from one seed. */
final class Round {
    /**
     * For whatever is waited for: three times the longest event and the longest deadline, on a machine that is busy.
     */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final int CLIENTS = 2;
    private static final int IMAGES = 2; // of each client

    private final PrivateCephCluster cluster;
    private final String pool;
    private final int osds;
    private final int mons;
    private final long seed;
    private final Random random;
    private final AtomicBoolean storm = new AtomicBoolean();
    private final List<Client> clients = new ArrayList<>();
    private final List<NativeClient> rivals = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final List<TestedImage> parents = new ArrayList<>();
    private final List<Appender> appenders = new ArrayList<>();
    private Weather weather;

    Round(PrivateCephCluster cluster, String pool, int osds, int mons, long seed) {
        this.cluster = cluster;
        this.pool = pool;
        this.osds = osds;
        this.mons = mons;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** All of it. What fails says the seed, the weather and what was done to the images. */
    void run(Duration length) throws Exception {
        try (Rados calm = Wait.on(Rados.builder(TestConf.of(cluster))
                .connectDeadline(Duration.ofSeconds(60))
                .connectAsync())) {
            prepare(calm);
            blow(length);
            judge(calm);
        } catch (Throwable wrong) {
            throw new AssertionError("seed " + seed + ": " + wrong.getMessage() + "\n" + story(), wrong);
        } finally {
            storm.set(false);
            for (NativeClient rival : rivals) {
                rival.close();
            }
            for (Client client : clients) {
                Bounded.begin("closing " + client, client::close); // at once when it is closed already
            }
        }
    }

    private void prepare(Rados calm) throws Exception {
        for (int c = 0; c < CLIENTS; c++) {
            Client client = new Client(cluster, pool, "client " + c, random, storm);
            clients.add(client);
            for (int i = 0; i < IMAGES; i++) {
                prepareImage(client, "image-" + c + "-" + i, i == 0);
            }
            appenders.add(new Appender("appended-" + c, random, LIMIT));
        }
        List<FaultNetwork> networks =
                clients.stream().map(client -> client.network).toList();
        weather = new Weather(cluster, pool, networks, osds, mons, random);
    }

    private void prepareImage(Client client, String name, boolean contested) throws Exception {
        TestedImage image = TestedImage.create(client.rbd(), contested ? name : name + "-parent", LIMIT);
        fill(image);
        if (!contested) {
            Verb.SNAPSHOT.run(image, random);
            Judge judge = new Judge(cluster, LIMIT);
            judge.open(image);
            String snapshot = image.model.snapshots().iterator().next();
            image.image().close();
            parents.add(image);
            image = image.clone(snapshot, name, 2);
            fill(image);
        }
        Optional<NativeClient> rival = Optional.empty();
        if (contested) {
            rival = Optional.of(new NativeClient(cluster, pool));
            rivals.add(rival.get());
            rival.get().open(name);
        }
        workers.add(new Worker(image, client, rival, new Random(random.nextLong()), storm));
    }

    private void fill(TestedImage image) {
        for (int i = 0; i < 30; i++) {
            image.submitAny(random);
        }
        image.harvest();
    }

    private void blow(Duration length) throws Exception {
        storm.set(true);
        List<Bounded> calls = new ArrayList<>();
        for (Worker worker : workers) {
            calls.add(Bounded.begin("working on " + worker.tested.name, worker::work));
        }
        for (int c = 0; c < CLIENTS; c++) {
            int number = c;
            calls.add(Bounded.begin("appending", () -> append(number)));
        }
        calls.add(Bounded.begin("interrupting", this::interrupt));
        try {
            weather.blow(System.nanoTime() + length.toNanos());
        } finally {
            storm.set(false);
        }
        cluster.awaitHealthy();
        for (Bounded call : calls) {
            Optional<Throwable> failure = call.end(LIMIT.plus(LIMIT));
            if (failure.isPresent()) {
                throw new AssertionError("in the weather: " + failure.get().getMessage(), failure.get());
            }
        }
    }

    private void append(int number) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        while (storm.get()) {
            try {
                appenders.get(number).burst(clients.get(number).rados().pool(pool));
            } catch (RadosException gone) {
                never.await(50, TimeUnit.MILLISECONDS);
            }
            never.await(100, TimeUnit.MILLISECONDS);
        }
    }

    private void interrupt() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Random own = new Random(seed);
        while (storm.get()) {
            never.await(300 + own.nextInt(2500), TimeUnit.MILLISECONDS);
            Worker worker = workers.get(own.nextInt(workers.size()));
            if (own.nextBoolean()) {
                worker.interrupt();
            } else {
                worker.tested.cancelAll();
            }
        }
    }

    private void judge(Rados calm) throws Exception {
        Judge judge = new Judge(cluster, LIMIT);
        for (Worker worker : workers) {
            worker.ensureOpen(judge);
            judge.open(worker.tested);
        }
        for (Client client : clients) {
            deadlinesStillFire(client);
        }
        for (Worker worker : workers) {
            judge.must(
                    "closing " + worker.tested.name, () -> worker.tested.image().close());
            judge.unlocked(worker.tested, calm.pool(pool));
        }
        for (NativeClient rival : rivals) {
            rival.run("image.close()");
        }
        for (Worker worker : workers) {
            judge.closed(worker.tested);
        }
        for (Appender appender : appenders) {
            appender.judge(calm.pool(pool));
        }
        remove(judge);
        for (Client client : clients) {
            client.close();
        }
        for (int c = 0; c < CLIENTS; c++) {
            calm.pool(pool).remove("appended-" + c);
        }
        judge.empty(pool);
    }

    /** A timer that died would leave this open. */
    private void deadlinesStillFire(Client client) throws IOException {
        Rados rados = client.rados();
        Optional<Throwable> failure = Bounded.run(
                "a read over a stalled network", client.deadline.multipliedBy(3).plusSeconds(10), () -> {
                    client.network.apply(Fault.stalled());
                    rados.pool(pool)
                            .withDeadline(Duration.ofSeconds(1))
                            .read("rbd_directory", 0, ByteBuffer.allocate(1));
                });
        client.network.apply(Fault.none());
        if (!(failure.orElse(null) instanceof DeadlineException)) {
            throw new AssertionError("a read over a stalled network ended with " + failure, failure.orElse(null));
        }
    }

    private void remove(Judge judge) throws IOException {
        for (Worker worker : workers) {
            judge.remove(worker.tested, Rbd.on(clients.get(0).rados().pool(pool)), random.nextBoolean());
        }
        for (TestedImage parent : parents) {
            judge.remove(parent, Rbd.on(clients.get(0).rados().pool(pool)), random.nextBoolean());
        }
    }

    /** The story of this round, for a report. */
    String story() {
        StringBuilder text = new StringBuilder();
        clients.forEach(client -> text.append(client).append('\n'));
        if (weather != null) {
            text.append("weather: ").append(String.join(", ", weather.log())).append('\n');
        }
        for (Worker worker : workers) {
            text.append(worker.summary())
                    .append("\n    ")
                    .append(worker.tested.log())
                    .append('\n');
        }
        return text.toString();
    }

    String summary() {
        StringBuilder text = new StringBuilder("seed " + seed + ": ");
        workers.forEach(worker -> text.append(worker.summary()).append("; "));
        appenders.forEach(appender -> text.append(appender.count()).append(" records; "));
        return text.append(weather.log()).toString();
    }
}
