/** The verbs on images, one class for each verb: blocking recipes over RADOS, with librbd's steps. */
@NullMarked
package io.jrados.rbd.ops;

import org.jspecify.annotations.NullMarked;
