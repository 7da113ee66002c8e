package io.jrados.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The cluster tool: scripts that travel in the test kit's jar, unpacked for the run. */
final class ClusterTool implements AutoCloseable {
    private static final List<String> FILES = List.of("cluster", "lib/cluster.py", "lib/ready.py", "lib/release.sh");

    private final Path folder;

    private ClusterTool(Path folder) {
        this.folder = folder;
    }

    static ClusterTool unpack() throws IOException {
        Path folder = Files.createTempDirectory(
                "jrados-tools-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : FILES) {
            Path target = folder.resolve(name);
            Files.createDirectories(folder.resolve("lib"));
            try (InputStream in = ClusterTool.class.getResourceAsStream("tools/" + name)) {
                if (in == null) {
                    throw new IOException("the test kit lacks its file tools/" + name);
                }
                Files.copy(in, target);
            }
        }
        return new ClusterTool(folder);
    }

    List<String> command(List<String> words) {
        List<String> command =
                new ArrayList<>(List.of("bash", folder.resolve("cluster").toString()));
        command.addAll(words);
        return command;
    }

    /** Whether the machine has what a cluster of its own packages needs. */
    static boolean hasPackages() {
        return Files.isExecutable(Path.of("/usr/bin/ceph-mon"))
                && Files.isExecutable(Path.of("/usr/bin/ceph-mgr"))
                && Files.isExecutable(Path.of("/usr/bin/ceph-osd"))
                && Files.isExecutable(Path.of("/usr/bin/ceph"))
                && Files.isExecutable(Path.of("/usr/bin/python3"));
    }

    @Override
    public void close() throws IOException {
        for (String name : FILES) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.deleteIfExists(folder.resolve("lib"));
        Files.deleteIfExists(folder);
    }
}
