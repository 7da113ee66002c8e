package io.jrados.cli;

import io.jrados.testkit.ModuleRules;

class ArchitectureTest extends ModuleRules {}
