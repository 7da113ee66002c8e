package io.jrados.disk.codec;

import io.jrados.error.MalformedException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Raw deflate data, as zlib makes them without its header, by the JDK's own decoder. */
public final class InflateDecompressor implements Decompressor {
    private final Inflater inflater = new Inflater(true);

    @Override
    public void decompress(byte[] in, int length, byte[] out, int size) {
        inflater.reset();
        inflater.setInput(in, 0, length);
        int done = 0;
        try {
            while (done < size) {
                int count = inflater.inflate(out, done, size - done);
                if (count == 0) {
                    throw new MalformedException("deflate data " + (inflater.finished() ? "make " : "break off after ")
                            + done + " bytes of " + size);
                }
                done += count;
            }
        } catch (DataFormatException wrong) {
            throw new MalformedException("no deflate data: " + wrong.getMessage(), wrong);
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
