/** Options of the volumes, and the records that their verbs take and give. */
@NullMarked
package io.jrados.drivers.cinder.model;

import org.jspecify.annotations.NullMarked;
