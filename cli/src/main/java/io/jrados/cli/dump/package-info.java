/** Bytes on the wire and on disk as text: maps as osdmaptool prints them, structs as JSON, recorded frames. */
@NullMarked
package io.jrados.cli.dump;

import org.jspecify.annotations.NullMarked;
