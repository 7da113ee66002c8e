package io.jrados.rbd;

import io.jrados.testkit.AsRbdUser;

/** The same, by a user with nothing but {@code profile rbd}. */
@AsRbdUser
class FencingAsRbdUserTest extends FencingTest {}
