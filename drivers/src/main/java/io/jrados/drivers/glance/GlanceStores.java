package io.jrados.drivers.glance;

import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ServiceConf;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The RBD stores that a {@code glance-api.conf} enables, each with a client of its own. One that cannot be reached does
 * not disable the others: it fails when it is asked for. Thread-safe; close it after the last call.
 */
public final class GlanceStores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GlanceStores.class);
    private static final String TYPE = "rbd";

    private final Map<String, GlanceStore> stores = new LinkedHashMap<>();
    private final Map<String, RadosException> broken = new LinkedHashMap<>();
    private final List<Rados> clients = new ArrayList<>();
    private final String defaultId;

    private GlanceStores(String defaultId) {
        this.defaultId = defaultId;
    }

    /** As {@link #open(Path, DriverEvent.Hook)}, telling nobody what is done. */
    public static GlanceStores open(Path conf) throws IOException {
        return open(conf, DriverEvent.Hook.NONE);
    }

    /**
     * Connects to the stores of type {@code rbd} among {@code enabled_backends}; {@code default_backend} of
     * {@code [glance_store]} is the default one, or else the first.
     *
     * @param hook told of what is done to which image
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION}; {@link Kind#STORE_BACKEND} when the only store cannot
     *     be used
     * @throws IOException when the file cannot be read
     */
    public static GlanceStores open(Path conf, DriverEvent.Hook hook) throws IOException {
        Objects.requireNonNull(conf, "conf");
        Objects.requireNonNull(hook, "hook");
        ServiceConf read = ServiceConf.read(conf);
        Map<String, GlanceOptions> enabled = enabled(read);
        String usual = read.find("glance_store", "default_backend")
                .map(String::strip)
                .filter(id -> !id.isEmpty())
                .orElse(enabled.keySet().iterator().next());
        GlanceStores stores = new GlanceStores(usual);
        try {
            for (GlanceOptions options : enabled.values()) {
                stores.connect(options, hook, enabled.size() > 1);
            }
            return stores;
        } catch (RadosException | RuntimeException failed) {
            stores.close();
            throw failed;
        }
    }

    private static Map<String, GlanceOptions> enabled(ServiceConf conf) throws DriverException {
        Map<String, GlanceOptions> enabled = new LinkedHashMap<>();
        String list = conf.find("DEFAULT", "enabled_backends").orElse("");
        for (String each : list.split(",")) {
            String[] parts = each.strip().split(":", -1);
            if (parts.length == 2 && parts[1].strip().equals(TYPE)) {
                String id = parts[0].strip();
                enabled.put(id, GlanceOptions.DEFAULT.withStoreId(id).withSection(conf, id));
            } else if (parts.length != 2 && !each.isBlank()) {
                throw new DriverException(
                        Kind.INVALID_CONFIGURATION,
                        "reading enabled_backends of " + conf + ", where '" + each.strip() + "' is not NAME:TYPE");
            }
        }
        if (enabled.isEmpty()) {
            throw new DriverException(
                    Kind.INVALID_CONFIGURATION,
                    "reading enabled_backends of " + conf + ", which has no store of type " + TYPE);
        }
        return enabled;
    }

    private void connect(GlanceOptions options, DriverEvent.Hook hook, boolean others) throws RadosException {
        try {
            Rados rados = GlanceStore.connect(options);
            clients.add(rados);
            stores.put(options.storeId().orElse(""), new GlanceStore(rados, options, hook));
        } catch (DriverException failed) {
            if (!others) {
                throw failed;
            }
            LOG.debug("store {} cannot be used", options.storeId().orElse(""), failed);
            broken.put(options.storeId().orElse(""), failed);
        }
    }

    /** The names of those that can be used. */
    public Set<String> ids() {
        return Set.copyOf(stores.keySet());
    }

    /**
     * The store for images that ask for none.
     *
     * @throws DriverException {@link Kind#BAD_STORE_CONFIGURATION}
     */
    public GlanceStore defaultStore() throws DriverException {
        return store(defaultId);
    }

    /**
     * The store of a name.
     *
     * @throws DriverException {@link Kind#BAD_STORE_CONFIGURATION} for one that is not enabled, or cannot be used
     */
    public GlanceStore store(String id) throws DriverException {
        GlanceStore store = stores.get(Objects.requireNonNull(id, "id"));
        if (store == null) {
            throw new DriverException(
                    Kind.BAD_STORE_CONFIGURATION,
                    "using the store " + id + (broken.containsKey(id) ? "" : ", which is not enabled"),
                    broken.get(id));
        }
        return store;
    }

    /**
     * The store that a location of four parts belongs to, of which several may have the same pool.
     *
     * @throws DriverException {@link Kind#NOT_FOUND} if there is none
     */
    public GlanceStore storeOf(String uri) throws DriverException {
        Objects.requireNonNull(uri, "uri");
        for (GlanceStore each : stores.values()) {
            if (uri.startsWith(each.urlPrefix())) {
                return each;
            }
        }
        throw new DriverException(Kind.NOT_FOUND, "looking for the store of " + uri + " among " + stores.keySet());
    }

    /** Closes their clients. */
    @Override
    public void close() {
        for (Rados each : clients) {
            each.close();
        }
    }
}
