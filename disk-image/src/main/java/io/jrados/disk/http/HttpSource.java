package io.jrados.disk.http;

import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A disk image on a web server that serves ranges (RFC 9110), HTTP or HTTPS, read without a temporary file while it is
 * needed. Requests that break are resumed where they broke. A file that changes meanwhile fails reading, as far as the
 * server tags its files.
 *
 * <pre>{@code
 * URI address = URI.create("https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-generic-amd64.qcow2");
 * try (DiskImage image = DiskImages.open(HttpSource.open(address, HttpOptions.DEFAULT))) {
 *     System.out.println(image.virtualSize());
 * }
 * }</pre>
 *
 * <p>Whoever takes addresses from strangers checks them before: the server is asked from this host. Redirects are
 * followed, but not from HTTPS to HTTP, and not at all where headers were added, which would go on to another host; a
 * client of the caller's does as it was told.
 */
public final class HttpSource implements RandomAccessSource {
    private final RangeReader reader;
    private final HttpClient client;
    private final boolean owned;
    private final BlockCache blocks;
    private final long size;
    private final int blockSize;

    private HttpSource(RangeReader reader, HttpClient client, HttpOptions options) throws RadosException {
        this.reader = reader;
        this.client = client;
        owned = options.client().isEmpty();
        blockSize = options.blockSize();
        ByteBuffer first = ByteBuffer.allocate(blockSize);
        size = reader.begin(first);
        blocks = new BlockCache(options.blocks(), this::load);
        blocks.put(0, first.flip());
    }

    /**
     * Asks a server for the beginning of a file.
     *
     * @throws IllegalArgumentException for an address that is not HTTP or HTTPS
     * @throws RadosException EOPNOTSUPP for a server without ranges, ENOENT and EACCES as the server answers, EIO for
     *     one that does not answer
     */
    public static HttpSource open(URI address, HttpOptions options) throws RadosException {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(options, "options");
        String scheme = String.valueOf(address.getScheme());
        if (address.getHost() == null || !scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            throw new IllegalArgumentException("address: no host on the web");
        }
        HttpClient client = options.client().orElseGet(() -> HttpClient.newBuilder()
                .followRedirects(options.headers().isEmpty() ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
                .connectTimeout(options.stall())
                .build());
        RangeReader reader = new RangeReader(address, options, client);
        try {
            return new HttpSource(reader, client, options);
        } catch (Throwable failed) {
            reader.close();
            if (options.client().isEmpty()) {
                closeAfter(client, failed);
            }
            throw failed;
        }
    }

    private static void closeAfter(HttpClient client, Throwable failed) {
        try {
            close(client);
        } catch (RadosException second) {
            failed.addSuppressed(second);
        }
    }

    /** From JDK 21 on a client can be closed; before, it ends when nobody refers to it. */
    private static void close(HttpClient client) throws RadosException {
        if (client instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception failed) {
                throw RadosException.of(Errno.EIO, "closing a client of HTTP", failed);
            }
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, ByteBuffer target) throws RadosException {
        Objects.requireNonNull(target, "target");
        if (position < 0) {
            throw new IllegalArgumentException("position: " + position);
        }
        if (position > size - target.remaining()) {
            throw new RadosException(Errno.EIO, "reading an image's file, which ends at " + size);
        }
        // What is as large as a block gains nothing from being kept.
        if (target.remaining() >= blockSize) {
            reader.fill(position, target);
            return;
        }
        long at = position;
        while (target.hasRemaining()) {
            ByteBuffer block = blocks.get(at / blockSize);
            block.position((int) (at % blockSize));
            int count = Math.min(block.remaining(), target.remaining());
            target.put(block.limit(block.position() + count));
            at += count;
        }
    }

    private ByteBuffer load(long index) throws RadosException {
        long begin = index * blockSize;
        ByteBuffer block = ByteBuffer.allocate((int) Math.min(blockSize, size - begin));
        reader.fill(begin, block);
        return block.flip();
    }

    /** Ends what is being read, with EBADF. */
    @Override
    public void close() throws RadosException {
        reader.close();
        if (owned) {
            close(client);
        }
    }
}
