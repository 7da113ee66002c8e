package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ObjectNames;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Finds out, once for each pool, whether images can lie there: it must have snapshots of its clients' own, and objects
 * that can be overwritten. The finding is kept in {@code rbd_info} (src/librbd/image/ValidatePoolRequest.cc).
 */
final class ValidatePool {
    private static final String VALIDATE = "validate";
    private static final String VALIDATED = "overwrite validated";

    private final Pool pool;

    ValidatePool(Pool pool) {
        this.pool = pool.inNamespace("");
    }

    /** @throws RadosException EINVAL if images cannot lie there */
    void run() throws RadosException {
        String found = readRbdInfo();
        if (found.equals(VALIDATED)) {
            return;
        }
        // OSDs judge by the map that we have: one from before allow_ec_overwrites was set would make the pool unfit
        Wait.on(pool.rados().waitForLatestOsdMapAsync());
        if (!found.equals(VALIDATE)) {
            createSnapshot();
        }
        overwriteRbdInfo();
    }

    private String readRbdInfo() throws RadosException {
        ReadOperation read = new ReadOperation().read(0, VALIDATED.length() + 1);
        Optional<ReadResult> result = Tolerate.absent(() -> pool.operate(ObjectNames.INFO, read));
        return result.map(found -> StandardCharsets.UTF_8.decode(found.data(0)).toString())
                .orElse("");
    }

    private void createSnapshot() throws RadosException {
        long snapId = createSnapId();
        try {
            Tolerate.errors(this::writeRbdInfo, Errno.EEXIST);
        } finally {
            pool.removeSnapId(snapId);
        }
    }

    private long createSnapId() throws RadosException {
        try {
            return pool.createSnapId();
        } catch (RadosException failed) {
            throw failed.errno() == Errno.EINVAL ? unfit("it has snapshots of the whole pool", failed) : failed;
        }
    }

    private void writeRbdInfo() throws RadosException {
        write(new WriteOperation().create(true), VALIDATE);
    }

    private void overwriteRbdInfo() throws RadosException {
        write(new WriteOperation(), VALIDATED);
    }

    private void write(WriteOperation operation, String text) throws RadosException {
        try {
            pool.operate(ObjectNames.INFO, operation.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
        } catch (RadosException failed) {
            throw failed.errno() == Errno.EOPNOTSUPP
                    ? unfit("it is erasure-coded without allow_ec_overwrites", failed)
                    : failed;
        }
    }

    private RadosException unfit(String why, RadosException cause) {
        return new RadosException(
                Errno.EINVAL, "checking whether pool " + pool.name() + " can hold images: " + why, cause);
    }
}
