package io.jrados.cls;

import io.jrados.testkit.AsRbdUser;

/** The same, by a user with nothing but {@code profile rbd}. */
@AsRbdUser
class LocksAsRbdUserTest extends LocksTest {}
