package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.OperationHook;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.TestConf;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Names that a creation left behind which died after its first steps, or that one still means to use. */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StubTest {
    private static final Duration LIFETIME = Duration.ofSeconds(2);
    private static final long SIZE = 8 << 20;

    private Images images;
    private Rados rados;
    private Pool pool;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, StubTest.class);
        rados = Rados.connect(TestConf.builder(cluster)
                .set("osd_client_watch_timeout", Long.toString(LIFETIME.toSeconds()))
                .build());
        pool = rados.pool(images.pool.name());
    }

    @AfterAll
    void disconnect() {
        rados.close();
        images.close();
    }

    private String create(Pool in, String name) throws RadosException {
        return new CreateImage(in, name, SIZE, ImageOptions.LAYERING).run();
    }

    private void remove(String name) throws RadosException {
        new RemoveImage(pool, name, Progress.NONE, Images.OTHERS).run();
    }

    /** A creation that dies at one of its operations: only those before it are done. */
    private void die(String name, int at) {
        Pool dying = new FaultyPool(pool, FaultPoint.at(at, FaultPoint.Kind.CRASHED_BEFORE));
        assertThat(catchThrowable(() -> create(dying, name))).isInstanceOf(RadosException.class);
    }

    /** The operation of a creation before which it has its name in the directory, and no header. */
    private int afterName(String name) throws RadosException {
        int at = 0;
        boolean named = false;
        while (!named) {
            die(name + at, ++at);
            named = Stub.find(pool, name + (at - 1)).isPresent();
        }
        return at;
    }

    private void onceOld(String what, Rollback.Step step) throws RadosException {
        long start = System.nanoTime();
        Throwable first = catchThrowable(step::run);
        assertThat(first).as(what).isInstanceOf(BusyException.class).hasMessageContaining("no header");
        RadosException busy = (RadosException) first;
        while (busy != null
                && System.nanoTime() - start < Duration.ofSeconds(30).toNanos()) {
            try {
                step.run();
                busy = null;
            } catch (BusyException still) {
                busy = still;
            }
        }
        assertThat(busy).as(what).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(LIFETIME);
    }

    @Test
    @Covers({"H03", "H14"})
    void aNameThatACreationLeftIsFreeAfterAWatchsLifetime() throws Exception {
        int at = afterName("probe");
        for (int step = at; step <= at + 1; step++) {
            String created = "created" + step;
            String removed = "removed" + step;
            die(created, step);
            die(removed, step);
            onceOld("removing after step " + step, () -> remove(removed));
            assertThat(catchThrowable(() -> remove(removed))).isInstanceOf(NotFoundException.class);
            assertThat(images.list()).doesNotContain(removed);
            onceOld("creating after step " + step, () -> create(pool, created));
            assertThat(images.rbd("info", images.spec(created)).text()).contains("8 MiB");
            remove(created);
        }
        for (String left : images.list()) {
            onceOld("removing " + left, () -> remove(left));
        }
        images.assertNothingLeft();
    }

    @Test
    @Covers("H03")
    void aCreationThatFinishesMeanwhileKeepsItsName() throws Exception {
        String id = images.create("finished", SIZE);
        String header = ObjectNames.header(id);
        assertThat(Stub.find(pool, "finished")).isEmpty();
        pool.remove(header);
        assertThat(catchThrowable(() -> create(pool, "finished"))).isInstanceOf(BusyException.class);
        pool.operate(header, new WriteOperation().create(true));
        assertThat(Stub.find(pool, "finished")).isEmpty();
        assertThat(catchThrowable(() -> create(pool, "finished"))).isInstanceOf(AlreadyExistsException.class);
        remove("finished");
        assertThat(images.list()).doesNotContain("finished");
        pool.remove(header);
    }

    /** An object map is made after the header, so nobody is creating such an image. */
    @Test
    @Covers({"H03", "H14"})
    void anImageWhoseHeaderIsLostIsRemovedAtOnceAndKeepsItsNameUntilThen() throws Exception {
        String id = new CreateImage(pool, "lost", SIZE, ImageOptions.DEFAULT).run();
        pool.remove(ObjectNames.header(id));
        assertThat(catchThrowable(() -> create(pool, "lost"))).isInstanceOf(AlreadyExistsException.class);
        remove("lost");
        assertThat(images.list()).doesNotContain("lost");
        assertThat(pool.objects()).noneMatch(object -> object.contains(id));
    }

    /** Before it makes the header it is stopped, and another takes the name and makes an image of it. */
    @Test
    @Covers("H03")
    void aSlowCreatorThatComesBackSaysThatItHasNoImageAndLeavesTheOtherAlone() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        OperationHook hook = (inPool, object, write) -> {
            if (write && object.startsWith("rbd_header.")) {
                reached.countDown();
                waitFor(goOn);
            }
        };
        try (Rados slow = Wait.on(Rados.builder(rados.conf()).hook(hook).connectAsync())) {
            Pool slowPool = slow.pool(pool.name());
            CompletableFuture<Throwable> late =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> create(slowPool, "slow")));
            waitFor(reached);
            onceOld("creating", () -> create(pool, "slow"));
            String id = images.id("slow");
            goOn.countDown();
            assertThat(late.get()).isInstanceOf(BusyException.class).hasMessageContaining("taken the name away");
            assertThat(images.id("slow")).isEqualTo(id);
            assertThat(images.rbd("info", images.spec("slow")).text()).contains(id);
            assertThat(pool.objects()).containsOnlyOnce(ObjectNames.header(id));
            assertThat(pool.objects())
                    .filteredOn(object -> object.startsWith("rbd_header."))
                    .hasSize(1);
            remove("slow");
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Two that have waited for a name: one of them gets it. */
    @Test
    @Covers("H03")
    void ofTwoTakersOneGetsTheName() throws Exception {
        String slow = ImageIds.next(rados.instanceId(), new Random(8));
        ClassCalls.write(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirAddImage("both", slow));
        Stub first = Stub.find(pool, "both").orElseThrow();
        Stub second = Stub.find(pool, "both").orElseThrow();
        onceOld("taking", () -> first.takeAway("taking"));
        String id = images.create("both", SIZE);
        second.takeAway("taking again");
        assertThat(images.id("both")).isEqualTo(id);
        assertThat(images.rbd("info", images.spec("both")).text()).contains(id);
        assertThat(pool.objects()).doesNotContain(ObjectNames.header(slow));
        remove("both");
    }

    /** A taker that died in the middle: its mark stands for the header. */
    @Test
    @Covers({"H03", "H14"})
    void whatATakerLeftIsTakenOver() throws Exception {
        String slow = ImageIds.next(rados.instanceId(), new Random(9));
        ClassCalls.write(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirAddImage("marked", slow));
        pool.operate(
                ObjectNames.header(slow),
                new WriteOperation().create(true).setXattr("jrados.abandoned", new byte[] {'x'}));
        onceOld("taking over", () -> remove("marked"));
        assertThat(pool.objects()).doesNotContain(ObjectNames.header(slow));
    }
}
