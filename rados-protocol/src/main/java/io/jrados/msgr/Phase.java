package io.jrados.msgr;

import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;

/**
 * One stage of a connection, as the connecting side sees it. Pure: a frame in, frames and the next stage out; no
 * socket, no clock (src/msg/async/ProtocolV2.cc).
 *
 * <pre>
 *   banners ─► Hello ─ HELLO ─► Authenticate ─ AUTH_DONE ─► Sign ─ AUTH_SIGNATURE ─► Identify ─ SERVER_IDENT ─► Open
 *                                │      ▲                       │                     ▲                       │    ▲
 *                                └──────┘ AUTH_BAD_METHOD,      └─► Compress ─────────┘  MESSAGE, ACK,        └────┘
 *                                         AUTH_REPLY_MORE              COMPRESSION_DONE  KEEPALIVE2…
 * </pre>
 *
 * Everything else ends the connection. A client is lossy to monitors, OSDs and the manager: there is no
 * SESSION_RECONNECT.
 */
sealed interface Phase permits Hello, Authenticate, Sign, Compress, Identify, Open {
    /**
     * Returns the step that a frame leads to. Borrows the frame; a message in the step has references of its own.
     *
     * @throws RadosException the end of the connection
     * @throws MalformedException likewise
     */
    Step on(Frame frame) throws RadosException;

    /** Returns the name of the awaited frame: "HELLO". */
    String awaits();

    default MalformedException unexpected(Frame frame) {
        return new MalformedException(frame.tag() + " while waiting for " + awaits());
    }
}
