/** RADOS: a cluster, its pools and objects. */
@NullMarked
package io.jrados.rados;

import org.jspecify.annotations.NullMarked;
