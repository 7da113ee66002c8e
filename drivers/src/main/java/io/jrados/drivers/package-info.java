/** drivers. */
package io.jrados.drivers;
