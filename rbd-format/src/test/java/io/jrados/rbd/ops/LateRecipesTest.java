package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.DeadlineException;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Verbs of a pool, each write of which is late once: the receipt in the failure is that of one step, and must not say
 * of the whole verb that it was finished.
 */
@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class LateRecipesTest {
    private static final int ENDLESS = 60;
    private static final int SIZE = 1 << 18;
    private static final ImageOptions OPTIONS = ImageOptions.DEFAULT.withOrder(16);

    private Images images;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = Images.alone(cluster, LateRecipesTest.class);
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    private interface Step {
        void run(Rbd rbd, String name) throws RadosException;
    }

    enum Recipe {
        CREATE((rbd, name) -> {}, (rbd, name) -> rbd.create(name, SIZE, OPTIONS)),
        CLONE(
                Recipe::snapshot,
                (rbd, name) -> rbd.clone(
                        ImageSpec.of(rbd.pool().name(), name)
                                .inNamespace(rbd.pool().namespace())
                                .at("s"),
                        name + "-child",
                        OPTIONS.withCloneFormat(2))),
        RENAME(Recipe::image, (rbd, name) -> rbd.rename(name, name + "-new")),
        MOVE_TO_TRASH(Recipe::image, (rbd, name) -> rbd.moveToTrash(name, Duration.ZERO)),
        RESTORE(
                Recipe::trashed,
                (rbd, name) -> rbd.restoreFromTrash(idInTrash(rbd, name).orElseThrow(), name + "-again")),
        REMOVE(Recipe::image, (rbd, name) -> rbd.remove(name, Progress.NONE)),
        REMOVE_FROM_TRASH(
                Recipe::trashed,
                (rbd, name) -> rbd.removeFromTrash(idInTrash(rbd, name).orElseThrow(), true, Progress.NONE)),
        PURGE(Recipe::trashed, (rbd, name) -> rbd.purgeTrash(Instant.now().plusSeconds(60), Progress.NONE)),
        CREATE_NAMESPACE((rbd, name) -> {}, Rbd::createNamespace),
        REMOVE_NAMESPACE(Rbd::createNamespace, Rbd::removeNamespace);

        private final Step before;
        private final Step recipe;

        Recipe(Step before, Step recipe) {
            this.before = before;
            this.recipe = recipe;
        }

        private static void image(Rbd rbd, String name) throws RadosException {
            rbd.create(name, SIZE, OPTIONS);
        }

        private static void snapshot(Rbd rbd, String name) throws RadosException {
            image(rbd, name);
            try (Image image = rbd.open(name)) {
                image.createSnapshot("s");
            }
        }

        private static void trashed(Rbd rbd, String name) throws RadosException {
            image(rbd, name);
            rbd.moveToTrash(name, Duration.ZERO);
        }

        private static Optional<String> idInTrash(Rbd rbd, String name) throws RadosException {
            return rbd.trash().stream()
                    .filter(entry -> entry.name().equals(name))
                    .map(entry -> entry.id())
                    .findFirst();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers("K19")
    void theReceiptOfAStepIsNotThatOfTheVerb(Recipe recipe) throws Exception {
        Rbd.on(images.pool).createNamespace(recipe.name());
        Pool pool = images.pool.inNamespace(recipe.name());
        boolean wasInDoubt = false;
        for (int k = 1; k < ENDLESS; k++) {
            String name = recipe.name().toLowerCase().replace('_', '-') + "-" + k;
            recipe.before.run(Rbd.on(pool), name);
            FaultPoint point = FaultPoint.ofLateAnswers();
            point.failAfter(k);
            RadosException failed = catchThrowableOfType(
                    RadosException.class, () -> recipe.recipe.run(Rbd.on(new FaultyPool(pool, point)), name));
            if (point.lateWrite().isEmpty()) {
                assertThat(failed).isNull();
                assertThat(wasInDoubt).isTrue();
                return;
            }
            if (failed instanceof OutcomeUnknownException unknown) {
                wasInDoubt = true;
                cannotFinish(unknown, "write " + k);
            } else if (failed instanceof DeadlineException late) {
                assertThat(late.sent()).isNotEqualTo(DeadlineException.Sent.NEVER_SENT);
            }
        }
        throw new AssertionError("the verb has no end");
    }

    private static void cannotFinish(OutcomeUnknownException unknown, String write) {
        CompletableFuture<Void> finished = unknown.receipt().finishAsync().orTimeout(60, TimeUnit.SECONDS);
        RadosException left = catchThrowableOfType(RadosException.class, () -> Wait.on(finished));
        assertThat(left).as(write + ", in doubt: " + unknown.getMessage()).isNotNull();
    }
}
