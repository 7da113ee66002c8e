/** The link to one OSD: making a connection, judging whether the OSD is there, and the ranges that it holds back. */
@NullMarked
package io.jrados.osd.link;

import org.jspecify.annotations.NullMarked;
