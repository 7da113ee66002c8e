package io.jrados.rbd;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CompletableFuture;

/**
 * An image as a file: {@link Image#channel(int)}. Beside what every seekable channel does, it moves bytes between the
 * image and another channel, as {@link java.nio.channels.FileChannel} does, and without a copy on the way: the other
 * channel is given, or fills, the very buffers that are received or sent.
 *
 * <pre>{@code
 * try (ImageChannel channel = image.channel()) {
 *     channel.transferFrom(file, 0, file.size());
 * }
 * }</pre>
 */
public interface ImageChannel extends SeekableByteChannel {
    /**
     * Writes bytes of the image to a channel, reading ahead of it at this channel's depth. What this channel has
     * written is there; its position is neither used nor changed, and its other calls do not wait. A transfer that is
     * under way when the channel is closed ends with a {@link java.nio.channels.ClosedChannelException} before its next
     * piece.
     *
     * @param position in bytes
     * @param count bytes; fewer are written where the image ends, and when a sink that does not block takes no more
     * @return the number of bytes that the sink has taken
     * @throws IOException what the sink throws; as a RadosException, what reading fails with
     * @throws IllegalArgumentException for a negative position or count
     */
    long transferTo(long position, long count, WritableByteChannel sink) throws IOException;

    /** As {@link #transferTo}; the sink is written to on the verb's thread. */
    CompletableFuture<Long> transferToAsync(long position, long count, WritableByteChannel sink);

    /**
     * Writes what a source has into the image, pieces at this channel's depth while the next are read. All is written
     * when this returns, and durable once the channel is closed; it comes behind what this channel has written before.
     * The channel's position is neither used nor changed. After a failure nothing is under way any more, and any part
     * of what the source gave may be written. A transfer that is under way when the channel is closed ends with
     * a {@link java.nio.channels.ClosedChannelException} before its next piece.
     *
     * @param position in bytes
     * @param count bytes; fewer are written where the source or the image ends, and when a source that does not block
     *     has no more
     * @return the number of bytes that the source gave
     * @throws IOException what the source throws; as a RadosException, ENOSPC when the position is at the image's end
     *     or behind it and the source has a byte more, and what writing fails with
     * @throws java.nio.channels.NonWritableChannelException if the image is read-only
     * @throws IllegalArgumentException for a negative position or count
     */
    long transferFrom(ReadableByteChannel source, long position, long count) throws IOException;

    /** As {@link #transferFrom}; the source is read on the verb's thread. */
    CompletableFuture<Long> transferFromAsync(ReadableByteChannel source, long position, long count);
}
