package io.jrados.cli;

import io.jrados.conf.CephConf;
import io.jrados.conf.CephConfBuilder;
import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The jrados program. Exits with 0, with the errno of what failed, or with 2 for a wrong command line. */
@Command(
        name = "jrados",
        description = "Talks to a Ceph cluster in pure Java.",
        mixinStandardHelpOptions = true,
        version = "jrados 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            GlanceCommands.class,
            CinderCommands.class,
            ImageCommands.Ls.class,
            ImageCommands.Info.class,
            ImageCommands.Export.class,
            ImageCommands.Import.class,
            ImageCommands.Flatten.class,
            ImageCommands.Children.class,
            ImageCommands.Snap.class,
            ImageCommands.Rm.class,
            DebugCommands.OsdMapCommand.class,
            DebugCommands.Decode.class,
            DebugCommands.FramesCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Jrados {
    private static final int MOST_CAUSES = 16;

    @Option(
            names = {"-c", "--conf"},
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "ceph.conf; by default CEPH_CONF, then the usual places")
    private Path conf;

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "who logs in, by default client.admin")
    private String name;

    @Option(
            names = "--set",
            paramLabel = "OPTION=VALUE",
            scope = ScopeType.INHERIT,
            description = "a client option, over ceph.conf's: --set ms_client_mode=secure")
    private final Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--quiet", scope = ScopeType.INHERIT, description = "no progress bars")
    private boolean quiet;

    private Jrados() {}

    /** Runs one command and exits. */
    public static void main(String[] args) {
        System.exit(CleanEnd.of(() -> run(args)));
    }

    static int run(String... args) {
        return new CommandLine(new Jrados())
                // an image's name may begin with @, which picocli takes for a file of arguments
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(Jrados::mistaken)
                .setExecutionExceptionHandler((failed, commandLine, parsed) -> report(failed, commandLine))
                .execute(args);
    }

    /** A line of output: names in it may be others'. */
    static String line(Object text) {
        return Printable.of(String.valueOf(text));
    }

    private static int mistaken(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(line(wrong.getMessage()));
        if (!UnmatchedArgumentException.printSuggestions(wrong, err)) {
            command.usage(err);
        }
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static int report(Exception failed, CommandLine commandLine) {
        PrintWriter err = commandLine.getErr();
        if (failed instanceof RadosException known) {
            err.println("jrados: " + known.getMessage());
            causes(known, err);
            return known.code() > 0 ? known.code() : 1;
        }
        if (failed instanceof ClosedByInterruptException) {
            err.println("jrados: told to stop: " + Errno.EINTR.meaning() + " (" + Errno.EINTR + ")");
            return Errno.EINTR.number();
        }
        if (failed instanceof IOException
                || failed instanceof IllegalArgumentException
                || failed instanceof NoSuchElementException
                || failed instanceof MalformedException) {
            err.println(line("jrados: " + failed.getMessage()));
            return 1;
        }
        trace(failed, err);
        return 1;
    }

    /** As {@link Throwable#printStackTrace()} does, but messages stay on their lines. */
    private static void trace(Throwable failed, PrintWriter err) {
        int depth = 0;
        for (Throwable cause = failed; cause != null && depth < MOST_CAUSES; cause = cause.getCause(), depth++) {
            err.println(line((depth == 0 ? "" : "Caused by: ") + cause));
            for (StackTraceElement at : cause.getStackTrace()) {
                err.println("\tat " + at);
            }
        }
    }

    private static void causes(Throwable failed, PrintWriter err) {
        for (Throwable cause = failed.getCause(); cause instanceof RadosException; cause = cause.getCause()) {
            // a copy for one of several who wait has the original as its cause
            if (!cause.getMessage().equals(failed.getMessage())) {
                err.println(line("  because of " + cause.getMessage()));
            }
        }
        for (Throwable suppressed : failed.getSuppressed()) {
            if (suppressed instanceof RadosException) {
                err.println(line("  and cleaning up: " + suppressed.getMessage()));
            }
        }
    }

    /** Connects as the options say. */
    Rados connect() throws RadosException {
        CephConfBuilder builder = CephConf.builder().environment(System.getenv());
        if (conf != null) {
            builder.file(conf);
        }
        if (name != null) {
            builder.name(name);
        }
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            if (setting.getKey().strip().equals("key")) {
                System.err.println("jrados: --set key= shows the key to everybody who lists this machine's processes:"
                        + " put it into a file that only you can read, and name that with --set keyfile=");
            }
            try {
                builder.set(setting.getKey(), setting.getValue());
            } catch (IllegalArgumentException unknown) {
                throw new ConfigurationException(Errno.EINVAL, "reading --set: " + unknown.getMessage(), unknown);
            }
        }
        return Rados.connect(builder.build());
    }

    boolean isQuiet() {
        return quiet;
    }
}
