package io.jrados.cli;

import io.jrados.rbd.model.Progress;
import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that is drawn again as bytes go by: how much, how fast. */
final class ProgressBar implements Progress, AutoCloseable {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream out;
    private final String title;
    private final boolean quiet;
    private final long start = System.nanoTime();
    private long drawn;
    private long done;
    private long total;

    ProgressBar(PrintStream out, String title, boolean quiet) {
        this.out = out;
        this.title = title;
        this.quiet = quiet;
    }

    @Override
    public void report(long nowDone, long nowTotal) {
        done = nowDone;
        total = nowTotal;
        long now = System.nanoTime();
        if (!quiet && now - drawn >= REDRAW_NANOS) {
            drawn = now;
            draw("");
        }
    }

    private void draw(String end) {
        double fraction = total == 0 ? 1 : (double) done / total;
        int full = (int) (WIDTH * fraction);
        double seconds = Math.max(1e-3, (System.nanoTime() - start) / 1e9);
        double mebibytes = done / 1048576.0;
        out.print(String.format(
                Locale.ROOT,
                "\r%-12s [%s%s] %3d %%  %8.1f MiB  %7.1f MiB/s%s",
                title,
                "#".repeat(full),
                ".".repeat(WIDTH - full),
                (int) (100 * fraction),
                mebibytes,
                mebibytes / seconds,
                end));
        out.flush();
    }

    /** Draws the last state and ends the line. */
    @Override
    public void close() {
        if (!quiet) {
            draw(System.lineSeparator());
        }
    }
}
