package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.conf.CephConf;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.DeadlineException;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.rados.Rados;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Daemons go and come back while an image is uploaded; that none of them aborted is checked after the class. */
@PrivateCephTest(osds = 3, mons = 3, store = PrivateCephTest.Store.BLUESTORE)
class UploadUnderFaultsTest {
    private static final int CHUNK = 8 << 20;
    private static final int CHUNKS = 25;

    /** Other bytes in each page, made as they are read. */
    private static final class Pages implements ByteSource {
        private final byte[] chunk = Clusters.data(1, CHUNK);
        private final MessageDigest digest;
        private int number;

        Pages() throws NoSuchAlgorithmException {
            digest = MessageDigest.getInstance("SHA-512");
        }

        @Override
        public boolean read(ByteBuffer into) throws IOException {
            if (number == CHUNKS) {
                return false;
            }
            for (int at = 0; at < CHUNK; at += 4096) {
                ByteBuffer.wrap(chunk).putLong(at, (long) number * CHUNK + at);
            }
            assertThat(into.remaining()).isEqualTo(CHUNK);
            into.put(chunk);
            digest.update(chunk);
            number++;
            return true;
        }
    }

    /** The receipt of one write would say that the upload is finished, when the image is gone or half written. */
    @Test
    void anUploadThatIsLateHasNoReceiptOfOneOfItsWrites(PrivateCephCluster cluster) throws Exception {
        String[] osds = {"osd.0", "osd.1", "osd.2"};
        String pool = cluster.pool(UploadUnderFaultsTest.class, "late", 2);
        try (Rados rados = Rados.connect(CephConf.builder()
                .file(cluster.conf())
                .set("rados_osd_op_timeout", Duration.ofSeconds(2))
                .build())) {
            Pages pages = new Pages();
            ByteSource source = chunk -> {
                if (pages.number == 2) {
                    cluster.pause(osds);
                }
                return pages.read(chunk);
            };
            GlanceStore store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
            DeadlineException late;
            try {
                late = catchThrowableOfType(
                        DeadlineException.class, () -> store.add("image", source, (long) CHUNKS * CHUNK));
            } finally {
                cluster.resume(osds);
            }
            assertThat(late)
                    .isNotInstanceOf(OutcomeUnknownException.class)
                    .hasMessageStartingWith("adding image image");
            assertThat(late.sent()).isEqualTo(DeadlineException.Sent.UNKNOWN);
            assertThat(late.getSuppressed())
                    .as("the clean-up found nobody either")
                    .isNotEmpty();
            cluster.awaitHealthy();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"crc", "secure"})
    void anUploadSurvivesRestartsOfMonitorsAndAnOsd(String mode, PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(UploadUnderFaultsTest.class, mode, 2);
        String[] monitors = {"mon.a", "mon.b", "mon.c"};
        try (Rados rados = Clusters.connect(cluster, mode)) {
            Pages pages = new Pages();
            ByteSource source = chunk -> {
                switch (pages.number) {
                    case 5 -> cluster.kill("osd.1");
                    case 9 -> {
                        cluster.stop(monitors);
                        cluster.revive(monitors);
                    }
                    case 15 -> cluster.revive("osd.1");
                    default -> {}
                }
                return pages.read(chunk);
            };
            AddedImage added = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool))
                    .add("image", source, (long) CHUNKS * CHUNK);
            assertThat(added.multihash()).isEqualTo(HexFormat.of().formatHex(pages.digest.digest()));
            Clusters.assertMode(rados, mode);

            cluster.awaitHealthy();
            byte[] exported = cluster.exec(
                            Duration.ofMinutes(3),
                            new byte[0],
                            "rbd",
                            "export",
                            "--no-progress",
                            pool + "/image@snap",
                            "-")
                    .succeeded()
                    .output();
            assertThat(Clusters.digest("SHA-512", exported)).isEqualTo(added.multihash());
        }
    }
}
