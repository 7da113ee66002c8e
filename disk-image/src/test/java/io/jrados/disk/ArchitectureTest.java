package io.jrados.disk;

import io.jrados.testkit.ModuleRules;

class ArchitectureTest extends ModuleRules {}
