package io.jrados.benchmarks;

import io.jrados.crush.CrushMap;
import io.jrados.crush.Mapper;
import io.jrados.osdmap.OsdMap;
import io.jrados.wire.Decoder;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * The cost of maps once the JVM is warm, for {@code benchmarks/maps-ab}: processor time of this thread, the least of
 * some rounds.
 *
 * <p>{@code MapRates place CRUSHMAP INPUTS}: nanoseconds to place one input by rule 0 on three devices.
 * {@code MapRates decode OSDMAP ROUNDS}: nanoseconds to decode the map once.
 */
public final class MapRates {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 7;
    private static final int REPLICAS = 3;
    private static final int IN = 0x10000;

    private MapRates() {}

    public static void main(String[] args) throws IOException {
        byte[] file = Files.readAllBytes(Path.of(args[1]));
        int count = Integer.parseInt(args[2]);
        Runnable work = args[0].equals("place") ? placing(file, count) : decoding(file, count);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getCurrentThreadCpuTime();
            work.run();
            least = Math.min(least, THREADS.getCurrentThreadCpuTime() - before);
        }
        System.out.printf(Locale.ROOT, "%.1f%n", (double) least / count);
    }

    private static Runnable placing(byte[] file, int inputs) {
        CrushMap map = CrushMap.decode(Decoder.of(file));
        Mapper mapper = new Mapper(map);
        int[] weights = new int[map.maxDevices()];
        Arrays.fill(weights, IN);
        int[] devices = new int[REPLICAS];
        return () -> {
            for (int x = 0; x < inputs; x++) {
                if (mapper.place(0, x, devices, weights, 0) != REPLICAS) {
                    throw new IllegalStateException("input " + x + " is on too few devices");
                }
            }
        };
    }

    private static Runnable decoding(byte[] file, int rounds) {
        return () -> {
            for (int i = 0; i < rounds; i++) {
                OsdMap map = OsdMap.decode(Unpooled.wrappedBuffer(file));
                if (map.maxOsd() == 0) {
                    throw new IllegalStateException("a map without OSDs");
                }
            }
        };
    }
}
