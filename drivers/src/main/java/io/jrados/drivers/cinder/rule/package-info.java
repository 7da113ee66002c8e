/** The names and sizes that Cinder's rules give. */
@NullMarked
package io.jrados.drivers.cinder.rule;

import org.jspecify.annotations.NullMarked;
