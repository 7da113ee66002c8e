package io.jrados.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * A {@link FaultProxy} in front of every daemon a client talks to, made when the client first asks for its address:
 * give it to the client as its address translator.
 */
public final class FaultNetwork implements UnaryOperator<InetSocketAddress>, AutoCloseable {
    private final Map<InetSocketAddress, FaultProxy> proxies = new ConcurrentHashMap<>();
    private volatile Fault fault = Fault.none();

    @Override
    public InetSocketAddress apply(InetSocketAddress daemon) {
        return of(daemon).address();
    }

    /** The proxy in front of one daemon. */
    public FaultProxy of(InetSocketAddress daemon) {
        return proxies.computeIfAbsent(daemon, address -> {
            try {
                FaultProxy proxy = FaultProxy.to(address);
                proxy.apply(fault);
                return proxy;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }

    /** Changes what is done on the way to every daemon. */
    public void apply(Fault next) {
        fault = next;
        proxies.values().forEach(proxy -> proxy.apply(next));
    }

    /** Resets each open connection now. */
    public void resetAll() {
        proxies.values().forEach(FaultProxy::resetAll);
    }

    /** Connections taken since the start, to all daemons. */
    public int accepted() {
        return proxies.values().stream().mapToInt(FaultProxy::accepted).sum();
    }

    @Override
    public void close() throws IOException {
        for (FaultProxy proxy : proxies.values()) {
            proxy.close();
        }
    }
}
