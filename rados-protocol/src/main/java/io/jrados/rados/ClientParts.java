package io.jrados.rados;

import io.jrados.error.Explanation;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of one client. One that is asked for when the client is closed already is told so at once. */
final class ClientParts {
    private static final Logger LOG = LoggerFactory.getLogger(ClientParts.class);

    private final Map<Class<?>, ClientPart> parts = new ConcurrentHashMap<>();
    private volatile boolean closed;

    <T extends ClientPart> T get(Class<T> kind, Supplier<T> make) {
        return kind.cast(parts.computeIfAbsent(kind, missing -> {
            T made = make.get();
            if (closed) {
                tell(made);
            }
            return made;
        }));
    }

    void clientCloses() {
        closed = true;
        parts.values().forEach(ClientParts::tell);
    }

    void explain(Explanation.Builder all) {
        parts.values().forEach(part -> part.explain(all));
    }

    /** A part that fails must not keep the client from closing. */
    private static void tell(ClientPart part) {
        try {
            part.clientCloses();
        } catch (RuntimeException bug) {
            LOG.error("{} failed when its client closed", part.getClass().getName(), bug);
        }
    }
}
