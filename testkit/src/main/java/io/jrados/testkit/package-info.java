/**
 * The equipment that tests of a Ceph client need: real clusters ({@link io.jrados.testkit.CephTest}), faults on the
 * wire ({@link io.jrados.testkit.FaultProxy}), time by hand ({@link io.jrados.testkit.FakeTime}) and bytes that a real
 * cluster gave ({@link io.jrados.testkit.Golden}). Nothing here depends on the client: it serves tests of any.
 */
@NullMarked
package io.jrados.testkit;

import org.jspecify.annotations.NullMarked;
