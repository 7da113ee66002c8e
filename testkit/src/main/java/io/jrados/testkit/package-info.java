/** testkit. */
package io.jrados.testkit;
