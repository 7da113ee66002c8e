package io.jrados.mon;

import io.jrados.auth.ClientAuth;
import io.jrados.conf.Expiry;
import io.jrados.conf.Loop;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.message.CommandReply;
import io.jrados.message.MessageType;
import io.jrados.message.Ping;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One question to one monitor, on a connection and under a global id of its own, so that the session stays where it is
 * (MonClient::_send_command and ping_monitor, src/mon/MonClient.cc). Needs no quorum. Confined to the monitor client's
 * loop.
 *
 * @param <A> the message that answers
 */
final class DirectRequest<A> implements ConnectionListener {
    private final Loop loop;
    private final Expiry expiry;
    private final MessageType answer;
    private final Function<Payload, A> reader;
    private final Payload question;
    private final String doing;
    private final ClientAuth auth;
    private final CompletableFuture<A> future = new CompletableFuture<>();
    private boolean asked;
    private @Nullable Connection connection;
    private Loop.@Nullable Timer late;

    private DirectRequest(
            Loop loop,
            Expiry expiry,
            MessageType answer,
            Function<Payload, A> reader,
            Payload question,
            String doing,
            ClientAuth auth) {
        this.loop = loop;
        this.expiry = expiry;
        this.answer = answer;
        this.reader = reader;
        this.question = question;
        this.doing = doing;
        this.auth = auth;
    }

    static DirectRequest<CommandReply> tell(Loop loop, Expiry expiry, Payload command, String doing, ClientAuth auth) {
        return new DirectRequest<>(loop, expiry, MessageType.COMMAND_REPLY, CommandReply::decode, command, doing, auth);
    }

    static DirectRequest<Ping> ping(Loop loop, Expiry expiry, String doing, ClientAuth auth) {
        return new DirectRequest<>(loop, expiry, MessageType.PING, Ping::decode, new Ping("").encode(), doing, auth);
    }

    CompletableFuture<A> ask(MonTransport transport, EntityAddr monitor, Duration deadline) {
        late = expiry.after(
                deadline,
                () -> end(new DeadlineException(
                        doing + ", after " + deadline.toMillis() + " ms: "
                                + (asked ? "it has not answered" : "it is not connected"),
                        asked ? DeadlineException.Sent.OUTCOME_UNKNOWN : DeadlineException.Sent.NEVER_SENT,
                        null)));
        connection = transport.connect(monitor, auth.toMonitor(), this);
        return future;
    }

    private void end(@Nullable RadosException why) {
        if (late == null) {
            return;
        }
        late.cancel();
        late = null;
        if (connection != null) {
            connection.close();
        }
        if (!asked) {
            question.release();
        }
        auth.close();
        if (why != null) {
            future.completeExceptionally(why);
        }
    }

    @Override
    public void onReady(Connection from) {
        loop.execute(() -> {
            if (late != null && !asked) {
                asked = true;
                from.send(question);
            }
        });
    }

    @Override
    public void onMessage(Connection from, Payload message) {
        loop.execute(() -> {
            from.takenUp(message);
            if (message.type() != answer.number() || late == null) {
                message.release();
                return;
            }
            try {
                A value = reader.apply(message);
                end(null);
                future.complete(value);
            } catch (MalformedException malformed) {
                end(malformed.during(doing));
            }
        });
    }

    @Override
    public void onClosed(Connection from, RadosException why) {
        Errno errno = why.errno();
        loop.execute(() -> end(RadosException.of(errno, doing + " [" + why.getMessage() + "]", why)));
    }
}
