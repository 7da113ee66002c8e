/** RBD images: block devices striped over RADOS objects. */
@NullMarked
package io.jrados.rbd;

import org.jspecify.annotations.NullMarked;
