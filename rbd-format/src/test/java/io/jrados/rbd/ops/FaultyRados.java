package io.jrados.rbd.ops;

import io.jrados.conf.CephConf;
import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.rados.ClientPart;
import io.jrados.rados.ClusterAdmin;
import io.jrados.rados.CommandResult;
import io.jrados.rados.DaemonConnection;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A client whose pools are {@link FaultyPool}s. */
final class FaultyRados implements Rados {
    private final Rados rados;
    private final FaultPoint point;

    FaultyRados(Rados rados, FaultPoint point) {
        this.rados = rados;
        this.point = point;
    }

    @Override
    public UUID fsid() {
        return rados.fsid();
    }

    @Override
    public long instanceId() {
        return rados.instanceId();
    }

    @Override
    public String address() {
        return rados.address();
    }

    @Override
    public void setEpochBarrier(long epoch) {
        rados.setEpochBarrier(epoch);
    }

    @Override
    public CephConf conf() {
        return rados.conf();
    }

    @Override
    public Loop loop() {
        return rados.loop();
    }

    @Override
    public long osdMapEpoch() {
        return rados.osdMapEpoch();
    }

    @Override
    public List<String> pools() {
        return rados.pools();
    }

    @Override
    public CompletableFuture<Pool> poolAsync(String name) {
        return rados.poolAsync(name).thenApply(pool -> new FaultyPool(pool, point));
    }

    @Override
    public CompletableFuture<Pool> poolAsync(long id) {
        return rados.poolAsync(id).thenApply(pool -> new FaultyPool(pool, point));
    }

    @Override
    public CompletableFuture<Void> waitForLatestOsdMapAsync() {
        return rados.waitForLatestOsdMapAsync();
    }

    @Override
    public CompletableFuture<CommandResult> monCommandAsync(String command, byte[] input) {
        return rados.monCommandAsync(command, input);
    }

    @Override
    public ClusterAdmin admin() {
        return rados.admin();
    }

    @Override
    public CompletableFuture<List<DaemonConnection>> connectionsAsync() {
        return rados.connectionsAsync();
    }

    @Override
    public CompletableFuture<Explanation> explainAsync() {
        return rados.explainAsync();
    }

    @Override
    public Environment environment() {
        return rados.environment();
    }

    @Override
    public void setOption(String option, String value) throws RadosException {
        rados.setOption(option, value);
    }

    @Override
    public OptionalInt requireMinCompatClient() {
        return rados.requireMinCompatClient();
    }

    @Override
    public <T extends ClientPart> T part(Class<T> kind, Supplier<T> make) {
        return rados.part(kind, make);
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("the test's own client stays open");
    }
}
