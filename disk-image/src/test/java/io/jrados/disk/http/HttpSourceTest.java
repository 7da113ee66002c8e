package io.jrados.disk.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.jrados.disk.Contents;
import io.jrados.disk.DiskImages;
import io.jrados.disk.Tools;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reading a file of a web server that serves ranges, and of one that fails in every way that we know. */
@Timeout(60)
class HttpSourceTest {
    private static final int BLOCK = 4 << 10;
    private static final HttpOptions SMALL =
            HttpOptions.DEFAULT.withBlocks(BLOCK, 4).withAttempts(3);
    private static final HttpOptions IMPATIENT = SMALL.withStall(Duration.ofMillis(300));

    private final byte[] file = Contents.noise(new Random(4), 100_000);

    @TempDir
    private Path folder;

    private byte[] read(RandomAccessSource source, int from, int count) throws RadosException {
        byte[] bytes = new byte[count];
        source.read(from, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private byte[] part(int from, int count) {
        byte[] bytes = new byte[count];
        System.arraycopy(file, from, bytes, 0, count);
        return bytes;
    }

    private Errno failure(FaultyServer server, HttpOptions options) {
        return catchThrowableOfType(RadosException.class, () -> {
                    try (HttpSource source = HttpSource.open(server.uri(), options)) {
                        read(source, 0, file.length);
                    }
                })
                .errno();
    }

    @Test
    void anyRangeIsRead() throws Exception {
        Random random = new Random(1);
        try (FaultyServer server = new FaultyServer(file);
                HttpSource source = HttpSource.open(server.uri(), SMALL)) {
            assertThat(source.size()).isEqualTo(file.length);
            for (int i = 0; i < 200; i++) {
                int from = random.nextInt(file.length);
                int count = random.nextInt(Math.min(3 * BLOCK, file.length - from) + 1);
                assertArrayEquals(part(from, count), read(source, from, count), from + " " + count);
            }
            assertArrayEquals(file, read(source, 0, file.length));
            RadosException past = catchThrowableOfType(RadosException.class, () -> read(source, file.length - 1, 2));
            assertThat(past.errno()).isEqualTo(Errno.EIO);
        }
    }

    @Test
    void aQcow2ImageIsReadLikeItsFile() throws Exception {
        Tools tools = new Tools(folder);
        Contents.mixed(tools.path("mixed.raw"), 4, 9);
        tools.qemuImg("convert", "-c", "-O", "qcow2", "mixed.raw", "image.qcow2");
        byte[] raw = Files.readAllBytes(tools.path("mixed.raw"));
        try (FaultyServer server = new FaultyServer(Files.readAllBytes(tools.path("image.qcow2")))) {
            for (int i = 1; i < 20; i++) {
                server.next(FaultyServer.cutAfter(i * 997));
            }
            try (DiskImage image = DiskImages.open(HttpSource.open(server.uri(), HttpOptions.DEFAULT))) {
                byte[] read = new byte[raw.length];
                image.read(0, ByteBuffer.wrap(read));
                assertArrayEquals(raw, read);
            }
            // twenty of them for the connections that broke
            assertThat(server.requests()).hasSizeLessThan(30);
        }
    }

    @Test
    void readersOfOneBlockShareARequest() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (FaultyServer server = new FaultyServer(file);
                HttpSource source = HttpSource.open(server.uri(), SMALL)) {
            List<Callable<byte[]>> readers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int from = BLOCK * 7 + i * 100;
                readers.add(() -> read(source, from, 96));
            }
            int i = 0;
            for (Future<byte[]> each : threads.invokeAll(readers, 60, TimeUnit.SECONDS)) {
                assertArrayEquals(part(BLOCK * 7 + i++ * 100, 96), each.get());
            }
            assertThat(server.requests()).hasSize(2);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aBrokenConnectionIsResumedWhereItBroke() throws Exception {
        try (FaultyServer server = new FaultyServer(file);
                HttpSource source = HttpSource.open(server.uri(), SMALL)) {
            server.next(FaultyServer.cutAfter(30_000)).next(FaultyServer.cutAfter(30_000));
            assertArrayEquals(file, read(source, 0, file.length));
            List<Map<String, String>> asked = server.requests();
            assertThat(asked).hasSize(4);
            assertThat(asked.get(3)).containsEntry("range", "bytes=60000-99999").containsEntry("if-range", "\"one\"");
        }
    }

    /** The head of an answer came, and not a byte behind it: the file is as large as it said. */
    @Test
    void anOpeningThatBreaksBehindTheHeadIsRepeated() throws Exception {
        for (FaultyServer.Turn broken : List.of(FaultyServer.cutAfter(0), FaultyServer.silentAfter(0))) {
            try (FaultyServer server = new FaultyServer(file).next(broken);
                    HttpSource source = HttpSource.open(server.uri(), IMPATIENT)) {
                assertThat(source.size()).isEqualTo(file.length);
                assertArrayEquals(file, read(source, 0, file.length));
            }
        }
    }

    @Test
    void aFileThatGrowsOnAServerWithoutTagsIsNotMixed() throws Exception {
        FaultyServer.Turn longer = (server, asked, out) -> {
            server.head(
                    out,
                    "206 Partial Content",
                    "Content-Range: bytes " + asked.from() + "-" + (asked.end() - 1) + "/100001",
                    "Content-Length: " + (asked.end() - asked.from()));
            out.write(server.file, asked.from(), asked.end() - asked.from());
        };
        try (FaultyServer server = new FaultyServer(file)) {
            server.next(FaultyServer::plain).next(longer);
            assertThat(failure(server, SMALL)).isEqualTo(Errno.ESTALE);
        }
    }

    @Test
    void whatIsAddedToRequestsGoesToNoOtherHost() throws Exception {
        try (FaultyServer server = new FaultyServer(file);
                FaultyServer other = new FaultyServer(file)) {
            FaultyServer.Turn elsewhere = FaultyServer.status("302 Found", "Location: " + other.plainUri());
            server.next(elsewhere);
            try (HttpSource source = HttpSource.open(server.uri(), SMALL)) {
                assertThat(source.size()).isEqualTo(file.length);
            }
            assertThat(other.requests()).isNotEmpty();
            server.next(elsewhere);
            int before = other.requests().size();
            assertThat(failure(server, SMALL.withHeader("Authorization", "Bearer classified")))
                    .isEqualTo(Errno.EOPNOTSUPP);
            assertThat(other.requests()).hasSize(before);
        }
    }

    @Test
    void aServerThatFallsSilentIsAskedAgain() throws Exception {
        try (FaultyServer server = new FaultyServer(file);
                HttpSource source = HttpSource.open(server.uri(), IMPATIENT)) {
            server.next(FaultyServer.silentAfter(10_000));
            assertArrayEquals(file, read(source, 0, file.length));
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void aServerThatIsBusyIsAskedAgain() throws Exception {
        try (FaultyServer server = new FaultyServer(file)) {
            server.next(FaultyServer.status("503 Busy", "Retry-After: 1")).next(FaultyServer.status("502 Gateway"));
            try (HttpSource source = HttpSource.open(server.uri(), SMALL)) {
                assertArrayEquals(part(5, 10), read(source, 5, 10));
            }
        }
    }

    @Test
    void attemptsThatBringNothingEnd() throws Exception {
        try (FaultyServer server = new FaultyServer(file)) {
            server.next(FaultyServer::plain);
            for (int i = 0; i < 3; i++) {
                server.next(FaultyServer.cutAfter(0));
            }
            assertThat(failure(server, SMALL)).isEqualTo(Errno.EIO);
            assertThat(server.requests()).hasSize(4);
        }
    }

    @Test
    void anAnswerWithoutAByteIsNoProgress() throws Exception {
        FaultyServer.Turn empty = (server, asked, out) -> server.head(
                out,
                "206 Partial Content",
                "Content-Range: bytes " + asked.from() + "-" + asked.from() + "/100000",
                "Content-Length: 0");
        try (FaultyServer server = new FaultyServer(file)) {
            server.next(FaultyServer::plain).next(empty).next(empty).next(empty);
            assertThat(failure(server, SMALL)).isEqualTo(Errno.EIO);
        }
    }

    @Test
    void aFileThatChangesIsNotMixed() throws Exception {
        try (FaultyServer server = new FaultyServer(file);
                HttpSource source = HttpSource.open(server.uri(), SMALL)) {
            server.tag = "\"two\"";
            RadosException changed = catchThrowableOfType(RadosException.class, () -> read(source, 0, file.length));
            assertThat(changed.errno()).isEqualTo(Errno.ESTALE);
            server.next(FaultyServer.status("200 OK"));
            assertThat(catchThrowableOfType(RadosException.class, () -> read(source, 0, file.length))
                            .errno())
                    .isEqualTo(Errno.ESTALE);
        }
    }

    @Test
    void refusalsHaveTheirErrno() throws Exception {
        Map<String, Errno> expected = Map.of(
                "200 OK", Errno.EOPNOTSUPP,
                "401 Unauthorized", Errno.EACCES,
                "403 Forbidden", Errno.EACCES,
                "404 Not Found", Errno.ENOENT,
                "410 Gone", Errno.ENOENT,
                "416 Outside", Errno.ESTALE,
                "206 Without Range", Errno.EBADMSG,
                "418 Teapot", Errno.EIO);
        for (Map.Entry<String, Errno> each : expected.entrySet()) {
            try (FaultyServer server = new FaultyServer(file)) {
                server.next(FaultyServer.status(each.getKey()));
                assertThat(failure(server, SMALL)).as(each.getKey()).isEqualTo(each.getValue());
            }
        }
    }

    @Test
    void rangesThatCannotBeAreRefused() throws Exception {
        List<String> ranges = List.of(
                "bytes 5-4099/100000",
                "bytes 0-9999/100000",
                "bytes 0-4095/17",
                "bytes 4095-0/100000",
                "bytes 0-99999999999999999999999/100000",
                "octets 0-4095/100000",
                "");
        for (String range : ranges) {
            try (FaultyServer server = new FaultyServer(file)) {
                server.next(FaultyServer.status("206 Partial Content", "Content-Range: " + range));
                assertThat(failure(server, SMALL)).as(range).isEqualTo(Errno.EBADMSG);
            }
        }
        try (FaultyServer server = new FaultyServer(file)) {
            server.next(FaultyServer.status("206 Partial Content", "Content-Range: bytes 0-4095/*"));
            assertThat(failure(server, SMALL)).isEqualTo(Errno.EOPNOTSUPP);
            server.next(FaultyServer.status(
                    "206 Partial Content", "Content-Range: bytes 0-4095/100000", "Content-Encoding: gzip"));
            assertThat(failure(server, SMALL)).isEqualTo(Errno.EBADMSG);
        }
    }

    @Test
    void moreBytesThanAskedForAreNotTaken() throws Exception {
        FaultyServer.Turn more = (server, asked, out) -> {
            server.partial(out, asked.from(), asked.end(), asked.end() - asked.from() + 1000);
            out.write(server.file, asked.from(), asked.end() - asked.from() + 1000);
        };
        try (FaultyServer server = new FaultyServer(file);
                HttpSource source = HttpSource.open(server.uri(), SMALL)) {
            server.next(more);
            byte[] bytes = new byte[20_000];
            source.read(10_000, ByteBuffer.wrap(bytes, 0, 10_000));
            assertArrayEquals(part(10_000, 10_000), Contents.first(bytes, 10_000));
            assertThat(bytes[10_000]).isZero();
        }
    }

    @Test
    void anEmptyFileIsASourceOfNothing() throws Exception {
        try (FaultyServer server = new FaultyServer(new byte[0]);
                HttpSource source = HttpSource.open(server.uri(), SMALL)) {
            assertThat(source.size()).isZero();
            assertThat(read(source, 0, 0)).isEmpty();
        }
    }

    @Test
    void closingEndsWhatWaits() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (FaultyServer server = new FaultyServer(file)) {
            HttpSource source = HttpSource.open(server.uri(), SMALL);
            server.next(FaultyServer.silentAfter(10));
            Future<byte[]> reader = threads.submit(() -> read(source, 0, file.length));
            while (server.requests().size() < 2) {
                Thread.onSpinWait();
            }
            source.close();
            Throwable ended = catchThrowableOfType(ExecutionException.class, () -> reader.get(30, TimeUnit.SECONDS))
                    .getCause();
            assertThat(((RadosException) ended).errno()).isEqualTo(Errno.EBADF);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anInterruptEndsWaiting() throws Exception {
        try (FaultyServer server = new FaultyServer(file);
                HttpSource source = HttpSource.open(server.uri(), SMALL)) {
            Thread.currentThread().interrupt();
            RadosException stopped = catchThrowableOfType(RadosException.class, () -> read(source, 50_000, 10));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(stopped.errno()).isEqualTo(Errno.EINTR);
            assertArrayEquals(part(50_000, 10), read(source, 50_000, 10));
        }
    }

    @Test
    void secretsAreNotTold() throws Exception {
        try (FaultyServer server = new FaultyServer(file)) {
            server.next(FaultyServer.status("403 Forbidden"));
            HttpOptions secret = SMALL.withHeader("Authorization", "Bearer classified");
            RadosException refused =
                    catchThrowableOfType(RadosException.class, () -> HttpSource.open(server.uri(), secret));
            assertThat(refused).hasMessageContaining("/images/disk").hasMessageNotContainingAny("secret", "hidden");
            assertThat(secret.toString()).doesNotContain("classified");
            assertThat(server.requests().get(0)).containsEntry("authorization", "Bearer classified");
        }
    }

    @Test
    void badArgumentsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpSource.open(URI.create("file:///etc/passwd"), SMALL))
                .withMessageStartingWith("address");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SMALL.withHeader("Range", "bytes=0-"))
                .withMessageStartingWith("name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SMALL.withHeader("X-Token", "classified\r\nHost: other"))
                .withMessageNotContaining("classified");
        assertThatIllegalArgumentException().isThrownBy(() -> SMALL.withBlocks(1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> SMALL.withBlocks(BLOCK, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> SMALL.withAttempts(0));
        assertThatIllegalArgumentException().isThrownBy(() -> SMALL.withStall(Duration.ZERO));
    }
}
