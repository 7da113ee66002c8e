/** The operations and state of a client as meters of Micrometer. */
@NullMarked
package io.jrados.micrometer;

import org.jspecify.annotations.NullMarked;
