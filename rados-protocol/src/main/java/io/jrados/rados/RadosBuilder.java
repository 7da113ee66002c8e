package io.jrados.rados;

import io.jrados.conf.CephConf;
import java.util.concurrent.CompletableFuture;

/** Placeholder until the client lands. */
public final class RadosBuilder {
    RadosBuilder(CephConf conf) {}

    public CompletableFuture<Rados> connectAsync() {
        throw new UnsupportedOperationException();
    }
}
