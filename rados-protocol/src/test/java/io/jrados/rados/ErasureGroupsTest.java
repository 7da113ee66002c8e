package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PgId;
import io.jrados.osdmap.Release;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Groups of an erasure coded pool while their OSDs die and others lead; from Tentacle on with the optimisations, where
 * some shards never lead and temporary sets come in another order. The OSDs abort on an operation for another's shard.
 */
@PrivateCephTest(
        osds = 5,
        store = PrivateCephTest.Store.BLUESTORE,
        conf = {"osd heartbeat interval = 1", "osd heartbeat grace = 6"})
class ErasureGroupsTest {
    private static final Logger LOG = LoggerFactory.getLogger(ErasureGroupsTest.class);
    private static final String POOL = "erasure";
    private static final Pattern GROUP =
            Pattern.compile("(?m)^(\\d+)\\.([0-9a-f]+) raw \\(.*\\) (up \\(.*\\) acting \\(.*\\))$");

    @Test
    @Covers({"D17", "D31", "D32", "D33", "E09", "K20"})
    void followsThePrimaryFromShardToShard(PrivateCephCluster cluster) throws Exception {
        String profile = "k=2 m=2 crush-failure-domain=osd";
        cluster.run("sh", "-c", "ceph osd erasure-code-profile set p " + profile);
        cluster.run("ceph", "osd", "pool", "create", POOL, "16", "16", "erasure", "p");
        cluster.run("ceph", "osd", "pool", "set", POOL, "allow_ec_overwrites", "true");
        if (compareGroups(cluster).requireOsdRelease() >= Release.TENTACLE) {
            cluster.run("ceph", "osd", "pool", "set", POOL, "allow_ec_optimizations", "true");
        }
        try (Rados rados = Clients.connect(cluster)) {
            AppendModel model = new AppendModel(rados.pool(POOL), "shards-").start();
            model.awaitMore(50);
            cluster.kill("osd.0");
            cluster.run("ceph", "osd", "down", "0");
            model.awaitMore(50);
            compareGroups(cluster);
            cluster.revive("osd.0");
            model.awaitMore(50);
            model.finish();
        }
        compareGroups(cluster);
    }

    /** Compares the OSDs of each group in this epoch's map with the cluster's own osdmaptool. */
    private static OsdMap compareGroups(PrivateCephCluster cluster) throws IOException {
        Path file = cluster.scratch().resolve("map");
        cluster.run("ceph", "osd", "getmap", "-o", file.toString());
        OsdMap map = OsdMap.decode(Unpooled.wrappedBuffer(Files.readAllBytes(file)));
        Matcher group = GROUP.matcher(cluster.run("osdmaptool", file.toString(), "--test-map-pgs-dump-all"));
        int temporary = 0;
        int groups = 0;
        while (group.find()) {
            PgId pg = new PgId(Long.parseLong(group.group(1)), Integer.parseInt(group.group(2), 16));
            String expected = group.group(3).replace(Integer.toString(Integer.MAX_VALUE), "NONE");
            assertThat(map.placement(pg))
                    .as("group %s of epoch %d", pg, map.epoch())
                    .hasToString(expected);
            String up = expected.substring(3, expected.indexOf(" acting "));
            temporary += expected.endsWith("acting " + up) ? 0 : 1;
            groups++;
        }
        LOG.info(
                "epoch {}: {} groups as osdmaptool says, {} served for a time by others",
                map.epoch(),
                groups,
                temporary);
        assertThat(groups).isPositive();
        return map;
    }
}
