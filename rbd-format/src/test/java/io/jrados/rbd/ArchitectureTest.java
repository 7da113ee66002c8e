package io.jrados.rbd;

import io.jrados.testkit.ModuleRules;

class ArchitectureTest extends ModuleRules {}
