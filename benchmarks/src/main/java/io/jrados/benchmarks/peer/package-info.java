/** The other side of a benchmark: a process that acknowledges operations and does nothing else. */
package io.jrados.benchmarks.peer;
