package io.jrados.conf;

import java.util.Locale;

/** The protection of a connection: the options {@code ms_client_mode} and {@code ms_mon_client_mode}. */
public enum ConnectionMode {
    /** Checksums only. */
    CRC(1),
    /** Encryption. */
    SECURE(2);

    private final int number;

    ConnectionMode(int number) {
        this.number = number;
    }

    /** CEPH_CON_MODE_* (src/include/ceph_fs.h). */
    public int number() {
        return number;
    }

    static ConnectionMode of(String word) {
        for (ConnectionMode mode : values()) {
            if (mode.toString().equals(word.toLowerCase(Locale.ROOT))) {
                return mode;
            }
        }
        throw new IllegalArgumentException("a mode that is neither crc nor secure");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
