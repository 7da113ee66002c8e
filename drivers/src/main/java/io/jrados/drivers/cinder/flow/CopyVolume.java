package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.ChunkPipeline;
import io.jrados.drivers.Cleanup;
import io.jrados.drivers.ImageReader;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.io.IOException;

/** Makes a volume as a full copy of another's head. */
final class CopyVolume {
    private final Backend backend;

    CopyVolume(Backend backend) {
        this.backend = backend;
    }

    void run(String source, String volume, int size) throws IOException {
        Rbd rbd = backend.rbd();
        int width = backend.options().writesInFlight();
        rbd.create(volume, Backend.bytes(size), backend.newVolume());
        Cleanup undo = new Cleanup();
        undo.add(() -> rbd.remove(volume, Progress.NONE));
        try (ImageReader from =
                        new ImageReader(rbd.openReadOnly(source), backend.buffers(), Backend.COPY_CHUNK, width);
                Image to = rbd.open(volume);
                ChunkPipeline pipeline = new ChunkPipeline(to, backend.buffers(), width, true)) {
            pipeline.copy(ByteSource.of(from), end -> {}, (chunk, end) -> ChunkPipeline.NO_USE);
        } catch (RadosException failed) {
            undo.run(failed);
            throw Cleanup.ofCall(failed, "copying volume " + source + " to " + volume);
        } catch (IOException | RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }
}
