/** The client half of the object classes that every cluster has: advisory locks on objects. */
@NullMarked
package io.jrados.cls;

import org.jspecify.annotations.NullMarked;
