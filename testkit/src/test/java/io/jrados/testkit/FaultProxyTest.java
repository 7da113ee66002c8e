package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FaultProxyTest {
    private final ServerSocket server = listen();
    private final FaultProxy proxy = proxy();
    private Socket near;
    private Socket far;

    @BeforeEach
    void connect() throws IOException {
        near = new Socket(proxy.address().getAddress(), proxy.address().getPort());
        far = server.accept();
        near.setSoTimeout(10_000);
        far.setSoTimeout(10_000);
    }

    @AfterEach
    void close() throws IOException {
        near.close();
        far.close();
        proxy.close();
        server.close();
    }

    @Test
    void passesEverythingBothWaysUnchanged() throws IOException {
        byte[] data = random(300_000);
        assertThat(throughProxy(near, far, data)).isEqualTo(data);
        assertThat(throughProxy(far, near, data)).isEqualTo(data);
    }

    @Test
    void choppedBytesArriveWholeButInSmallPieces() throws IOException {
        proxy.apply(Fault.none().choppedSmall());
        byte[] data = random(2_000);
        near.getOutputStream().write(data);
        byte[] first = new byte[1_000];
        int length = far.getInputStream().read(first);
        byte[] rest = far.getInputStream().readNBytes(data.length - length);
        assertThat(first).startsWith(Arrays.copyOf(data, Math.min(length, 7)));
        assertThat(length + rest.length).isEqualTo(data.length);
        assertThat(rest).endsWith(Arrays.copyOfRange(data, data.length - 100, data.length));
    }

    @Test
    void resetsOnceSoManyBytesHavePassed() throws IOException {
        proxy.apply(Fault.none().resettingEvery(1_000));
        assertThat(throughProxy(near, far, random(999))).hasSize(999);
        near.getOutputStream().write(new byte[2]);
        assertThatThrownBy(() -> {
                    if (near.getInputStream().read() < 0) {
                        throw new AssertionError("an end, where a reset was due");
                    }
                })
                .isInstanceOf(SocketException.class);
        assertThat(proxy.connections()).isZero();
    }

    @Test
    void flipsOneBitInEachSpan() throws IOException {
        proxy.apply(Fault.none().flippingOneBitEvery(100).only(Fault.Ways.TO_SERVER));
        byte[] data = random(1_050);
        byte[] arrived = throughProxy(near, far, data);
        int bits = 0;
        for (int k = 0; k < data.length; k++) {
            bits += Integer.bitCount((data[k] ^ arrived[k]) & 0xff);
        }
        assertThat(bits).isEqualTo(10);
        assertThat(throughProxy(far, near, data)).isEqualTo(data);
    }

    @Test
    void aStallHoldsBytesUntilItEnds() throws IOException {
        proxy.apply(Fault.stalled());
        near.getOutputStream().write(random(10));
        far.setSoTimeout(200);
        assertThatThrownBy(() -> far.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        proxy.apply(Fault.none());
        far.setSoTimeout(10_000);
        assertThat(far.getInputStream().readNBytes(10)).hasSize(10);
    }

    @Test
    void aBlackHoleSwallowsBytesForGood() throws IOException {
        proxy.apply(Fault.blackhole());
        near.getOutputStream().write(random(10));
        far.setSoTimeout(200);
        assertThatThrownBy(() -> far.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        proxy.apply(Fault.none());
        near.getOutputStream().write(7);
        assertThat(far.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void aHalfCloseEndsOneDirectionOnly() throws IOException {
        proxy.apply(Fault.none().halfClosingAfter(10).only(Fault.Ways.TO_SERVER));
        near.getOutputStream().write(random(25));
        assertThat(far.getInputStream().readAllBytes()).hasSize(10);
        assertThat(throughProxy(far, near, random(1_000))).hasSize(1_000);
    }

    @Test
    void aDelayHoldsEachPortion() throws IOException {
        proxy.apply(Fault.none().delayed(Duration.ofMillis(150)));
        long began = System.nanoTime();
        throughProxy(near, far, random(10));
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(150_000_000L);
    }

    @Test
    void resetsAllConnectionsAndRefusesNewOnes() throws IOException {
        proxy.resetAll();
        assertThatThrownBy(() -> near.getInputStream().read()).isInstanceOf(SocketException.class);
        proxy.refuse(true);
        try (Socket refused =
                new Socket(proxy.address().getAddress(), proxy.address().getPort())) {
            refused.setSoTimeout(10_000);
            assertThatThrownBy(() -> refused.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThat(proxy.accepted()).isEqualTo(2);
    }

    @Test
    void anEndOfOneSidePassesThrough() throws IOException {
        near.shutdownOutput();
        assertThat(far.getInputStream().read()).isEqualTo(-1);
        assertThat(throughProxy(far, near, random(10))).hasSize(10);
    }

    private static byte[] throughProxy(Socket from, Socket to, byte[] data) throws IOException {
        Thread writer = new Thread(() -> {
            try {
                from.getOutputStream().write(data);
            } catch (IOException lost) {
                throw new AssertionError(lost);
            }
        });
        writer.start();
        InputStream in = to.getInputStream();
        return in.readNBytes(data.length);
    }

    private static byte[] random(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private FaultProxy proxy() {
        try {
            return FaultProxy.to((InetSocketAddress) server.getLocalSocketAddress(), 42);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
