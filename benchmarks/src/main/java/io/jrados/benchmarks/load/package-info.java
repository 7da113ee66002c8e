/** The load generator of the comparison with native clients. */
package io.jrados.benchmarks.load;
