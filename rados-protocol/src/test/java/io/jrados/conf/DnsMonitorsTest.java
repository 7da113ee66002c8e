package io.jrados.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Monitors that a name server tells, with a server that knows one zone. */
class DnsMonitorsTest {
    private static final int SRV = 33;
    private static final int NAME_ERROR = 3;

    /** One record: priority, weight, port and host. */
    private record Srv(int priority, int weight, int port, String host) {}

    private final List<Srv> records = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private DatagramSocket server;
    private Thread answering;
    private volatile boolean silent;

    @BeforeEach
    void serve() throws IOException {
        server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        answering = new Thread(this::answer, "dns");
        answering.setDaemon(true);
        answering.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        server.close();
        answering.join();
    }

    private void answer() {
        byte[] buffer = new byte[512];
        try {
            while (true) {
                DatagramPacket question = new DatagramPacket(buffer, buffer.length);
                server.receive(question);
                byte[] reply = reply(ByteBuffer.wrap(buffer, 0, question.getLength()));
                if (!silent) {
                    server.send(new DatagramPacket(reply, reply.length, question.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            assertThat(server.isClosed()).isTrue();
        }
    }

    private byte[] reply(ByteBuffer in) {
        short id = in.getShort();
        in.position(12);
        StringBuilder name = new StringBuilder();
        for (int length = in.get(); length > 0; length = in.get()) {
            byte[] label = new byte[length];
            in.get(label);
            name.append(new String(label, StandardCharsets.US_ASCII)).append('.');
        }
        int type = in.getShort();
        asked.add(type + " " + name);
        boolean known = name.toString().equals("_ceph-mon._tcp.example.test.") && type == SRV;
        ByteBuffer out = ByteBuffer.allocate(2048);
        out.putShort(id).putShort((short) (0x8180 | (known ? 0 : NAME_ERROR)));
        out.putShort((short) 1).putShort((short) (known ? records.size() : 0)).putInt(0);
        out.put(encoded(name.toString())).putShort((short) type).putShort((short) 1);
        for (Srv record : known ? records : List.<Srv>of()) {
            byte[] host = encoded(record.host);
            out.put(encoded(name.toString()))
                    .putShort((short) SRV)
                    .putShort((short) 1)
                    .putInt(60);
            out.putShort((short) (6 + host.length));
            out.putShort((short) record.priority)
                    .putShort((short) record.weight)
                    .putShort((short) record.port);
            out.put(host);
        }
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private static byte[] encoded(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.write(0);
        return out.toByteArray();
    }

    private DnsMonitors monitors(String name) {
        return new DnsMonitors(name, "dns://127.0.0.1:" + server.getLocalPort());
    }

    @Test
    @Covers({"C01", "C04"})
    void areFoundWithTheirOrder() throws RadosException {
        records.add(new Srv(10, 60, 3300, "localhost."));
        records.add(new Srv(20, 0, 3301, "localhost."));
        List<MonitorEndpoint> found = monitors("ceph-mon_example.test").find("looking");
        assertThat(found)
                .filteredOn(endpoint -> endpoint.address().getAddress().getAddress().length == 4)
                .containsExactlyInAnyOrder(
                        new MonitorEndpoint(new java.net.InetSocketAddress("127.0.0.1", 3300), 10, 60),
                        new MonitorEndpoint(new java.net.InetSocketAddress("127.0.0.1", 3301), 20, 0));
        assertThat(asked).contains("33 _ceph-mon._tcp.example.test.");
    }

    @Test
    @Covers("C01")
    void thoseOfTheOldProtocolBesideNewOnesOrWithoutAnAddressAreLeftOut() throws RadosException {
        records.add(new Srv(1, 1, 6789, "localhost."));
        records.add(new Srv(1, 1, 3300, "no-such-host.invalid."));
        records.add(new Srv(1, 1, 3302, "localhost."));
        assertThat(monitors("ceph-mon_example.test").find("looking"))
                .isNotEmpty()
                .allMatch(endpoint -> endpoint.address().getPort() == 3302);
    }

    @Test
    @Covers({"C01", "C05"})
    void aHostThatIsOnlyKnownForTheOldProtocolIsTriedOnPort3300() throws RadosException {
        records.add(new Srv(4, 7, 6789, "localhost."));
        assertThat(monitors("ceph-mon_example.test").find("looking"))
                .isNotEmpty()
                .allMatch(endpoint -> endpoint.address().getPort() == 3300
                        && endpoint.insteadOf().equals("localhost:6789")
                        && endpoint.priority() == 4);
    }

    @Test
    @Covers("C01")
    void aDomainWithoutThemIsAnError() {
        assertThatThrownBy(() -> monitors("ceph-mon_elsewhere.test").find("looking for monitors"))
                .isInstanceOfSatisfying(
                        RadosException.class, none -> assertThat(none.errno()).isEqualTo(Errno.ENOENT))
                .hasMessageContaining("looking for monitors, and in DNS no record SRV of _ceph-mon._tcp")
                .hasMessageContaining("elsewhere.test");
    }

    @Test
    @Covers("C01")
    void aServerThatDoesNotAnswerIsGivenUp() {
        silent = true;
        assertThatThrownBy(() -> monitors("ceph-mon_example.test").find("looking"))
                .isInstanceOfSatisfying(
                        RadosException.class, late -> assertThat(late.errno()).isEqualTo(Errno.EHOSTUNREACH));
    }
}
