package io.jrados.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskStream;
import io.jrados.disk.model.Extent;
import io.jrados.error.RadosException;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whole images with damage: every truncation and seeded mutations, each read or refused, within bounds. */
class HostileImagesTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileImagesTest.class);
    private static final int MOST_READ = 256 << 10;

    @TempDir
    Path folder;

    @Test
    void damagedImagesAreReadOrRefused() throws IOException {
        Tools tools = new Tools(folder);
        FuzzCampaign campaign = new FuzzCampaign();
        for (String options : new String[] {
            "compat=0.10,cluster_size=512",
            "cluster_size=512",
            "cluster_size=512,compression_type=zstd",
            "cluster_size=16k,extended_l2=on"
        }) {
            tools.qemuImg("create", "-q", "-f", "qcow2", "-o", options, "image.qcow2", "128k");
            tools.qemuIo(
                    "image.qcow2", "write -P 1 0 1k", "write -z 4k 3k", "write -c -P 5 32k 32k", "write -P 2 100k 512");
            tools.qemuImg("snapshot", "-c", "first", "image.qcow2");
            tools.qemuIo("image.qcow2", "write -P 3 512 512");
            byte[] good = Files.readAllBytes(tools.path("image.qcow2"));
            campaign.add("qcow2", new Fuzz(options, good, HostileImagesTest::examine, UncheckedIOException.class));
            campaign.add("stream", new Fuzz(options, good, HostileImagesTest::drain, UncheckedIOException.class));
        }
        FuzzCampaign.Outcome outcome = campaign.run();
        LOG.info("{}", outcome);
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isPositive();
    }

    /** Reads all that an image says of itself, its map, and its data up to a limit. */
    private static long examine(byte[] bytes) {
        try {
            DiskImages.info(new BytesSource(bytes));
            try (DiskImage image = DiskImages.open(new BytesSource(bytes), DiskFormat.QCOW2)) {
                return readAll(image);
            }
        } catch (RadosException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Reads an image as a stream. */
    private static long drain(byte[] bytes) {
        try (DiskStream stream =
                DiskImages.stream(Channels.newChannel(new ByteArrayInputStream(bytes)), bytes.length, 1 << 16)) {
            long read = 0;
            for (DiskStream.Piece piece = stream.next(); piece != null && read < MOST_READ; piece = stream.next()) {
                read += piece.bytes().remaining();
            }
            return read;
        } catch (RadosException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static long readAll(DiskImage image) throws RadosException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 12);
        long read = 0;
        for (long at = 0; at < image.virtualSize(); ) {
            Extent extent = image.extent(at, Long.MAX_VALUE);
            for (long from = at; extent.kind() == Extent.Kind.DATA && from < extent.end() && read < MOST_READ; ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), extent.end() - from));
                image.read(from, buffer);
                from += buffer.position();
                read += buffer.position();
            }
            at = extent.end();
        }
        return read;
    }
}
