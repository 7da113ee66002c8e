/** Threads on which verbs block: of one client, bounded, and apart for verbs that others ask for. */
@NullMarked
package io.jrados.rbd.verb;

import org.jspecify.annotations.NullMarked;
