/** What a header says, as it is read: its fixed part, its state, its snapshots and its options. */
@NullMarked
package io.jrados.rbd.header;

import org.jspecify.annotations.NullMarked;
