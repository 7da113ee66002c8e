package io.jrados.mon;

import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.MalformedException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.message.Command;
import io.jrados.message.CommandReply;
import io.jrados.message.MessageType;
import io.jrados.message.MgrClose;
import io.jrados.message.MgrConfigure;
import io.jrados.message.MgrMap;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Talks to the active manager, whichever that is (src/mgr/MgrClient.cc). Confined to one loop; public methods may be
 * called from any thread. Connects at the first need.
 *
 * <pre>
 *   no need ── command or service ──► waiting for a map with an active manager ──► session ── lost, or another is active
 *                                          ▲                                                        │
 *                                          └── commands that are not answered are sent again ───────┘
 * </pre>
 */
public final class MgrClient {
    private static final Logger LOG = LoggerFactory.getLogger(MgrClient.class);
    /** mgr_connect_retry_interval */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Loop loop;
    private final MgrTransport transport;
    private final Requests requests;

    private UUID fsid = new UUID(0, 0);
    private @Nullable MgrMap map;
    private boolean needed;
    private boolean closed;
    private @Nullable Connection session;
    private boolean ready;
    private String trouble = "";
    private Loop.@Nullable Timer retry;
    private @Nullable ServiceReport service;

    public MgrClient(Loop loop, Environment environment, MgrTransport transport) {
        this.loop = loop;
        this.transport = transport;
        this.requests = new Requests(loop, environment, Stage.MANAGER);
    }

    /** The cluster is known. */
    public void start(UUID cluster) {
        loop.execute(() -> fsid = cluster);
    }

    // ---- commands

    /** Runs a command of the manager or one of its modules; EACCES for who has no capabilities there. */
    public CompletableFuture<CommandReply> command(String json, byte[] input, Duration deadline) {
        return submit(true, json, input, deadline);
    }

    /** Runs a command of the manager's process, as its admin socket does. */
    public CompletableFuture<CommandReply> tell(String json, byte[] input, Duration deadline) {
        return submit(false, json, input, deadline);
    }

    private CompletableFuture<CommandReply> submit(boolean manager, String json, byte[] input, Duration deadline) {
        CompletableFuture<CommandReply> future = new CompletableFuture<>();
        String doing = MonRequests.doing(json) + " of the manager";
        execute(doing, future, () -> {
            if (!transport.hasTicket()) {
                future.completeExceptionally(noTicket(doing));
                return;
            }
            long tid = requests.add(
                    id -> new Command(id, manager, fsid, json, input).encode(),
                    CommandReply.class,
                    (reply, text) -> reply.result() < 0
                            ? CompletableFuture.failedFuture(MonRequests.failure(reply.result(), reply.status(), text))
                            : CompletableFuture.completedFuture(reply),
                    doing,
                    deadline,
                    this::state,
                    future);
            need();
            send(tid);
        });
        return future;
    }

    private void execute(String doing, CompletableFuture<?> future, Runnable task) {
        Runnable unlessClosed = () -> {
            if (closed) {
                future.completeExceptionally(MonRequests.shutDown(doing));
            } else {
                task.run();
            }
        };
        loop.execute(unlessClosed);
    }

    private static RadosException noTicket(String doing) {
        return RadosException.of(Errno.EACCES, doing + ", for which the monitors give this client no ticket");
    }

    private void need() {
        if (!needed) {
            needed = true;
            transport.wantMap();
        }
        connect();
    }

    private void send(long tid) {
        Connection open = session;
        if (ready && open != null) {
            Payload message = requests.sending(tid);
            if (message != null) {
                open.send(message);
            }
        }
    }

    private String state() {
        MgrMap known = map;
        if (known == null || !known.available()) {
            return "no manager is active";
        }
        String name = "mgr." + known.activeName();
        return ready ? name + " has not answered" : name + " is not connected" + trouble;
    }

    /** Adds whatever the manager has not answered. Called on the loop. */
    public void explain(Explanation.Builder all) {
        requests.explain(all, this::state);
    }

    // ---- services

    /**
     * Shows a daemon of a service in the cluster's status until {@link #unregister}; EEXIST if this client shows one
     * already.
     */
    public CompletableFuture<Void> register(String kind, String name, Map<String, String> metadata) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        String doing = "registering " + kind + "." + name;
        execute(doing, done, () -> {
            if (service != null) {
                done.completeExceptionally(RadosException.of(Errno.EEXIST, doing));
            } else if (!transport.hasTicket()) {
                done.completeExceptionally(noTicket(doing));
            } else {
                service = new ServiceReport(loop, kind, name, metadata);
                need();
                openService();
                done.complete(null);
            }
        });
        return done;
    }

    /** Sets the text that the cluster's status shows for our daemon from the next report on. */
    public void status(Map<String, String> status) {
        loop.execute(() -> {
            if (service != null) {
                service.status(status);
            }
        });
    }

    /** Takes our daemon out of the cluster's status; completes when the manager knows, or after a second. */
    public CompletableFuture<Void> unregister() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        execute("unregistering a service", done, () -> {
            ServiceReport ending = service;
            if (ending == null) {
                done.complete(null);
            } else {
                ending.end(ready ? session : null).whenComplete((gone, failure) -> {
                    service = null;
                    done.complete(null);
                });
            }
        });
        return done;
    }

    private void openService() {
        Connection open = session;
        if (service != null && ready && open != null) {
            service.open(open);
        }
    }

    // ---- the session

    /** Another manager is active, or none. Called on the loop. */
    public void mapped(MgrMap newer) {
        map = newer;
        EntityAddr active = EntityAddr.msgr2Of(newer.addresses());
        Connection open = session;
        if (open != null && (!newer.available() || !open.peer().equals(active))) {
            LOG.info(
                    "the active manager is now {}",
                    newer.available() ? Printable.of("mgr." + newer.activeName()) : "none");
            drop();
        }
        connect();
    }

    private void drop() {
        Connection open = session;
        session = null;
        ready = false;
        if (service != null) {
            service.pause();
        }
        if (open != null) {
            open.close();
        }
    }

    private void connect() {
        MgrMap known = map;
        if (closed || !needed || session != null || retry != null || known == null || !known.available()) {
            return;
        }
        EntityAddr active = EntityAddr.msgr2Of(known.addresses());
        if (!active.isBlank()) {
            session = transport.connect(active, new Relay());
        }
    }

    private void ready() {
        ready = true;
        trouble = "";
        openService();
        requests.tids().forEach(this::send);
    }

    private void lost(RadosException why) {
        drop();
        trouble = " (" + why.getMessage() + ")";
        LOG.debug("lost the manager: {}", why.getMessage());
        if (why.errno() == Errno.EACCES || why.errno() == Errno.EAGAIN) {
            transport.renewTicket();
        }
        if (!closed && retry == null) {
            retry = loop.schedule(RETRY, () -> {
                retry = null;
                connect();
            });
        }
    }

    private void received(Payload payload) {
        Optional<MessageType> type = MessageType.of(payload.type());
        try {
            switch (type.orElse(MessageType.PING)) {
                case COMMAND_REPLY, MGR_COMMAND_REPLY -> {
                    CommandReply reply = CommandReply.decode(payload);
                    requests.answered(reply.tid(), reply);
                }
                case MGR_CONFIGURE -> {
                    MgrConfigure wanted = MgrConfigure.decode(payload);
                    if (service != null && session != null) {
                        service.every(Duration.ofSeconds(wanted.periodSeconds()), session);
                    }
                }
                case MGR_CLOSE -> {
                    MgrClose.decode(payload);
                    if (service != null) {
                        service.ended();
                    }
                }
                default -> payload.release();
            }
        } catch (MalformedException malformed) {
            lost(malformed.during("talking to the manager"));
        }
    }

    /** Fails what is not answered, and closes the session. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            ServiceReport ending = service;
            CompletableFuture<Void> ended =
                    ending == null ? CompletableFuture.completedFuture(null) : ending.end(ready ? session : null);
            ended.whenComplete((gone, failure) -> {
                closed = true;
                if (retry != null) {
                    retry.cancel();
                }
                drop();
                requests.fail(MonRequests::shutDown);
                done.complete(null);
            });
        });
        return done;
    }

    /** Brings one connection's events to the loop, and forgets those of connections that were replaced. */
    private final class Relay implements ConnectionListener {
        private void relay(Connection from, Runnable event) {
            loop.execute(() -> {
                if (from == session) {
                    event.run();
                }
            });
        }

        @Override
        public void onReady(Connection from) {
            relay(from, MgrClient.this::ready);
        }

        @Override
        public void onMessage(Connection from, Payload message) {
            loop.execute(() -> {
                from.takenUp(message);
                if (from == session) {
                    received(message);
                } else {
                    message.release();
                }
            });
        }

        @Override
        public void onClosed(Connection from, RadosException why) {
            relay(from, () -> lost(why));
        }
    }
}
