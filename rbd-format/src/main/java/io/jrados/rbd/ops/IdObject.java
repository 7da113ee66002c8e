package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.wire.Encoder;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The object {@code rbd_id.<name>}. */
final class IdObject {
    private IdObject() {}

    /** The id of the image with this name. */
    static Optional<String> find(Pool pool, String name) throws RadosException {
        return Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.id(name), DirectoryCalls.getId()));
    }

    /** Makes it. EEXIST if it is there. */
    static void create(Pool pool, String name, String id) throws RadosException {
        WriteOperation operation = new WriteOperation().create(true);
        DirectoryCalls.setId(id).addTo(operation);
        pool.operate(ObjectNames.id(name), operation);
    }

    /** Deletes it unless it is another image's by now. An object that is not there compares as unequal. */
    static void removeIfOf(Pool pool, String name, String id) throws RadosException {
        ByteBuffer content = ByteBuffer.wrap(Encoder.bytesOf(out -> out.string(id)));
        WriteOperation operation =
                new WriteOperation().compareExtent(0, content).delete();
        Tolerate.errors(() -> pool.operate(ObjectNames.id(name), operation), Errno.ENOENT, Errno.EILSEQ);
    }
}
