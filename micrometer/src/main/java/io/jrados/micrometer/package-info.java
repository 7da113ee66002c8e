/** What a client does, as meters of Micrometer. */
@NullMarked
package io.jrados.micrometer;

import org.jspecify.annotations.NullMarked;
