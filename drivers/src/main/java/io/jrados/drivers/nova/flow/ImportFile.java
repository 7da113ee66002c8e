package io.jrados.drivers.nova.flow;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.NotFoundException;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/** Imports the bytes of a raw disk that was made elsewhere: a config drive, an ephemeral disk, swap. */
public final class ImportFile {
    private final Backend backend;

    public ImportFile(Backend backend) {
        this.backend = backend;
    }

    /** Imports the disk unless there is one of that name: false then. */
    public boolean ifAbsent(String disk, ReadableByteChannel bytes, Progress progress) throws IOException {
        Rbd rbd = backend.disks();
        if (Backend.size(rbd, disk) >= 0) {
            return false;
        }
        try {
            ImageStreams.on(rbd).importImage(disk, ImportOptions.DEFAULT, bytes, progress);
            return true;
        } catch (AlreadyExistsException taken) {
            // another client was faster, or a dead one had made all but the name
            if (Backend.size(rbd, disk) >= 0) {
                return false;
            }
            throw taken;
        }
    }

    /** Imports the disk in place of one of that name. */
    public void replace(String disk, ReadableByteChannel bytes, Progress progress) throws IOException {
        Rbd rbd = backend.disks();
        try {
            rbd.remove(disk, Progress.NONE);
        } catch (NotFoundException none) {
            // nothing to replace
        }
        ImageStreams.on(rbd).importImage(disk, ImportOptions.DEFAULT, bytes, progress);
    }
}
