package io.jrados.disk.qcow2;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.WritableByteChannel;

/** A file that is written from its beginning to its end: small pieces are gathered, and the position is known. */
final class Output {
    private static final int GATHERED = 1 << 17;

    private final WritableByteChannel channel;
    private final ByteBuffer gathered = ByteBuffer.allocate(GATHERED);
    private long position;

    Output(WritableByteChannel channel) {
        this.channel = channel;
    }

    long position() {
        return position;
    }

    void putLong(long value) throws RadosException {
        room(Long.BYTES);
        gathered.putLong(value);
        position += Long.BYTES;
    }

    void putInt(int value) throws RadosException {
        room(Integer.BYTES);
        gathered.putInt(value);
        position += Integer.BYTES;
    }

    void putShort(int value) throws RadosException {
        room(Short.BYTES);
        gathered.putShort((short) value);
        position += Short.BYTES;
    }

    void put(byte[] bytes, int length) throws RadosException {
        if (length >= GATHERED) {
            flush();
            send(ByteBuffer.wrap(bytes, 0, length));
        } else {
            room(length);
            gathered.put(bytes, 0, length);
        }
        position += length;
    }

    /** Zeros up to a multiple of a size. */
    void align(int size) throws RadosException {
        while (position % size != 0) {
            room(1);
            gathered.put((byte) 0);
            position++;
        }
    }

    private void room(int length) throws RadosException {
        if (gathered.remaining() < length) {
            flush();
        }
    }

    void flush() throws RadosException {
        send(gathered.flip());
        gathered.clear();
    }

    private void send(ByteBuffer bytes) throws RadosException {
        try {
            while (bytes.hasRemaining()) {
                if (channel.write(bytes) == 0) {
                    throw new RadosException(Errno.EAGAIN, "writing a qcow2 image to a channel that does not block");
                }
            }
        } catch (RadosException ours) {
            throw ours;
        } catch (ClosedByInterruptException interrupted) {
            throw new RadosException(Errno.EINTR, "writing a qcow2 image behind " + position, interrupted);
        } catch (IOException failed) {
            throw new RadosException(Errno.EIO, "writing a qcow2 image behind " + position, failed);
        }
    }
}
