package io.jrados.cli;

import io.jrados.cli.dump.Decoders;
import io.jrados.cli.dump.Frames;
import io.jrados.cli.dump.MapFile;
import io.jrados.cli.dump.Tree;
import io.jrados.error.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands that show the contents of files of bytes, without a cluster. */
final class DebugCommands {
    private DebugCommands() {}

    @Command(
            name = "osdmap",
            mixinStandardHelpOptions = true,
            description = "Prints a map saved by 'ceph osd getmap', as osdmaptool does.")
    static final class OsdMapCommand implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "FILE")
        private Path file;

        @Option(names = "--print", description = "the whole map; what happens when nothing else is asked for")
        private boolean print;

        @Option(
                names = {"--groups", "--test-map-pgs-dump-all"},
                description = "every placement group and its OSDs")
        private boolean groups;

        @Option(
                names = {"--object", "--test-map-object"},
                paramLabel = "NAME",
                description = "where an object is")
        private String object;

        @Option(names = "--pool", paramLabel = "NUMBER", description = "of these groups or this object only")
        private Long pool;

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            MapFile map = new MapFile(Files.readAllBytes(file));
            if (print || !groups && object == null) {
                map.print(line -> out.println(Printable.of(line)));
            }
            if (object != null) {
                out.println(Printable.of(map.object(object, pool == null ? 1 : pool)));
            }
            if (groups) {
                map.groups(
                        pool == null ? OptionalLong.empty() : OptionalLong.of(pool),
                        line -> out.println(Printable.of(line)));
            }
            out.flush();
            return 0;
        }
    }

    @Command(
            name = "decode",
            mixinStandardHelpOptions = true,
            description = "Prints the struct in a file as JSON; without arguments, the names of all structs.")
    static final class Decode implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(index = "0", arity = "0..1", paramLabel = "TYPE")
        private String type;

        @Parameters(index = "1", arity = "0..1", paramLabel = "FILE")
        private Path file;

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            if (type == null || file == null) {
                Decoders.byName().keySet().forEach(out::println);
                return 0;
            }
            Function<byte[], Object> reader = Decoders.byName().get(type);
            if (reader == null) {
                throw new IllegalArgumentException("no struct is called " + type + ": 'jrados decode' lists them");
            }
            Tree.pretty(reader.apply(Files.readAllBytes(file)))
                    .lines()
                    .forEach(line -> out.println(Printable.of(line)));
            return 0;
        }
    }

    @Command(
            name = "frames",
            mixinStandardHelpOptions = true,
            description = "Prints recorded bytes of msgr2 as text, each file one direction of a connection.")
    static final class FramesCommand implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "FILE", arity = "1..2")
        private Path[] files;

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            for (Path file : files) {
                if (files.length > 1) {
                    out.println(Printable.of(file + ":"));
                }
                Frames.print(Files.readAllBytes(file), line -> out.println(Printable.of(line)));
            }
            return 0;
        }
    }
}
