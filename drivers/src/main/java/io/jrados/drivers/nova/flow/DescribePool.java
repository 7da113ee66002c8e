package io.jrados.drivers.nova.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.nova.model.PoolInfo;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.PoolAdmin.Usage;

/** Asks the monitors for the room that disks have. */
public final class DescribePool {
    private final Backend backend;

    public DescribePool(Backend backend) {
        this.backend = backend;
    }

    public PoolInfo run() throws RadosException {
        String pool = backend.options().pool();
        try {
            Usage usage = backend.rados().admin().pools().usage(pool);
            return new PoolInfo(usage.cluster(), usage.available(), usage.used());
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.NOT_FOUND, "asking for the room in pool " + pool, missing);
        } catch (RadosException failed) {
            throw new DriverException(Kind.STORAGE_ERROR, "asking for the room in pool " + pool, failed);
        }
    }
}
