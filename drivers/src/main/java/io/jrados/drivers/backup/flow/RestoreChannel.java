package io.jrados.drivers.backup.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RestoreReport;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SeekableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** Restores a backup into a file, from its first byte on, or into any other channel; the rest becomes zero. */
public final class RestoreChannel {
    private static final int ZEROES = 1 << 20;

    private final BackupPool pool;

    public RestoreChannel(BackupPool pool) {
        this.pool = pool;
    }

    public RestoreReport run(Backup backup, WritableByteChannel sink, int size, Progress progress) throws IOException {
        Checks.size(backup, size);
        long wanted = (long) size << 30;
        Rbd images = pool.images(backup);
        try (Image source = new FindRestorePoint(images, backup).run().open(images)) {
            if (source.size() > wanted) {
                throw new DriverException(
                        Kind.INVALID_PARAMETER_VALUE,
                        "restoring backup " + backup.id() + " of " + source.size() + " bytes into " + wanted);
            }
            Optional<SeekableByteChannel> file = SeekableFile.of(sink);
            if (file.isPresent()) {
                file.get().position(0);
            }
            long end = source.download(sink, pool.options().depth(), progress);
            if (pool.options().discardExcessBytes()) {
                if (file.isPresent()) {
                    zeroFile(file.get(), end, wanted);
                } else {
                    zero(sink, wanted - end);
                }
            }
        }
        if (sink instanceof FileChannel file && SeekableFile.of(file).isPresent()) {
            file.force(true);
        }
        return new RestoreReport(false, new MetadataObject(pool.pool(backup), backup).read());
    }

    /** Behind the file's end one byte is enough: what is before it takes no room. */
    private static void zeroFile(SeekableByteChannel file, long from, long to) throws IOException {
        file.position(from);
        zero(file, Math.min(file.size(), to) - from);
        if (file.size() < to) {
            file.position(to - 1);
            zero(file, 1);
        }
    }

    private static void zero(WritableByteChannel sink, long count) throws IOException {
        ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.max(0, Math.min(ZEROES, count)));
        for (long left = count; left > 0; ) {
            zeroes.clear().limit((int) Math.min(left, zeroes.capacity()));
            left -= zeroes.remaining();
            while (zeroes.hasRemaining()) {
                sink.write(zeroes);
            }
        }
    }
}
