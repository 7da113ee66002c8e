package io.jrados.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.jrados.conf.CephConf;
import io.jrados.drivers.ByteSource;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.rados.IoLoops;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Uploads through our Glance store, measured as the Python baseline is: connecting is part of each, starting the JVM is
 * not.
 *
 * <p>{@code GlanceUpload CONF POOL ID FILE [CHUNK_MIB [IN_FLIGHT [MODE]]]} prints seconds, processor seconds, how much
 * the process grew, and what Netty's allocators held at most: those of the connections and the default one. With
 * {@code -} for ID it goes on as a service does: one upload for each ID that a line of standard input gives, its
 * figures ended by an empty line.
 */
public final class GlanceUpload {
    /** A client's default. */
    private static final int THREADS = 2;

    /** Netty's own default allocator, which messages' fronts come from. */
    private static final ByteBufAllocatorMetricProvider NETTY =
            (ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT;

    private final CephConf conf;
    private final GlanceOptions options;
    private final Path file;

    private GlanceUpload(CephConf conf, GlanceOptions options, Path file) {
        this.conf = conf;
        this.options = options;
        this.file = file;
    }

    public static void main(String[] args) throws IOException {
        GlanceOptions options = GlanceOptions.DEFAULT.withPool(args[1]);
        if (args.length > 4) {
            options = options.withChunkSize(Integer.parseInt(args[4]));
        }
        if (args.length > 5) {
            options = options.withWritesInFlight(Integer.parseInt(args[5]));
        }
        String mode = args.length > 6 ? args[6] : "crc";
        CephConf conf = CephConf.builder()
                .file(Path.of(args[0]))
                .set("ms_client_mode", mode)
                .set("ms_mon_client_mode", mode)
                .build();
        GlanceUpload uploads = new GlanceUpload(conf, options, Path.of(args[3]));
        if (!args[2].equals("-")) {
            uploads.upload(args[2]);
            return;
        }
        BufferedReader ids = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String id = ids.readLine(); id != null; id = ids.readLine()) {
            uploads.upload(id);
            System.out.println();
        }
    }

    private void upload(String id) throws IOException {
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long residentBefore = residentKib("VmRSS");
        long processorBefore = process.getProcessCpuTime();
        long start = System.nanoTime();
        long[] allocator = new long[1];
        AddedImage added;
        try (IoLoops loops = IoLoops.start(THREADS);
                Rados rados = Wait.on(Rados.builder(conf).loops(loops).connectAsync());
                FileChannel in = FileChannel.open(file)) {
            added = new GlanceStore(rados, options).add(id, ByteSource.of(in), Files.size(file), (done, total) -> {
                long held = loops.directMemory() + NETTY.metric().usedDirectMemory();
                allocator[0] = Math.max(allocator[0], held);
            });
        }
        print("seconds %.3f", (System.nanoTime() - start) / 1e9);
        print("cpu_seconds %.3f", (process.getProcessCpuTime() - processorBefore) / 1e9);
        print("grown_mib %.1f", (residentKib("VmHWM") - residentBefore) / 1024.0);
        print("allocator_mib %.1f", allocator[0] / 1048576.0);
        print("bytes %d", added.size());
        print("md5 %s", added.md5());
        print("sha512 %s", added.multihash());
    }

    private static void print(String format, Object value) {
        System.out.println(String.format(Locale.ROOT, format, value));
    }

    private static long residentKib(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no " + field + " in /proc/self/status");
    }
}
