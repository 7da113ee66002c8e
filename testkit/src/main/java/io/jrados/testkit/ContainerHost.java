package io.jrados.testkit;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A cluster inside one container, from an image that holds Ceph and the cluster tool. Its daemons are reached at the
 * container's own address: the OSD map names it, so published ports would be of no use.
 */
final class ContainerHost implements ClusterHost {
    private static final String TOOL = "/opt/jrados/cluster";
    private static final String INSIDE = "/ceph";

    private final GenericContainer<?> container;
    private final Path folder;
    private int runs;

    private ContainerHost(GenericContainer<?> container, Path folder) {
        this.container = container;
        this.folder = folder;
    }

    static boolean isDockerThere() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    @SuppressWarnings("resource") // closed by close()
    static ContainerHost start(List<String> options) throws IOException {
        Path folder = Files.createTempDirectory("jrados-container-");
        List<String> words = new ArrayList<>(List.of(TOOL, "run", "--dir", INSIDE, "--addr", "own", "--port", "10000"));
        words.addAll(options);
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(Containers.IMAGE))
                .withCommand(words.toArray(String[]::new))
                // Not withFileSystemBind: that first tries whether the engine can mount, with an image it has to pull.
                .withCreateContainerCmdModifier(create -> Objects.requireNonNull(create.getHostConfig())
                        .withBinds(new Bind(folder.toString(), new Volume(folder.toString()))))
                .withStartupTimeout(Duration.ofMinutes(1))
                .waitingFor(Wait.forLogMessage(".*CEPH READY.*\\n", 1));
        try {
            container.start();
            container.copyFileFromContainer(
                    INSIDE + "/keyring", folder.resolve("keyring").toString());
            String conf = container.copyFileFromContainer(
                    INSIDE + "/ceph.conf", in -> new String(in.readAllBytes(), StandardCharsets.UTF_8));
            Files.writeString(folder.resolve("ceph.conf"), conf.replace(INSIDE + "/", folder + "/"));
        } catch (RuntimeException | IOException failed) {
            container.stop();
            throw new IllegalStateException(
                    "cannot start a Ceph cluster in a container of " + Containers.IMAGE, failed);
        }
        return new ContainerHost(container, folder);
    }

    @Override
    public Path conf() {
        return folder.resolve("ceph.conf");
    }

    @Override
    public Path scratch() {
        return folder;
    }

    /** Output goes through the shared folder: the engine's own way would read it as text. */
    @Override
    public NativeResult exec(Duration deadline, byte[] input, List<String> command) throws IOException {
        Path base = folder.resolve("run-" + ++runs);
        Path in = Files.write(Path.of(base + ".in"), input);
        Path out = Files.createFile(Path.of(base + ".out"));
        Path err = Files.createFile(Path.of(base + ".err"));
        try {
            List<String> words = new ArrayList<>(List.of("sh", "-c"));
            words.add("exec timeout \"$0\" \"$@\" <" + in + " >" + out + " 2>" + err);
            words.add(Long.toString(deadline.toSeconds()));
            words.addAll(command);
            Container.ExecResult done = container.execInContainer(words.toArray(String[]::new));
            return new NativeResult(command, done.getExitCode(), Files.readAllBytes(out), Files.readString(err));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.get(0), stopped);
        } finally {
            Files.delete(in);
            Files.delete(out);
            Files.delete(err);
        }
    }

    @Override
    public NativeResult tool(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(TOOL));
        for (String word : words) {
            command.add(word.equals(conf().toString()) ? INSIDE + "/ceph.conf" : word);
        }
        return exec(Duration.ofMinutes(2), new byte[0], command);
    }

    @Override
    public NativeResult clusterTool(String verb, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(verb, "--dir", INSIDE));
        all.addAll(List.of(words));
        return tool(all.toArray(String[]::new));
    }

    @Override
    public Optional<String> verdict() throws IOException {
        if (!container.isRunning()) {
            return Optional.of("the container ended: " + container.getLogs());
        }
        NativeResult checked = clusterTool("check");
        return checked.exit() == 0 ? Optional.empty() : Optional.of(checked.errors());
    }

    @Override
    public void close() throws IOException {
        container.stop();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
