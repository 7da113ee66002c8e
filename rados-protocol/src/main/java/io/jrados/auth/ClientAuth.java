package io.jrados.auth;

import io.jrados.conf.Environment;
import io.jrados.crypto.CephCipher;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.EntityName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of one client in one cluster: its name, its key, and what the monitors gave it. Makes the authentication
 * of each connection. Safe for any thread.
 */
public final class ClientAuth implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientAuth.class);

    private final Entity entity;
    private final AuthPolicy policy;
    private final Environment environment;
    private final Tickets tickets;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable CryptoKey key;
    private final AtomicBoolean toldOfWeakKey = new AtomicBoolean();
    private volatile List<Integer> allowed = List.of();

    /**
     * @param key owned from here on; without one, cephx is not offered
     * @param policy what to offer
     */
    public ClientAuth(Entity entity, Optional<CryptoKey> key, AuthPolicy policy, Environment environment) {
        this.entity = entity;
        this.key = key.orElse(null);
        this.policy = policy;
        this.environment = environment;
        this.tickets = new Tickets(environment);
    }

    /** Our name. */
    public Entity entity() {
        return entity;
    }

    /** Returns the tickets that the monitors gave us. */
    public Tickets tickets() {
        return tickets;
    }

    /**
     * Replaces the key, which is owned from here on; the old one is zeroed. For keys that were rotated in the keyring.
     */
    public void replaceKey(CryptoKey newer) {
        lock.lock();
        try {
            if (key != null) {
                key.destroy();
            }
            key = newer;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same name and key, but known to no monitor yet: for questions beside the session. Who has proved to be
     * somebody there proves it here. The caller's to close.
     */
    public ClientAuth separate() {
        lock.lock();
        try {
            AuthPolicy same = tickets.method() == ConnectionAuth.CEPHX ? policy.proven() : policy;
            return new ClientAuth(entity, Optional.ofNullable(key).map(CryptoKey::copy), same, environment);
        } finally {
            lock.unlock();
        }
    }

    /** Notes the types of keys that the cluster takes by its monitors' map, so that a refusal can be explained. */
    public void allowedKeys(List<Integer> types) {
        allowed = List.copyOf(types);
        if (types.contains(CephCipher.AES256K) && hasWeakKey() && toldOfWeakKey.compareAndSet(false, true)) {
            LOG.warn(
                    "the key of {} is of type aes, whose ciphertext nothing protects from changes (CVE-2025-30156); the"
                            + " cluster takes aes256k",
                    entity);
        }
    }

    private boolean hasWeakKey() {
        lock.lock();
        try {
            return key != null && key.type() < CephCipher.AES256K;
        } finally {
            lock.unlock();
        }
    }

    /** @throws RadosException EACCES for a key that is weaker than this client wants */
    CryptoKey checked(CryptoKey candidate, String whose) throws RadosException {
        if (candidate.type() < policy.leastKey()) {
            throw new RadosException(
                    Errno.EACCES,
                    "using " + whose + ", which is of type " + candidate.typeName() + " where this client wants "
                            + CryptoKey.typeName(policy.leastKey()) + " at least");
        }
        return candidate;
    }

    /** Returns a clause that says what may be wrong with the key. */
    String keyHint() {
        lock.lock();
        try {
            if (key == null) {
                return "no key";
            }
            List<Integer> takes = allowed;
            String type = CryptoKey.typeName(key.type());
            if (!takes.isEmpty() && !takes.contains(key.type())) {
                return "a key of type " + type + ", where the cluster takes only "
                        + takes.stream().map(CryptoKey::typeName).toList();
            }
            return "a wrong key, or one of a type that the cluster does not allow: " + type
                    + (key.type() == CephCipher.AES256K
                            ? " is known from release 20 on"
                            : " is refused by clusters made by release 20");
        } finally {
            lock.unlock();
        }
    }

    /** For one connection to a monitor, and for renewals on it. */
    public MonitorLogin toMonitor() {
        return new MonitorLogin(this);
    }

    /**
     * For one connection to an OSD or a manager: {@link EntityName#OSD}, {@link EntityName#MGR}. After a login only.
     */
    public ConnectionAuth toService(int type) {
        return tickets.method() == ConnectionAuth.NONE ? new ServiceNone(this, type) : new ServiceLogin(this, type);
    }

    /** Zeroes every key. */
    @Override
    public void close() {
        tickets.clear();
        lock.lock();
        try {
            if (key != null) {
                key.destroy();
            }
            key = null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The methods that can be offered to monitors: cephx needs a key. Who has once proved to be somebody does not
     * become nobody because a peer asks for it.
     */
    List<Integer> methods() {
        if (tickets.method() == ConnectionAuth.CEPHX) {
            return List.of(ConnectionAuth.CEPHX);
        }
        boolean keyed = hasKey();
        return policy.methods().stream()
                .filter(method -> keyed || method != ConnectionAuth.CEPHX)
                .toList();
    }

    boolean hasKey() {
        lock.lock();
        try {
            return key != null;
        } finally {
            lock.unlock();
        }
    }

    List<Integer> modes(int peerType, int method) {
        return policy.modes(peerType, method);
    }

    RandomGenerator random() {
        return environment.random();
    }

    /** A use of the key, which is wiped afterwards. */
    interface KeyUse<T> {
        T with(CryptoKey key) throws RadosException;
    }

    /** Uses the key while nobody can zero it. */
    <T> T withKey(KeyUse<T> use) throws RadosException {
        lock.lock();
        try {
            if (key == null) {
                throw new RadosException(Errno.EACCES, "logging in as " + entity + " without a key");
            }
            return use.with(checked(key, "the key of " + entity));
        } finally {
            lock.unlock();
        }
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "ClientAuth[" + entity + "]";
    }
}
