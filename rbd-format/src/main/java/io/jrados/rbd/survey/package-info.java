/** Looks at images without opening them for work: the room that they take, and the headers of many at a time. */
@NullMarked
package io.jrados.rbd.survey;

import org.jspecify.annotations.NullMarked;
