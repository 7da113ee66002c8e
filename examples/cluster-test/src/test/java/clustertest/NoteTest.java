package clustertest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jrados.conf.CephConf;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

@CephTest
class NoteTest {
    @Test
    void aNoteIsKeptInRealCeph(CephCluster cluster) throws IOException {
        String name = cluster.pool(NoteTest.class);
        try (Rados rados = Rados.connect(CephConf.load(cluster.conf()))) {
            Pool pool = rados.pool(name);
            pool.operate("note", new WriteOperation().writeFull(ByteBuffer.wrap("buy milk".getBytes(StandardCharsets.UTF_8))));
        }
        assertEquals("buy milk", cluster.run("rados", "-p", name, "get", "note", "-"));
    }
}
