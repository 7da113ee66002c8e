package io.jrados.msgr;

import io.jrados.auth.AuthDone;
import io.jrados.auth.ConnectionAuth;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.Arrays;
import java.util.List;

/**
 * A method of authentication for tests: one challenge, which is answered with its bytes reversed, and keys that both
 * sides know.
 */
public final class TestAuth implements ConnectionAuth {
    /** A method whose number is not one of Ceph's. */
    public static final int METHOD = 0x7e57;

    public static final long GLOBAL_ID = 4242;

    private final List<Integer> modes;

    /** @param modes to offer, the preferred one first */
    public TestAuth(Integer... modes) {
        this.modes = List.of(modes);
    }

    static byte[] sessionKey() {
        return filled(16, 7);
    }

    static byte[] connectionSecret() {
        return filled(64, 90);
    }

    static byte[] challenge() {
        return filled(9, 30);
    }

    static byte[] answer(byte[] challenge) {
        byte[] answer = new byte[challenge.length];
        for (int i = 0; i < answer.length; i++) {
            answer[i] = challenge[answer.length - 1 - i];
        }
        return answer;
    }

    private static byte[] filled(int length, int first) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (first + i);
        }
        return bytes;
    }

    @Override
    public int method() {
        return METHOD;
    }

    @Override
    public List<Integer> modes() {
        return modes;
    }

    @Override
    public byte[] begin() {
        return new byte[] {1};
    }

    @Override
    public byte[] onBadMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws RadosException {
        if (result == -Errno.EAGAIN.number()) {
            return new byte[] {2};
        }
        throw new RadosException(
                Errno.EACCES, "authenticating with modes " + modes + " where " + allowedModes + " are allowed");
    }

    @Override
    public byte[] onMore(byte[] challenge) {
        return answer(challenge);
    }

    @Override
    public AuthDone onDone(long globalId, int mode, byte[] payload) throws RadosException {
        if (!modes.contains(mode)) {
            throw new RadosException(Errno.EACCES, "authenticating in mode " + mode + ", which was not offered");
        }
        byte[] secret = mode == SECURE ? connectionSecret() : new byte[0];
        return new AuthDone(globalId, mode, Arrays.copyOf(sessionKey(), 16), secret);
    }
}
