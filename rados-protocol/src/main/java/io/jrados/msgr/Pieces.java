package io.jrados.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Lines up bytes for one gathering write: short ones collect in a buffer, long segments go out as they are. Between two
 * long segments there is one buffer, with the end of a frame and the beginning of the next.
 */
final class Pieces {
    private static final int COLLECTOR = 1024;

    private final ByteBufAllocator allocator;
    private final Sink sink;
    private @Nullable ByteBuf collector;

    Pieces(ByteBufAllocator allocator, Sink sink) {
        this.allocator = allocator;
        this.sink = sink;
    }

    /** The buffer to append {@code length} bytes to now; kept by this. */
    ByteBuf collector(int length) {
        if (collector != null && collector.writableBytes() < length) {
            finish();
        }
        if (collector == null) {
            collector = allocator.directBuffer(Math.max(length, COLLECTOR));
        }
        return collector;
    }

    /** A segment that is not copied. Owns it. */
    void add(ByteBuf segment) {
        finish();
        if (segment.nioBufferCount() == 1) {
            sink.write(segment);
            return;
        }
        // The channel would copy a composite buffer: it does not count as direct.
        ByteBuffer[] parts = segment.nioBuffers();
        for (int i = 0; i < parts.length - 1; i++) {
            sink.write(Unpooled.wrappedBuffer(parts[i]));
        }
        sink.write(Unpooled.wrappedBuffer(parts[parts.length - 1]), segment);
    }

    void finish() {
        ByteBuf ready = collector;
        if (ready != null) {
            collector = null;
            sink.write(ready);
        }
    }

    void release() {
        if (collector != null) {
            collector.release();
            collector = null;
        }
    }
}
