/** cli. */
package io.jrados.cli;
