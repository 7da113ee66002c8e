package io.jrados.rados;

import io.jrados.error.RadosException;
import io.jrados.json.JsonValue;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Values that the monitors keep for anybody with the capabilities: {@code ceph config-key}. */
public final class ConfigKeys {
    private final Commands commands;

    ConfigKeys(Commands commands) {
        this.commands = commands;
    }

    /** A value; ENOENT if there is none. */
    public CompletableFuture<byte[]> getAsync(String key) {
        if (key == null) {
            return Wait.missing("key");
        }
        return commands.monAsync(Command.of("config-key get").with("key", key)).thenApply(CommandResult::output);
    }

    /** As {@link #getAsync}. */
    public byte[] get(String key) throws RadosException {
        return Wait.on(getAsync(key));
    }

    /** Sets a value, of at most 64 KiB by the monitors' default. */
    public CompletableFuture<Void> setAsync(String key, byte[] value) {
        if (key == null) {
            return Wait.missing("key");
        }
        if (value == null) {
            return Wait.missing("value");
        }
        return commands.monAsync(Command.of("config-key set").with("key", key).input(value))
                .thenApply(done -> null);
    }

    /** As {@link #setAsync}. */
    public void set(String key, byte[] value) throws RadosException {
        Wait.on(setAsync(key, value));
    }

    /** Removes a value; there need be none. */
    public CompletableFuture<Void> removeAsync(String key) {
        if (key == null) {
            return Wait.missing("key");
        }
        return commands.monAsync(Command.of("config-key rm").with("key", key)).thenApply(done -> null);
    }

    /** As {@link #removeAsync}. */
    public void remove(String key) throws RadosException {
        Wait.on(removeAsync(key));
    }

    /** All keys. */
    public CompletableFuture<List<String>> listAsync() {
        return commands.monAsync(Command.of("config-key ls"))
                .thenCompose(result -> Answers.list(result, JsonValue::text, "listing the keys of config-key"));
    }

    /** As {@link #listAsync}. */
    public List<String> list() throws RadosException {
        return Wait.on(listAsync());
    }
}
