package io.jrados.rados;

import io.jrados.crypto.Crc32c;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An OSD, or somebody in front of it, that lets a client log in, announces a large message, sends the beginning of it
 * and then one byte now and then.
 */
final class DrippingOsd implements AutoCloseable {
    private static final int SERVER_IDENT = 9;
    private static final int MESSAGE = 17;
    private static final int DRIP_MILLIS = 200;

    private final int frame;
    private final int beginning;
    private final CountDownLatch dripping = new CountDownLatch(1);
    private final Meddler meddler;

    /**
     * @param osd the real one
     * @param frame bytes that are announced
     * @param beginning bytes that are sent at once
     */
    DrippingOsd(InetSocketAddress osd, int frame, int beginning) throws IOException {
        this.frame = frame;
        this.beginning = beginning;
        this.meddler = new Meddler(osd, this::attack);
    }

    InetSocketAddress address() {
        return meddler.address();
    }

    /** Whether a client has been sent the beginning of a message. */
    boolean awaitDripping(long seconds) throws InterruptedException {
        return dripping.await(seconds, TimeUnit.SECONDS);
    }

    private void attack(int number, InputStream in, OutputStream out) throws IOException, InterruptedException {
        out.write(Meddler.exactly(in, Meddler.BANNER));
        Meddler.Frame last;
        do {
            last = Meddler.Frame.read(in);
            last.write(out);
        } while (last.tag() != SERVER_IDENT);
        out.write(announcement());
        out.write(new byte[beginning]);
        dripping.countDown();
        while (meddler.pause(DRIP_MILLIS)) {
            out.write(0);
        }
    }

    private byte[] announcement() {
        ByteBuffer out = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) MESSAGE).put((byte) 4);
        for (int length : new int[] {41, 100, 0, frame}) {
            out.putInt(length).putShort((short) 8);
        }
        out.put((byte) 0).put((byte) 0);
        out.putInt(Crc32c.of(0, out.array(), 0, out.position()));
        return out.array();
    }

    @Override
    public void close() throws IOException {
        meddler.close();
    }
}
