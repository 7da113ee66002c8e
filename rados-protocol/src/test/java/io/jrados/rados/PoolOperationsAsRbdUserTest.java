package io.jrados.rados;

import io.jrados.testkit.AsRbdUser;

/** The same, by a user with nothing but {@code profile rbd}. */
@AsRbdUser
class PoolOperationsAsRbdUserTest extends PoolOperationsTest {}
