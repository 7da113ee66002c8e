/** Options, descriptions and answers of disks. */
@NullMarked
package io.jrados.drivers.nova.model;

import org.jspecify.annotations.NullMarked;
