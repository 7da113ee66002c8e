package io.jrados.rados;

import io.jrados.auth.AuthPolicy;
import io.jrados.auth.ClientAuth;
import io.jrados.auth.CryptoKey;
import io.jrados.auth.Entity;
import io.jrados.conf.CephConf;
import io.jrados.conf.ConnectionMode;
import io.jrados.conf.Deadlines;
import io.jrados.conf.Environment;
import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.OpCode;
import io.jrados.message.Operation;
import io.jrados.mon.MonSettings;
import io.jrados.msgr.Compression;
import io.jrados.msgr.DirectMemory;
import io.jrados.osd.Limits;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osdmap.CrushLocation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configuration as a client's parts need it. */
final class Configured {
    private static final String LEAST_KEY = "jrados_auth_min_key_type";
    private static final Logger LOG = LoggerFactory.getLogger(Configured.class);

    private Configured() {}

    /** The configuration in force and the deadlines that follow from it: both change while the client is connected. */
    static final class Live {
        private final AtomicReference<State> state;

        private record State(CephConf conf, Deadlines deadlines) {}

        /** @param deadlines which the program may have set beside the configuration */
        Live(CephConf conf, Deadlines deadlines) {
            this.state = new AtomicReference<>(new State(conf, deadlines));
        }

        CephConf conf() {
            return state.get().conf;
        }

        Deadlines deadlines() {
            return state.get().deadlines;
        }

        /** Takes what the monitors say now, instead of what they said before. */
        void central(Map<String, String> options) {
            state.updateAndGet(old -> new State(old.conf.withCentral(options), old.deadlines));
        }

        /** @throws RadosException as {@link CephConf#withLive} */
        void set(String option, String value) throws RadosException {
            State old;
            State changed;
            do {
                old = state.get();
                CephConf conf = old.conf.withLive(option, value);
                changed = new State(conf, deadlines(old, conf));
            } while (!state.compareAndSet(old, changed));
        }

        /** A deadline follows an option that has changed; one that the program set stays otherwise. */
        private static Deadlines deadlines(State old, CephConf conf) {
            Deadlines before = old.conf.deadlines();
            Deadlines after = conf.deadlines();
            Deadlines deadlines = old.deadlines;
            if (!after.operation().equals(before.operation())) {
                deadlines = deadlines.withOperation(after.operation());
            }
            return after.command().equals(before.command()) ? deadlines : deadlines.withCommand(after.command());
        }
    }

    /** Returns the methods with which OSDs may compress, if the configuration wants that of clients too. */
    static List<Compression> compression(CephConf conf) {
        return conf.get("ms_osd_compress_mode").equals("force")
                ? conf.list("ms_osd_compression_algorithm").stream()
                        .flatMap(word -> Compression.named(word).stream())
                        .toList()
                : List.of();
    }

    static MonSettings monitors(CephConf conf) {
        return new MonSettings(
                (int) conf.integer("mon_client_hunt_parallel"),
                conf.duration("mon_client_hunt_interval"),
                conf.decimal("mon_client_hunt_interval_backoff"),
                conf.decimal("mon_client_hunt_interval_max_multiple"),
                conf.duration("mon_client_ping_interval"),
                conf.duration("mon_client_ping_timeout"));
    }

    static Limits limits(CephConf conf) {
        return new Limits(
                (int) conf.integer("objecter_inflight_ops"),
                DirectMemory.share(conf.bytes("objecter_inflight_op_bytes"), 2),
                Limits.DEFAULT.waiting());
    }

    static CrushLocation location(CephConf conf) {
        try {
            return CrushLocation.parse(conf.get("crush_location"));
        } catch (IllegalArgumentException nonsense) {
            LOG.warn("ignored: {}", nonsense.getMessage());
            return CrushLocation.parse("root=default");
        }
    }

    static ClientAuth auth(CephConf conf, Environment environment) throws RadosException {
        AuthPolicy policy = AuthPolicy.of(
                        String.join(" ", conf.authMethods()),
                        modes(conf.modes("ms_mon_client_mode")),
                        modes(conf.modes("ms_client_mode")))
                .withLeastKey(conf.get(LEAST_KEY));
        boolean keyNeeded = conf.authMethods().contains("cephx");
        Optional<CryptoKey> key = keyNeeded ? key(conf) : Optional.empty();
        if (key.isPresent() && key.get().type() < policy.leastKey()) {
            throw new ConfigurationException(
                    Errno.EINVAL,
                    "connecting as " + conf.name() + " with a key of type "
                            + key.get().typeName() + ", where " + LEAST_KEY + " is " + conf.get(LEAST_KEY));
        }
        return new ClientAuth(Entity.parse(conf.name().toString()), key, policy, environment);
    }

    /** Without a key only clusters without authentication remain, if the configuration allows those. */
    private static Optional<CryptoKey> key(CephConf conf) throws RadosException {
        try {
            return Optional.of(CryptoKey.fromBase64(conf.key()));
        } catch (RadosException missing) {
            if (missing.errno() == Errno.ENOENT && conf.authMethods().get(0).equals("none")) {
                return Optional.empty();
            }
            throw missing;
        }
    }

    private static String modes(List<ConnectionMode> modes) {
        return modes.stream().map(ConnectionMode::toString).collect(Collectors.joining(" "));
    }

    /** Returns the policy of {@code rados_replica_read_policy}. */
    static ReadPolicy readPolicy(CephConf conf) {
        String policy = conf.get("rados_replica_read_policy");
        return switch (policy) {
            case "balance" -> ReadPolicy.BALANCE;
            case "localize" -> ReadPolicy.LOCALIZE;
            default -> ReadPolicy.DEFAULT;
        };
    }

    /** A class method that is called as a read may write all the same, so those need an option of their own. */
    static boolean replicasMayServe(CephConf conf, Operation<?> operation) {
        return operation.ops().stream().noneMatch(op -> op.code() == OpCode.CALL)
                || conf.bool("rados_replica_read_policy_on_objclass");
    }
}
