package io.jrados.cls;

import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Calls of the object class {@code lock}, as parts of operations (src/cls/lock/cls_lock.cc, cls_lock_ops.h,
 * cls_lock_types.h). All their structs are of version 1. {@link Locks} has the same as plain calls.
 */
public final class LockCalls {
    /** The name of the object class. */
    public static final String OBJECT_CLASS = "lock";

    private static final Struct LOCK = new Struct("cls_lock_lock_op", 1, 1, 1);
    private static final Struct UNLOCK = new Struct("cls_lock_unlock_op", 1, 1, 1);
    private static final Struct BREAK = new Struct("cls_lock_break_op", 1, 1, 1);
    private static final Struct GET_INFO = new Struct("cls_lock_get_info_op", 1, 1, 1);
    private static final Struct ASSERT = new Struct("cls_lock_assert_op", 1, 1, 1);
    private static final Struct SET_COOKIE = new Struct("cls_lock_set_cookie_op", 1, 1, 1);
    private static final Struct INFO = new Struct("cls_lock_get_info_reply", 1, 1, 1);
    private static final Struct NAMES = new Struct("cls_lock_list_locks_reply", 1, 1, 1);
    private static final Struct LOCKER_ID = new Struct("locker_id_t", 1, 1, 1);
    private static final Struct LOCKER_INFO = new Struct("locker_info_t", 1, 1, 1);

    private LockCalls() {}

    /**
     * Takes the lock, and makes the object if it is absent. EBUSY when another holds it, or with another tag or type;
     * EEXIST when this holder has it and the terms do not allow a renewal.
     */
    public static ClassCall lock(Lock lock, LockTerms terms) {
        Objects.requireNonNull(lock, "lock");
        Objects.requireNonNull(terms, "terms");
        return ClassCall.of(OBJECT_CLASS, "lock", LOCK, out -> {
            out.string(lock.name()).u8(lock.type().number()).string(lock.cookie());
            out.string(lock.tag()).string(terms.description());
            Utime.of(terms.duration().orElse(Duration.ZERO)).encode(out);
            out.u8(terms.renewal().flag());
        });
    }

    /** Gives it back; ENOENT when this client does not hold it with that cookie. */
    public static ClassCall unlock(String name, String cookie) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(cookie, "cookie");
        return ClassCall.of(
                OBJECT_CLASS, "unlock", UNLOCK, out -> out.string(name).string(cookie));
    }

    /**
     * Takes it from another; ENOENT when that one does not hold it. Whoever did must be fenced before, or it goes on
     * writing.
     *
     * @param client {@code client.4123}
     */
    public static ClassCall breakLock(String name, String client, String cookie) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(cookie, "cookie");
        EntityName holder = EntityName.parse(client);
        return ClassCall.of(OBJECT_CLASS, "break_lock", BREAK, out -> {
            out.string(name);
            holder.encode(out);
            out.string(cookie);
        });
    }

    /** Asks who holds it; {@link #info} reads the answer. ENOENT when there is no object. */
    public static ClassCall getInfo(String name) {
        Objects.requireNonNull(name, "name");
        return ClassCall.of(OBJECT_CLASS, "get_info", GET_INFO, out -> out.string(name));
    }

    /** Asks for the names of the object's locks; {@link #names} reads the answer. */
    public static ClassCall listLocks() {
        return new ClassCall(OBJECT_CLASS, "list_locks", new byte[0]);
    }

    /** EBUSY unless this client holds it just so. In a write, what follows is done only by the holder. */
    public static ClassCall assertLocked(Lock lock) {
        Objects.requireNonNull(lock, "lock");
        return ClassCall.of(OBJECT_CLASS, "assert_locked", ASSERT, out -> out.string(lock.name())
                .u8(lock.type().number())
                .string(lock.cookie())
                .string(lock.tag()));
    }

    /** Gives this client's holding another cookie; EBUSY when it does not hold it, or the new cookie is in use. */
    public static ClassCall setCookie(Lock lock, String newCookie) {
        Objects.requireNonNull(lock, "lock");
        Objects.requireNonNull(newCookie, "newCookie");
        return ClassCall.of(OBJECT_CLASS, "set_cookie", SET_COOKIE, out -> out.string(lock.name())
                .u8(lock.type().number())
                .string(lock.cookie())
                .string(lock.tag())
                .string(newCookie));
    }

    /**
     * Decodes the answer to {@link #getInfo}.
     *
     * @param doing what was being done, for the error
     * @throws RadosException EBADMSG if it cannot be read
     */
    public static LockInfo info(byte[] output, String doing) throws RadosException {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(doing, "doing");
        return read(
                output,
                doing,
                in -> in.struct(
                        INFO,
                        (body, version) ->
                                new LockInfo(body.list(12, LockCalls::locker), LockType.of(body.u8()), body.string())));
    }

    /** Decodes the answer to {@link #listLocks}; as {@link #info}. */
    public static List<String> names(byte[] output, String doing) throws RadosException {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(doing, "doing");
        return read(output, doing, in -> in.struct(NAMES, (body, version) -> body.list(4, Decoder::string)));
    }

    private static <T> T read(byte[] output, String doing, Function<Decoder, T> reader) throws RadosException {
        try {
            return reader.apply(Decoder.of(output));
        } catch (MalformedException malformed) {
            throw malformed.during(doing);
        }
    }

    /** A key and a value of the map of holders. */
    private static LockInfo.Locker locker(Decoder in) {
        LockInfo.Locker holder = in.struct(LOCKER_ID, (body, version) -> {
            EntityName client = EntityName.decode(body);
            return new LockInfo.Locker(client.toString(), body.string(), Optional.empty(), "", "");
        });
        return in.struct(LOCKER_INFO, (body, version) -> {
            Utime expiration = Utime.decode(body);
            Optional<Instant> expires =
                    expiration.equals(Utime.ZERO) ? Optional.empty() : Optional.of(expiration.toInstant());
            EntityAddr address = EntityAddr.decode(body).withType(EntityAddr.NONE);
            return new LockInfo.Locker(holder.client(), holder.cookie(), expires, address.toString(), body.string());
        });
    }
}
