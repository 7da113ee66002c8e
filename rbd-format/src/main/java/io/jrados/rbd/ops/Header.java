package io.jrados.rbd.ops;

import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.header.HeaderReader;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.model.ImageSpec;
import java.util.List;
import java.util.Optional;

/**
 * The header of an image that a verb looks at without opening the image: no parent, no watch.
 *
 * @param pool of the header
 * @param name for messages; the id where it is not known
 */
record Header(Pool pool, String id, String name, HeaderReader.Fixed fixed, HeaderReader.Mutable mutable) {
    /** Reads it: empty if there is none. */
    static Optional<Header> find(Pool pool, String id, String name) throws RadosException {
        return Tolerate.absent(() -> read(pool, id, name));
    }

    /** @throws NotFoundException if there is none */
    static Header read(Pool pool, String id, String name) throws RadosException {
        HeaderReader reader = new HeaderReader(
                pool, ObjectNames.header(id), false, "reading the header of image " + spec(pool, name));
        return new Header(pool, id, name, Wait.on(reader.fixed()), Wait.on(reader.mutable()));
    }

    /** Pool, namespace and name, as the {@code rbd} command writes them. */
    static String spec(Pool pool, String name) {
        return ImageSpec.of(pool.name(), name).inNamespace(pool.namespace()).toString();
    }

    String spec() {
        return spec(pool, name);
    }

    /** Name of the header object. */
    String object() {
        return ObjectNames.header(id);
    }

    boolean has(long feature) {
        return (mutable.features().all() & feature) != 0;
    }

    boolean hasOpFeature(long opFeature) {
        return (mutable.opFeatures() & opFeature) != 0;
    }

    /** Returns the snapshots of all namespaces, oldest first. */
    List<SnapshotState> snapshots() {
        return mutable.snapshots();
    }

    /** The snapshot that it was cloned from, while the head or a snapshot hangs on it. */
    Optional<ParentImageSpec> parent() {
        return Optional.of(mutable.parent()).filter(ParentImageSpec::exists);
    }

    /** The pool of the data objects, in the same namespace; empty if it was deleted. */
    Optional<Pool> dataPool() throws RadosException {
        return fixed.dataPool() < 0 || fixed.dataPool() == pool.id()
                ? Optional.of(pool)
                : Tolerate.absent(() -> pool.viewOf(pool.rados().pool(fixed.dataPool())));
    }
}
