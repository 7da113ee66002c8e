/** cephx: keys, tickets, authorizers and the client's side of authentication. Pure: no sockets, no threads. */
@NullMarked
package io.jrados.auth;

import org.jspecify.annotations.NullMarked;
