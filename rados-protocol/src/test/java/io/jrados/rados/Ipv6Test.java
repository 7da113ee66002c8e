package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A cluster that has no addresses but of IPv6. */
@PrivateCephTest(osds = 1, address = "::1")
class Ipv6Test {
    @Test
    @Covers({"A32", "A45", "C20"})
    void everythingGoesThroughIpv6(PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass());
        try (Rados rados = Clients.connect(cluster);
                Rados victim = Clients.connect(cluster)) {
            rados.pool(name).writeFull("six", ByteBuffer.wrap(new byte[] {6}));
            assertThat(cluster.run("rados", "-p", name, "ls")).isEqualTo("six");
            assertThat(rados.connections())
                    .hasSize(2)
                    .allMatch(connection -> connection.address().getAddress() instanceof Inet6Address);
            rados.admin().blocklist().add(victim.address(), Optional.empty());
            assertThat(cluster.run("ceph", "osd", "blocklist", "ls"))
                    .contains(victim.address().substring(victim.address().indexOf(']')));
        }
    }
}
