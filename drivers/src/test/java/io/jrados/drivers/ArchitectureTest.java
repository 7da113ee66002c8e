package io.jrados.drivers;

import io.jrados.testkit.ModuleRules;

class ArchitectureTest extends ModuleRules {}
