package io.jrados.cls;

import java.util.Objects;

/**
 * A lock on an object as one holder has it. The holder is the client together with the cookie: one client can hold a
 * shared lock twice, with two cookies.
 *
 * @param name not empty; an object can have several locks, by name
 * @param cookie chosen by the holder
 * @param tag all who hold the lock at the same time have the same one; an exclusive lock's is usually empty
 */
public record Lock(String name, LockType type, String cookie, String tag) {
    /** @throws IllegalArgumentException for an empty name, or no type */
    public Lock {
        if (name.isEmpty() || type == LockType.NONE) {
            throw new IllegalArgumentException("a lock \"" + name + "\" of type " + type);
        }
    }

    /** A lock that one holds at a time. */
    public static Lock exclusive(String name, String cookie) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(cookie, "cookie");
        return new Lock(name, LockType.EXCLUSIVE, cookie, "");
    }

    /** A lock that all with this tag may hold at a time. */
    public static Lock shared(String name, String cookie, String tag) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(cookie, "cookie");
        Objects.requireNonNull(tag, "tag");
        return new Lock(name, LockType.SHARED, cookie, tag);
    }

    public Lock withCookie(String other) {
        Objects.requireNonNull(other, "other");
        return new Lock(name, type, other, tag);
    }

    public Lock withTag(String other) {
        Objects.requireNonNull(other, "other");
        return new Lock(name, type, cookie, other);
    }
}
