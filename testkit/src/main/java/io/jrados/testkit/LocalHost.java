package io.jrados.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A cluster that this machine's own native tools reach: one that was there, or one that the cluster tool made here. */
final class LocalHost implements ClusterHost {
    private static final Duration START = Duration.ofMinutes(5); // another release's packages may have to come first

    private final ClusterTool tool;
    private final Path conf;
    private final Path folder;
    private final Path scratch;
    private final boolean owned;

    private LocalHost(ClusterTool tool, Path conf, boolean owned) throws IOException {
        this.tool = tool;
        this.conf = conf.toAbsolutePath();
        this.folder = this.conf.resolveSibling(".").normalize();
        this.owned = owned;
        this.scratch = Files.createTempDirectory("jrados-scratch-");
    }

    static LocalHost existing(ClusterTool tool, Path conf) throws IOException {
        if (!Files.isReadable(conf)) {
            throw new IllegalStateException("cannot read " + conf + ", named as the cluster to test with");
        }
        return new LocalHost(tool, conf, false);
    }

    /**
     * Starts a cluster in a new folder; it's removed by {@link #close}, or by the next start once this process is gone.
     */
    static LocalHost start(ClusterTool tool, List<String> options) throws IOException {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"), "jrados-" + System.getProperty("user.name"));
        Files.createDirectories(parent);
        Path folder = Files.createTempDirectory(parent, "c-");
        List<String> words = new ArrayList<>(List.of("start", "--dir", folder.toString(), "--quiet"));
        words.addAll(List.of("--owner", Long.toString(ProcessHandle.current().pid())));
        words.addAll(options);
        NativeResult started = run(START, new byte[0], tool.command(words), Optional.empty());
        if (started.exit() != 0) {
            throw new IllegalStateException("cannot start a Ceph cluster: " + started.errors());
        }
        return new LocalHost(tool, folder.resolve("ceph.conf"), true);
    }

    @Override
    public Path conf() {
        return conf;
    }

    @Override
    public Path scratch() {
        return scratch;
    }

    @Override
    public NativeResult exec(Duration deadline, byte[] input, List<String> command) throws IOException {
        return run(deadline, input, command, Optional.of(conf));
    }

    @Override
    public NativeResult tool(String... words) throws IOException {
        return run(START, new byte[0], tool.command(List.of(words)), Optional.empty());
    }

    @Override
    public NativeResult clusterTool(String verb, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(verb, "--dir", folder.toString()));
        all.addAll(List.of(words));
        return tool(all.toArray(String[]::new));
    }

    @Override
    public Optional<String> verdict() throws IOException {
        if (!Files.exists(folder.resolve("cluster.json"))) {
            return Optional.empty();
        }
        NativeResult checked = clusterTool("check");
        return checked.exit() == 0 ? Optional.empty() : Optional.of(checked.errors());
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
        if (owned) {
            clusterTool("stop", "--rm").succeeded();
        }
    }

    private static NativeResult run(Duration deadline, byte[] input, List<String> command, Optional<Path> conf)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("CEPH_"));
        conf.ifPresent(file -> {
            builder.environment().put("CEPH_CONF", file.toString());
            Path bin = file.resolveSibling("bin"); // the tools of the cluster's own release
            builder.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
            Path tool = bin.resolve(Path.of(command.get(0)).getFileName());
            if (Files.isExecutable(tool)) {
                builder.command(new ArrayList<>(command));
                builder.command().set(0, tool.toString());
            }
        });
        // Files and not pipes: nobody has to read beside us, and a daemon that keeps its end open holds nobody up.
        Path in = Files.createTempFile("jrados-", ".in");
        Path out = Files.createTempFile("jrados-", ".out");
        Path err = Files.createTempFile("jrados-", ".err");
        try {
            Files.write(in, input);
            builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
            Process process = builder.start();
            try {
                if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new TimedOut(String.join(" ", command) + " did not end within " + deadline);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + command.get(0), stopped);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            return new NativeResult(command, process.exitValue(), Files.readAllBytes(out), Files.readString(err));
        } finally {
            Files.delete(in);
            Files.delete(out);
            Files.delete(err);
        }
    }
}
