package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.ChunkPipeline;
import io.jrados.drivers.Cleanup;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.Opened;
import io.jrados.error.RadosException;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import java.io.IOException;

/** Makes a volume as a full copy of another's head, in the same pool or another one; or nothing. */
final class CopyVolume {
    private final Call call;
    private final Rbd from;
    private final Rbd to;

    CopyVolume(Call call, Rbd from, Rbd to) {
        this.call = call;
        this.from = from;
        this.to = to;
    }

    /**
     * Copies the bytes.
     *
     * @param bytes the copy's size, at least the source's
     * @return the copy, which has its mark still
     */
    UnfinishedVolume run(String source, String volume, long bytes, ImageOptions options) throws IOException {
        String doing = "copying volume " + source + " to " + volume;
        UnfinishedVolume unfinished = new UnfinishedVolume(call, to, volume);
        unfinished.make(options, marked -> to.create(volume, bytes, marked));
        Cleanup undo = new Cleanup();
        undo.add(unfinished::takeBack);
        try {
            copy(source, volume, unfinished, doing);
            call.did("copied", to, volume);
            return unfinished;
        } catch (RadosException failed) {
            undo.run(failed);
            throw Cleanup.ofCall(failed, doing);
        } catch (IOException | RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }

    private void copy(String source, String volume, UnfinishedVolume unfinished, String doing) throws IOException {
        int width = call.options().writesInFlight();
        try (ImageReader reader =
                        new ImageReader(from.openReadOnly(source), call.buffers(), Backend.COPY_CHUNK, width);
                Opened target = new Opened(to.open(volume))) {
            unfinished.confirm(target.image());
            try (ChunkPipeline pipeline = new ChunkPipeline(target.image(), call.buffers(), width, true)) {
                pipeline.copy(
                        ByteSource.of(reader),
                        end -> {
                            call.checkGoesOn(doing);
                            call.progress().report(Math.min(end, reader.size()), reader.size());
                        },
                        (chunk, end) -> ChunkPipeline.NO_USE);
            }
        }
    }
}
