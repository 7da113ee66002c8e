package io.jrados.rbd.model;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;
import java.util.Optional;

/**
 * A channel that can really seek. The JDK gives the same class for a file and for a pipe, a terminal or the standard
 * input, whose size is 0 and whose position nobody can ask for; only asking tells them apart.
 */
public final class SeekableFile {
    private SeekableFile() {}

    /** Returns the channel as one that can seek; empty for one that only reads or writes on. */
    public static Optional<SeekableByteChannel> of(Channel channel) {
        Objects.requireNonNull(channel, "channel");
        if (channel instanceof SeekableByteChannel file) {
            try {
                file.position(file.position());
                return Optional.of(file);
            } catch (IOException | UnsupportedOperationException cannotSeek) {
                // A pipe, or a file of a service that is only read or written on. A channel that is closed says so when
                // it is read.
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
