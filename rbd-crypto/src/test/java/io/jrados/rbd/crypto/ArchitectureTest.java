package io.jrados.rbd.crypto;

import io.jrados.testkit.ModuleRules;

class ArchitectureTest extends ModuleRules {}
