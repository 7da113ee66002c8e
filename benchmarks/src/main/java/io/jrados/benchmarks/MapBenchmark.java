package io.jrados.benchmarks;

import io.jrados.crush.Mapper;
import io.jrados.osdmap.Incremental;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.Placement;
import io.jrados.osdmap.PoolInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Maps and places: a map of 1,000 OSDs on 50 hosts in 5 racks with 4,000 groups, made with osdmaptool; and the
 * incremental maps of a cluster at work, of which one operation applies the whole series.
 *
 * <p>Budgets: a map decodes in under 5 ms; {@code crush} under 20 µs and without garbage; {@code locate}, from an
 * object's name to its OSDs when the group was placed before, under 0.5 µs and without garbage; a step of the series
 * under 100 µs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MapBenchmark {
    private static final int OUT_OF_ORDER = 31;

    private ByteBuf large;
    private ByteBuf first;
    private ByteBuf steps;
    private OsdMap map;
    private PoolInfo pool;
    private Mapper mapper;
    private int[] weights;
    private final int[] chosen = new int[3];
    private final String[] names = new String[4096];
    private int next;

    /** Reads the maps. */
    @Setup
    public void read() throws IOException {
        try (InputStream in = new GZIPInputStream(resource("osdmap-1000.gz"))) {
            large = Unpooled.wrappedBuffer(in.readAllBytes());
        }
        first = hex("first.hex");
        steps = hex("steps.hex");
        map = OsdMap.decode(large.duplicate());
        pool = map.pool(1).orElseThrow();
        mapper = new Mapper(map.crush());
        weights = new int[map.maxOsd()];
        Arrays.setAll(weights, map::osdWeight);
        Arrays.setAll(names, i -> "rbd_data.1234567890ab." + i);
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = MapBenchmark.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("no " + name);
        }
        return in;
    }

    private static ByteBuf hex(String name) throws IOException {
        try (InputStream in = resource("maps/" + name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(text.replaceAll("(?m)#.*$|\\s", "")));
        }
    }

    /** A full map. */
    @Benchmark
    public OsdMap decode() {
        return OsdMap.decode(large.duplicate());
    }

    /** All steps from the first map on. */
    @Benchmark
    public OsdMap incrementals() {
        OsdMap at = OsdMap.decode(first.duplicate());
        ByteBuf in = steps.duplicate();
        while (in.isReadable()) {
            at = at.apply(Incremental.decode(in));
        }
        return at;
    }

    /** Three OSDs of three hosts for a group that was never placed. */
    @Benchmark
    public int crush() {
        next += OUT_OF_ORDER;
        return mapper.place(0, next, chosen, weights, 1);
    }

    /** An object's name to its OSDs. */
    @Benchmark
    public Placement locate() {
        next = (next + OUT_OF_ORDER) % names.length;
        return map.placement(pool.pgOf(pool.rawPgOf(names[next], "", "")));
    }
}
