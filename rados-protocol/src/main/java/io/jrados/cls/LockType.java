package io.jrados.cls;

import io.jrados.error.MalformedException;

/** The way in which a lock is held: ClsLockType (src/cls/lock/cls_lock_types.h). */
public enum LockType {
    /** Nobody has ever held it. */
    NONE(0),
    /** By one at a time. */
    EXCLUSIVE(1),
    /** By any number that agree on the tag. */
    SHARED(2),
    /** By one at a time, and the object is deleted with its unlocking. */
    EXCLUSIVE_EPHEMERAL(3);

    private final int number;

    LockType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static LockType of(int number) {
        for (LockType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        throw new MalformedException("a lock of type " + number);
    }
}
