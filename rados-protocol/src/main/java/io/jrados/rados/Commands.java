package io.jrados.rados;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.CommandReply;
import io.jrados.mon.MonRequests;
import io.jrados.osdmap.PgId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands to the cluster's daemons. Each fails with the daemon's errno and its sentence; EACCES for what the client's
 * capabilities do not allow; ETIMEDOUT after the client's command deadline. A command whose connection is lost before
 * its answer is sent again, so one that is not idempotent may be run twice.
 */
public final class Commands {
    private static final Pattern PG = Pattern.compile("(\\d{1,18})\\.([0-9a-fA-F]{1,8})");

    private final RadosClient client;

    Commands(RadosClient client) {
        this.client = client;
    }

    private Duration deadline() {
        return client.deadlines().command();
    }

    private static CommandResult result(CommandReply reply) {
        return new CommandResult(reply.status(), reply.output());
    }

    /** To the monitors: {@code ceph osd pool ls}. */
    public CompletableFuture<CommandResult> monAsync(Command command) {
        if (command == null) {
            return Wait.missing("command");
        }
        return client.monCommandAsync(command.json(), command.input());
    }

    /** As {@link #monAsync(Command)}. */
    public CommandResult mon(Command command) throws RadosException {
        return Wait.on(monAsync(command));
    }

    /**
     * To one monitor, with a quorum or without: {@code ceph tell mon.a mon_status}.
     *
     * @param name without "mon."; ENOENT if the cluster has none of that name
     */
    public CompletableFuture<CommandResult> monAsync(String name, Command command) {
        if (name == null) {
            return Wait.missing("name");
        }
        if (command == null) {
            return Wait.missing("command");
        }
        return client.monClient()
                .direct()
                .tell(name, command.json(), command.input(), deadline())
                .thenApply(Commands::result);
    }

    /** As {@link #monAsync(String, Command)}. */
    public CommandResult mon(String name, Command command) throws RadosException {
        return Wait.on(monAsync(name, command));
    }

    /** To the active manager and its modules: {@code ceph pg stat}. Waits for a manager where none is active. */
    public CompletableFuture<CommandResult> mgrAsync(Command command) {
        if (command == null) {
            return Wait.missing("command");
        }
        return client.manager()
                .command(command.json(), command.input(), deadline())
                .thenApply(Commands::result);
    }

    /** As {@link #mgrAsync}. */
    public CommandResult mgr(Command command) throws RadosException {
        return Wait.on(mgrAsync(command));
    }

    /** To the active manager's process: {@code ceph tell mgr config get NAME}. */
    public CompletableFuture<CommandResult> tellMgrAsync(Command command) {
        if (command == null) {
            return Wait.missing("command");
        }
        return client.manager()
                .tell(command.json(), command.input(), deadline())
                .thenApply(Commands::result);
    }

    /** As {@link #tellMgrAsync}. */
    public CommandResult tellMgr(Command command) throws RadosException {
        return Wait.on(tellMgrAsync(command));
    }

    /** To one OSD: {@code ceph tell osd.3 version}. Waits while it is down; ENOENT if there is none of that number. */
    public CompletableFuture<CommandResult> osdAsync(int osd, Command command) {
        if (osd < 0) {
            return Wait.refused("osd", osd);
        }
        if (command == null) {
            return Wait.missing("command");
        }
        return client.objecter()
                .command(osd, command.json(), command.input(), MonRequests.doing(command.json()), deadline())
                .thenApply(Commands::result);
    }

    /** As {@link #osdAsync}. */
    public CommandResult osd(int osd, Command command) throws RadosException {
        return Wait.on(osdAsync(osd, command));
    }

    /**
     * To the primary of a placement group: {@code ceph tell 2.1f query}.
     *
     * @param pg as Ceph prints it; EINVAL if it is not one, ENOENT if its pool does not exist
     */
    public CompletableFuture<CommandResult> pgAsync(String pg, Command command) {
        if (pg == null) {
            return Wait.missing("pg");
        }
        if (command == null) {
            return Wait.missing("command");
        }
        Matcher parts = PG.matcher(pg);
        if (!parts.matches()) {
            return CompletableFuture.failedFuture(
                    RadosException.of(Errno.EINVAL, "sending a command to pg " + pg + ", which is no POOL.GROUP"));
        }
        PgId group = new PgId(Long.parseLong(parts.group(1)), Integer.parseUnsignedInt(parts.group(2), 16));
        Command addressed = command.with("pgid", group.toString());
        return client.objecter()
                .command(group, addressed.json(), command.input(), MonRequests.doing(command.json()), deadline())
                .thenApply(Commands::result);
    }

    /** As {@link #pgAsync}. */
    public CommandResult pg(String pg, Command command) throws RadosException {
        return Wait.on(pgAsync(pg, command));
    }
}
