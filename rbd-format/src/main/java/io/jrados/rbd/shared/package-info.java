/** Images that several clients have open for writing: what ties lock, gate and verbs together. */
@NullMarked
package io.jrados.rbd.shared;

import org.jspecify.annotations.NullMarked;
