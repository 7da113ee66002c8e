package io.jrados.micrometer;

import io.jrados.testkit.ModuleRules;

class ArchitectureTest extends ModuleRules {}
