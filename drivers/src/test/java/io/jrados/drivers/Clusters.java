package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.NativeResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Helpers that the drivers' tests share: clients, data, and what native tools say. */
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

    /** Returns the bytes that {@code rbd export} gives for an image or a snapshot. */
    public static byte[] export(CephCluster cluster, String spec) throws IOException {
        return cluster.exec("rbd", "export", "--no-progress", spec, "-")
                .succeeded()
                .output();
    }

    /** The first bytes of a large image, as native tools give them; there must be nothing behind. */
    public static byte[] start(CephCluster cluster, String spec, int length) throws IOException {
        NativeResult stream = cluster.exec("rbd", "export-diff", "--no-progress", spec, "-");
        ByteBuffer in = ByteBuffer.wrap(stream.succeeded().output()).order(ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = new byte[length];
        in.position("rbd diff v1\n".length());
        for (char tag = (char) in.get(); tag != 'e'; tag = (char) in.get()) {
            switch (tag) {
                case 't' -> in.position(in.position() + 4 + in.getInt(in.position()));
                case 's', 'z' -> in.position(in.position() + (tag == 's' ? 8 : 16));
                case 'w' -> {
                    long offset = in.getLong();
                    byte[] data = new byte[Math.toIntExact(in.getLong())];
                    in.get(data);
                    int inside = (int) Math.max(0, Math.min(data.length, length - offset));
                    System.arraycopy(data, 0, bytes, (int) Math.min(offset, length), inside);
                    assertThat(Arrays.equals(
                                    data, inside, data.length, new byte[data.length - inside], 0, data.length - inside))
                            .as("zeroes only behind byte %s of %s", length, spec)
                            .isTrue();
                }
                default -> throw new AssertionError("a record " + tag + " in a stream of differences");
            }
        }
        return bytes;
    }

    /** Every daemon that was talked to agreed to the mode, and there were both kinds. */
    public static void assertMode(Rados rados, String mode) throws IOException {
        assertThat(rados.connections())
                .allSatisfy(each -> assertThat(each.mode()).hasToString(mode));
        assertThat(rados.connections())
                .extracting(each -> each.daemon().substring(0, 4))
                .contains("mon.", "osd.");
    }

    /** The threads of our clients. */
    public static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().startsWith("jrados-"))
                .toList();
    }

    /** No client's thread goes on. */
    public static void assertNoThreadsLeft() {
        for (Thread thread : threads()) {
            try {
                thread.join(10_000);
            } catch (InterruptedException interrupted) {
                throw new AssertionError("interrupted", interrupted);
            }
            assertThat(thread.isAlive()).as(thread.getName() + " goes on").isFalse();
        }
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
