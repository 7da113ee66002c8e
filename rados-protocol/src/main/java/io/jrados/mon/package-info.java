/** The monitor client: finding a monitor and staying with it, subscriptions, commands. */
@NullMarked
package io.jrados.mon;

import org.jspecify.annotations.NullMarked;
