package io.jrados.drivers.cinder;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.cinder.CinderFixture.MIB;
import static io.jrados.drivers.cinder.CinderFixture.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jrados.disk.DiskImages;
import io.jrados.disk.http.HttpOptions;
import io.jrados.disk.http.HttpSource;
import io.jrados.disk.model.DiskImage;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes that are filled with a qcow2 image of a web server, while it is downloaded. */
@CephTest
class DownloadedImagesTest {
    private CephCluster cluster;
    private CinderFixture cinder;
    private HttpServer server;
    private ExecutorService threads;
    private volatile byte[] file = new byte[0];

    @TempDir
    private Path folder;

    @BeforeEach
    void start(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        cinder = new CinderFixture(cluster, cluster.pool(DownloadedImagesTest.class));
        threads = Executors.newFixedThreadPool(4);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(0);
        threads.shutdownNow();
        try {
            assertEmpty(cluster, cinder.pool);
        } finally {
            cinder.close();
            cluster.run("rados", "purge", cinder.pool, "--yes-i-really-really-mean-it");
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String[] range = exchange.getRequestHeaders()
                .getFirst("Range")
                .substring("bytes=".length())
                .split("-");
        int from = Integer.parseInt(range[0]);
        int end = Math.min(file.length, Integer.parseInt(range[1]) + 1);
        exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + file.length);
        exchange.sendResponseHeaders(206, end - from);
        exchange.getResponseBody().write(file, from, end - from);
        exchange.close();
    }

    private DiskImage download() throws IOException {
        URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/image.qcow2");
        return DiskImages.open(HttpSource.open(address, HttpOptions.DEFAULT));
    }

    /** Makes the served file of a raw disk. */
    private void serve(byte[] disk, String... options) throws IOException {
        Path raw = Files.write(folder.resolve("disk.raw"), disk);
        Path image = folder.resolve("image.qcow2");
        List<String> command = new ArrayList<>(List.of("qemu-img", "convert", "-O", "qcow2"));
        command.addAll(List.of(options));
        command.addAll(List.of(raw.toString(), image.toString()));
        cluster.run(command.toArray(String[]::new));
        file = Files.readAllBytes(image);
    }

    @Test
    void aVolumeHasTheBytesOfTheImage() throws IOException {
        byte[] disk = new byte[60 * MIB];
        System.arraycopy(data(1, 9 * MIB), 0, disk, 11 * MIB + 512, 9 * MIB);
        for (int i = 30 * MIB; i < 50 * MIB; i++) {
            disk[i] = (byte) (i >> 12);
        }
        for (String[] options :
                List.of(new String[] {}, new String[] {"-c"}, new String[] {"-c", "-o", "compression_type=zstd"})) {
            serve(disk, options);
            cinder.volumes.create("volume-1", 1);
            try (DiskImage image = download()) {
                cinder.volumes.copyImageToVolume(image, Volume.of("volume-1", 1));
            }
            assertThat(Clusters.start(cluster, cinder.pool + "/volume-1", disk.length))
                    .isEqualTo(disk);
            cinder.volumes.delete("volume-1");
        }
    }

    @Test
    void anImageThatIsDamagedLeavesTheVolumeAsItWas() throws IOException {
        byte[] disk = data(2, 8 * MIB);
        for (int i = 0; i < disk.length; i++) {
            disk[i] &= 0x0f; // so that it is worth compressing
        }
        serve(disk, "-c");
        cinder.volumes.create("volume-1", 1);
        cinder.write("volume-1", data(3, MIB));
        for (int i = file.length / 2; i < file.length / 2 + 200_000; i++) {
            file[i] ^= 0x55;
        }
        try (DiskImage image = download()) {
            assertFails(
                    Kind.IMAGE_UNACCEPTABLE, () -> cinder.volumes.copyImageToVolume(image, Volume.of("volume-1", 1)));
        }
        assertThat(cinder.names()).containsExactly("volume-1");
        assertThat(cinder.start("volume-1", MIB)).isEqualTo(data(3, MIB));
        cinder.volumes.delete("volume-1");
    }
}
