package io.jrados;

import io.jrados.testkit.ModuleRules;

class ArchitectureTest extends ModuleRules {}
