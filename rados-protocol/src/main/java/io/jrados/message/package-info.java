/** One record per message that this client sends or understands, and the structs inside them. Pure. */
@NullMarked
package io.jrados.message;

import org.jspecify.annotations.NullMarked;
