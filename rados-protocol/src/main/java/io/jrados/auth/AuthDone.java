package io.jrados.auth;

/**
 * The outcome of authentication, with which a connection goes on.
 *
 * @param globalId the client's number in the cluster
 * @param mode {@link ConnectionAuth#CRC} or {@link ConnectionAuth#SECURE}
 * @param sessionKey the HMAC key of AUTH_SIGNATURE, empty without authentication (the signature is then all zeroes)
 * @param connectionSecret 64 bytes in secure mode: 16 of key, 12 of nonce for receiving, 12 for sending, as the
 *     connecting side sees it; empty in crc mode
 */
public record AuthDone(long globalId, int mode, byte[] sessionKey, byte[] connectionSecret) {
    @Override
    public String toString() {
        return "AuthDone[globalId=" + globalId + ", mode=" + mode + "]";
    }
}
