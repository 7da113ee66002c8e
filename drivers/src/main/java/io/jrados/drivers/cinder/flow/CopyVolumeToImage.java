package io.jrados.drivers.cinder.flow;

import io.jrados.disk.DiskImages;
import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.Qcow2Options;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.disk.model.RawImage;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Writes a volume's head as a disk image, through nothing on disk. */
public final class CopyVolumeToImage {
    private final Call call;

    public CopyVolumeToImage(Call call) {
        this.call = call;
    }

    /** Returns the number of bytes that were written. */
    public long run(String volume, DiskFormat format, WritableByteChannel sink) throws IOException {
        Rbd rbd = call.rbd();
        if (format != DiskFormat.RAW && format != DiskFormat.QCOW2) {
            throw format.refusal();
        }
        try (Image image = rbd.openReadOnly(volume)) {
            int depth = call.options().writesInFlight();
            long bytes;
            if (format == DiskFormat.RAW) {
                bytes = image.download(sink, depth, call.progress());
            } else {
                try (RawImage disk = new RawImage(RandomAccessSource.of(image.channel(depth)))) {
                    bytes = DiskImages.writeQcow2(disk, sink, Qcow2Options.DEFAULT);
                }
            }
            call.did("uploaded", rbd, volume);
            return bytes;
        }
    }
}
