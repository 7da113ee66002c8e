package io.jrados.drivers.cinder.flow;

import io.jrados.disk.model.DiskStream;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a disk image into an RBD image that is empty: several pieces at a time, and none that is all zeroes. */
final class WriteDisk {
    private static final Logger LOG = LoggerFactory.getLogger(WriteDisk.class);

    private final Call call;
    private final Deque<CompletableFuture<Void>> inFlight = new ArrayDeque<>();
    private ByteBuffer zeroes = ByteBuffer.allocate(1 << 20);

    WriteDisk(Call call) {
        this.call = call;
    }

    void run(DiskStream disk, Image image) throws RadosException {
        long size = disk.info().virtualSize();
        try {
            long done = 0;
            for (DiskStream.Piece piece = disk.next(); piece != null; piece = disk.next()) {
                call.checkGoesOn("writing a disk image into " + image.name());
                ByteBuffer bytes = piece.bytes();
                if (!isZero(bytes)) {
                    if (inFlight.size() == call.options().writesInFlight()) {
                        Wait.on(inFlight.remove());
                    }
                    inFlight.add(image.writeAsync(piece.offset(), bytes));
                }
                done = Math.max(done, piece.offset());
                call.progress().report(done, size);
            }
            while (!inFlight.isEmpty()) {
                Wait.on(inFlight.remove());
            }
            image.flush();
            call.progress().report(size, size);
        } finally {
            // After a failure the image is removed: nothing may write to it any more by then.
            settle();
        }
    }

    private void settle() {
        while (!inFlight.isEmpty()) {
            try {
                Wait.throughInterrupts(inFlight.remove());
            } catch (RadosException second) {
                LOG.debug("a write of a copy that failed already", second);
            }
        }
    }

    private boolean isZero(ByteBuffer bytes) {
        if (zeroes.capacity() < bytes.remaining()) {
            zeroes = ByteBuffer.allocate(bytes.remaining());
        }
        return bytes.mismatch(zeroes.slice(0, bytes.remaining())) < 0;
    }
}
