package io.jrados.rbd.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A diff of format 1 or 2, written in order. It is whole only once its end is written. */
final class DiffWriter {
    private static final int POSITION_BYTES = 2 * Long.BYTES;

    private final StreamOutput out;
    private final int format;

    /** @param format 1 or 2 */
    DiffWriter(StreamOutput out, int format) {
        this.out = out;
        this.format = format;
    }

    void header(DiffHeader header) throws IOException {
        out.banner(DiffFormat.banner(format));
        name(DiffFormat.FROM, header.from());
        name(DiffFormat.TO, header.to());
        if (format == 2 && header.to().isPresent()) {
            begin(DiffFormat.PROTECTION, 1);
            out.u8(header.isProtected() ? 1 : 0);
        }
        begin(DiffFormat.SIZE, Long.BYTES);
        out.u64(header.size());
    }

    private void name(int tag, Optional<String> name) throws IOException {
        if (name.isPresent()) {
            byte[] bytes = name.get().getBytes(StandardCharsets.UTF_8);
            begin(tag, Integer.BYTES + bytes.length);
            out.counted(bytes);
        }
    }

    private void begin(int tag, long length) throws IOException {
        out.u8(tag);
        if (format == 2) {
            out.u64(length);
        }
    }

    /** Begins a record; its data, if it has some, follows in any number of {@link #bytes}. */
    void record(DiffRecord record) throws IOException {
        if (record.hasData()) {
            begin(DiffFormat.DATA, POSITION_BYTES + record.length());
        } else {
            begin(DiffFormat.ZERO, POSITION_BYTES);
        }
        out.u64(record.offset());
        out.u64(record.length());
    }

    /** Writes all that remains. */
    void bytes(ByteBuffer data) throws IOException {
        out.write(data);
    }

    void end() throws IOException {
        out.u8(DiffFormat.END);
        out.flush();
    }
}
