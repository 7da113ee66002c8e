/** JMH benchmarks, each with its budget, and the comparison with native clients. */
package io.jrados.benchmarks;
