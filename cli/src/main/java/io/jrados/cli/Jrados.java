package io.jrados.cli;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.ClosedByInterruptException;
import java.util.NoSuchElementException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
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
            BackupCommands.class,
            NovaCommands.class,
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
public final class Jrados extends Client {
    private static final int MOST_CAUSES = 16;
    private static final int MOST_STATUS = 255;

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
            // a shell sees eight bits of it: 256 would be success
            return known.code() > 0 && known.code() <= MOST_STATUS ? known.code() : 1;
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
}
