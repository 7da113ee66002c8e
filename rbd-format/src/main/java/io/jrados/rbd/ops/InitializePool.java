package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ObjectNames;

/** Prepares a pool for images (Pool::init, src/librbd/api/Pool.cc). May be repeated. */
public final class InitializePool {
    private final Pool pool;
    private final boolean force;

    /** @param force also when the pool is another application's */
    public InitializePool(Pool pool, boolean force) {
        this.pool = pool.inNamespace("");
        this.force = force;
    }

    /** @throws RadosException EPERM when it is another application's, EINVAL when no image can lie there */
    public void run() throws RadosException {
        pool.rados()
                .monCommand("{\"prefix\": \"osd pool application enable\", \"app\": \"rbd\", \"pool\": "
                        + quoted(pool.name()) + (force ? ", \"yes_i_really_mean_it\": true}" : "}"));
        Wait.on(pool.rados().waitForLatestOsdMapAsync());
        pool.operate(ObjectNames.TRASH, new WriteOperation().create(false));
        if (Settings.of(pool).validatePool()) {
            new ValidatePool(pool).run();
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
