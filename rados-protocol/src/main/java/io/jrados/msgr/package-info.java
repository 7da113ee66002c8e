/** Messenger version 2.1, client side: frames, handshake, connections. The only user of sockets. */
@NullMarked
package io.jrados.msgr;

import org.jspecify.annotations.NullMarked;
