package io.jrados.rados;

import io.jrados.testkit.PrivateCephTest;

@PrivateCephTest(release = "20", keys = "aes")
class OnlyAesKeysCheck extends KeyTypesCheck {}
