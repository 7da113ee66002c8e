/** Options of the image store, and the records that its verbs take and give. */
@NullMarked
package io.jrados.drivers.glance.model;

import org.jspecify.annotations.NullMarked;
