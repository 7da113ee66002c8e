/** benchmarks. */
package io.jrados.benchmarks;
