package io.jrados.msgr;

import io.jrados.error.MalformedException;

/** The kinds of frames, numbered from 1 in this order (src/msg/async/frames_v2.h). */
enum Tag {
    HELLO,
    AUTH_REQUEST,
    AUTH_BAD_METHOD,
    AUTH_REPLY_MORE,
    AUTH_REQUEST_MORE,
    AUTH_DONE,
    AUTH_SIGNATURE,
    CLIENT_IDENT,
    SERVER_IDENT,
    IDENT_MISSING_FEATURES,
    SESSION_RECONNECT,
    SESSION_RESET,
    SESSION_RETRY,
    SESSION_RETRY_GLOBAL,
    SESSION_RECONNECT_OK,
    WAIT,
    MESSAGE,
    KEEPALIVE2,
    KEEPALIVE2_ACK,
    ACK,
    COMPRESSION_REQUEST,
    COMPRESSION_DONE;

    private static final Tag[] BY_NUMBER = values();

    int number() {
        return ordinal() + 1;
    }

    static Tag of(int number) {
        if (number < 1 || number > BY_NUMBER.length) {
            throw new MalformedException("frame tag " + number + " is unknown");
        }
        return BY_NUMBER[number - 1];
    }
}
