/** CRUSH: where the map of the cluster's devices places an input. Pure integers. */
@NullMarked
package io.jrados.crush;

import org.jspecify.annotations.NullMarked;
