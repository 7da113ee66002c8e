package io.jrados.rbd.lock;

import io.jrados.error.Errno;

/** The answer of the lock's owner to those who ask for it (src/librbd/exclusive_lock). */
public enum LockPolicy {
    /** Takes the lock when it is needed and gives it away when it is asked for. */
    AUTOMATIC(0),
    /** Takes the lock when a person says so, and keeps it: those who ask fail at once. */
    MANUAL(-Errno.EROFS.number()),
    /** As {@link #MANUAL}, but only for a while: those who ask wait. */
    TRANSIENT(0);

    private final int answer;

    LockPolicy(int answer) {
        this.answer = answer;
    }

    int answer() {
        return answer;
    }
}
