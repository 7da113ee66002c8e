package io.jrados.conf;

/** Placeholder until the configuration lands. */
public final class CephConf {
    private CephConf() {}
}
