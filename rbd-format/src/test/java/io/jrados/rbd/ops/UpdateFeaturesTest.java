package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.shared.SharedImage;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The owner's half of the verb: it is asked again when nobody knows what became of the first request. */
@CephTest
class UpdateFeaturesTest {
    @Test
    @Covers({"H81", "H12"})
    void anOwnerThatIsAskedForWhatIsSoAlreadyHasNothingToDo(CephCluster cluster) throws IOException {
        try (Images images = new Images(cluster, UpdateFeaturesTest.class)) {
            new CreateImage(images.pool, "again", Images.MIB, ImageOptions.DEFAULT).run();
            try (SharedImage owner = SharedImage.of(images.open("again"))) {
                Wait.on(owner.acquireAsync());
                UpdateFeatures off = new UpdateFeatures(owner.image(), Features.FAST_DIFF, false);
                off.execute();
                off.execute();
                assertThat(owner.image().state().features())
                        .isEqualTo(Features.DEFAULT & ~(Features.OBJECT_MAP | Features.FAST_DIFF));
                assertThat(owner.image().state().flags()).isZero();
                assertThat(catchThrowableOfType(RadosException.class, off::run).errno())
                        .as("a user's mistake")
                        .isEqualTo(Errno.EINVAL);
                UpdateFeatures journal = new UpdateFeatures(owner.image(), Features.JOURNALING, true);
                assertThat(catchThrowableOfType(RadosException.class, journal::execute)
                                .errno())
                        .as("nobody may ask the owner for it either")
                        .isEqualTo(Errno.ENOSYS);
            }
            images.remove("again");
            images.assertNothingLeft();
        }
    }
}
