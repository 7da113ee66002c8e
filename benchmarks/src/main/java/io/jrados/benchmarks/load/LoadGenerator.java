package io.jrados.benchmarks.load;

import io.jrados.conf.CephConf;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Rbd;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Our side of the comparison: a process that does loads on order and says what they took.
 *
 * <pre>
 * LoadGenerator conf=FILE pool=NAME block-size=BYTES depth=N [read-percent=N] [step=BYTES]
 *     [drive=thread|callbacks] [threads=N]
 *
 *   open IMAGE...                opens images and closes those before
 *   objects PREFIX COUNT         takes whole objects instead
 *   warm LIMIT_MS                works until the code is compiled
 *   run RAMP_MS MEASURED_MS      does the load for so long; answers with a line of JSON
 *   once OPERATIONS              does so many from the first place on, all measured; answers so too
 *   flatten|rm|read IMAGE        does that to a whole image, as one operation; answers so too
 *   export|du IMAGE, cp IMAGE COPY, import|import-diff FILE IMAGE, export-diff|diff FROM-SNAPSHOT IMAGE
 *                                the same with verbs that move an image or ask about all of it
 *   quit
 * </pre>
 *
 * Every command is answered by a line, {@code ok} if there is nothing to say.
 */
public final class LoadGenerator {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final int SMALL = 64 << 10;
    private static final int BUSY_DEPTH = 64;
    private static final long NEARLY_NOTHING = 5; // ticks a second
    private static final int IDLE_SECONDS = 2;

    private final Pool pool;
    private final Verbs verbs;
    private final StreamVerbs streams;
    private final Shape shape;
    private final List<Target> targets = new ArrayList<>();
    private Load load;

    private LoadGenerator(Pool pool, Shape shape) {
        this.pool = pool;
        this.verbs = new Verbs(pool);
        this.streams = new StreamVerbs(pool);
        this.shape = shape;
        this.load = new Load(shape, targets);
    }

    /** Serves its standard input. */
    public static void main(String[] args) throws IOException {
        Map<String, String> words = new HashMap<>();
        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            words.put(pair[0], pair[1]);
        }
        CephConf conf = CephConf.builder().file(Path.of(words.get("conf"))).build();
        int threads = Integer.parseInt(words.getOrDefault("threads", "2"));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (Rados rados = Wait.on(Rados.builder(conf).threads(threads).connectAsync())) {
            LoadGenerator generator = new LoadGenerator(rados.pool(words.get("pool")), Shape.of(words));
            for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
                System.out.println(generator.answer(line.split(" ")));
                System.out.flush();
            }
            generator.close();
        }
    }

    private String answer(String[] words) throws IOException {
        switch (words[0]) {
            case "open" -> {
                close();
                Rbd rbd = Rbd.on(pool);
                for (int i = 1; i < words.length; i++) {
                    targets.add(new ImageTarget(rbd.open(words[i])));
                }
                load = new Load(shape, targets);
                return "ok";
            }
            case "objects" -> {
                close();
                targets.add(new ObjectsTarget(pool, words[1], shape.blockSize(), Integer.parseInt(words[2])));
                load = new Load(shape, targets);
                return "ok";
            }
            case "warm" -> {
                warm(millis(words[1]));
                return "ok";
            }
            case "run" -> {
                return load.run(millis(words[1]), millis(words[2])).line();
            }
            case "once" -> {
                return load.runOnce(Long.parseLong(words[1])).line();
            }
            case "flatten" -> {
                return verbs.flatten(words[1]).line();
            }
            case "rm" -> {
                return verbs.remove(words[1]).line();
            }
            case "read" -> {
                return verbs.read(words[1]).line();
            }
            default -> {
                return streams.run(words).line();
            }
        }
    }

    /**
     * Until the compilers have nearly nothing to do: with small operations and many in flight for half of the time at
     * most, then with the load itself. A server that runs for days is as warm.
     */
    private void warm(long limit) throws RadosException {
        Shape busy = new Shape(
                Math.min(shape.blockSize(), SMALL),
                targets.size() > 1 ? shape.depth() : Math.max(shape.depth(), BUSY_DEPTH),
                shape.readPercent(),
                Math.min(shape.step(), SMALL),
                shape.callbacks());
        long end = System.nanoTime() + limit;
        untilIdle(new Load(busy, targets), end - limit / 2);
        untilIdle(load, end);
    }

    private static void untilIdle(Load load, long end) throws RadosException {
        int idle = 0;
        do {
            long before = ProcessFigures.compilerTicks();
            load.run(0, SECOND);
            idle = ProcessFigures.compilerTicks() - before < NEARLY_NOTHING ? idle + 1 : 0;
        } while (idle < IDLE_SECONDS && System.nanoTime() < end);
    }

    private static long millis(String word) {
        return Long.parseLong(word) * NANOS_PER_MILLI;
    }

    private void close() throws IOException {
        for (Target target : targets) {
            target.close();
        }
        targets.clear();
    }
}
