package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** What the drivers' tests share: clients, data, and what native tools say. */
public final class Clusters {
    private Clusters() {}

    /** A client whose connections to monitors and OSDs are all of one mode, {@code crc} or {@code secure}. */
    public static Rados connect(CephCluster cluster, String mode) throws IOException {
        return Rados.connect(CephConf.builder()
                .file(cluster.conf())
                .set("ms_client_mode", mode)
                .set("ms_mon_client_mode", mode)
                .build());
    }

    /** Bytes that look random and are the same each time. */
    public static byte[] data(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public static String digest(String algorithm, byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(data));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What {@code rbd export} gives for an image or a snapshot. */
    public static byte[] export(CephCluster cluster, String spec) throws IOException {
        return cluster.exec("rbd", "export", "--no-progress", spec, "-")
                .succeeded()
                .output();
    }

    /** Neither an image nor an entry of the trash is left, and no object that belongs to one. */
    public static void assertEmpty(CephCluster cluster, String pool) throws IOException {
        assertThat(cluster.run("rbd", "ls", pool)).isEmpty();
        assertThat(cluster.run("rbd", "trash", "ls", "--all", pool)).isEmpty();
        assertThat(cluster.run("rados", "-p", pool, "ls")
                        .lines()
                        .filter(object -> object.matches("rbd_(id|header|data|object_map)\\..*")))
                .isEmpty();
    }
}
