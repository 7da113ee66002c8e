package io.jrados.crypto;

/**
 * The purpose of an envelope: keys of type aes256k derive other keys for each usage (src/auth/cephx/CephxProtocol.h of
 * release 20).
 */
public enum KeyUsage {
    CONNECTION_SECRET(0x03),
    TICKET_SESSION_KEY(0x04),
    TICKET_BLOB(0x05),
    AUTHORIZE(0x10),
    AUTHORIZE_CHALLENGE(0x11),
    AUTHORIZE_REPLY(0x12);

    private final int number;

    KeyUsage(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
