package io.jrados.testkit;

class ArchitectureTest extends ModuleRules {}
