package io.jrados.rbd.ops;

import io.jrados.conf.Environment;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.MetadataCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes an image (src/librbd/image/CreateRequest.cc). In the order of the steps a crash leaves at most a stub, which
 * holds the name and can be removed.
 */
public final class CreateImage {
    private final Pool pool;
    private final String name;
    private final long size;
    private final ImageOptions options;
    private final String id;
    private final Environment clock = Environment.system();

    /** @param size bytes */
    public CreateImage(Pool pool, String name, long size, ImageOptions options) {
        this.pool = pool;
        this.name = name;
        this.size = size;
        this.options = options;
        this.id = ImageIds.next(pool.rados().instanceId(), ThreadLocalRandom.current());
    }

    /**
     * @return the image's id
     * @throws RadosException EEXIST for the name, EBUSY for one that somebody else is creating or died creating, EDOM
     *     for the order, EINVAL for other options, ENOSYS for features
     */
    public String run() throws RadosException {
        Settings settings = Settings.of(pool);
        NewImage image = NewImage.check(pool, name, size, settings.complete(options));
        if (settings.validatePool()) {
            new ValidatePool(image.dataPool()).run();
        }
        Rollback rollback = new Rollback();
        long begin = clock.nanoTime();
        try {
            claimName(rollback, image);
            createIdObject(rollback, image);
            NewImage negotiated = options.features().isEmpty() ? negotiate(image) : image;
            createHeader(rollback, negotiated);
            checkName(image, Duration.ofNanos(clock.nanoTime() - begin));
            setStripeUnitCount(negotiated);
            resizeObjectMap(rollback, negotiated);
            return id;
        } catch (Throwable failed) {
            rollback.run(failed);
            throw failed;
        }
    }

    /** A name that stands for nothing is taken, see {@link Stub}; that of an image with a lost header is not. */
    private void claimName(Rollback rollback, NewImage image) throws RadosException {
        try {
            addImageToDirectory(rollback, image);
        } catch (AlreadyExistsException taken) {
            Optional<Stub> stub = Stub.find(pool, name);
            if (stub.isEmpty() || stub.get().wasWhole()) {
                throw taken;
            }
            stub.get().takeAway("creating image " + image.spec());
            addImageToDirectory(rollback, image);
        }
    }

    /** From now on there is a header, and nobody takes the name away any more; if this was slow somebody may have. */
    private void checkName(NewImage image, Duration took) throws RadosException {
        Duration lifetime = pool.rados().conf().duration("osd_client_watch_timeout");
        if (took.compareTo(lifetime.dividedBy(2)) < 0) {
            return;
        }
        Optional<String> now =
                Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetId(name)));
        if (!now.equals(Optional.of(id))) {
            throw abandoned(image, null);
        }
    }

    private static BusyException abandoned(NewImage image, @Nullable Throwable cause) {
        return new BusyException(
                "creating image " + image.spec() + ", which took so long that another client has taken the name away",
                cause);
    }

    private void addImageToDirectory(Rollback rollback, NewImage image) throws RadosException {
        WriteOperation operation = new WriteOperation();
        if (!pool.namespace().isEmpty()) {
            DirectoryCalls.dirStateAssertReady().addTo(operation);
        }
        DirectoryCalls.dirAddImage(name, id).addTo(operation);
        try {
            rollback.attempt(
                    () -> pool.operate(ObjectNames.DIRECTORY, operation),
                    () -> Tolerate.errors(
                            () -> ClassCalls.write(
                                    pool, ObjectNames.DIRECTORY, DirectoryCalls.dirRemoveImage(name, id)),
                            Errno.ENOENT,
                            Errno.ESTALE));
        } catch (AlreadyExistsException taken) {
            throw new AlreadyExistsException("creating image " + image.spec(), taken);
        } catch (NotFoundException absent) {
            throw new NotFoundException(
                    "creating image " + image.spec() + ": no namespace " + pool.namespace(), absent);
        }
    }

    private void createIdObject(Rollback rollback, NewImage image) throws RadosException {
        try {
            rollback.attempt(() -> IdObject.create(pool, name, id), () -> IdObject.removeIfOf(pool, name, id));
        } catch (AlreadyExistsException taken) {
            throw new AlreadyExistsException("creating image " + image.spec(), taken);
        }
    }

    /** Features that nobody asked for are left out where the OSDs do not know them. */
    private NewImage negotiate(NewImage image) throws RadosException {
        try {
            return image.limitedTo(ClassCalls.read(pool, ObjectNames.DIRECTORY, HeaderCalls.getAllFeatures()));
        } catch (RadosException failed) {
            if (failed.errno() == Errno.EOPNOTSUPP) {
                return image;
            }
            throw failed;
        }
    }

    private void createHeader(Rollback rollback, NewImage image) throws RadosException {
        long dataPool = image.has(Features.DATA_POOL) ? image.dataPool().id() : -1;
        WriteCall create = HeaderCalls.create(
                size, image.layout().order(), image.features(), image.dataPrefix(pool, id), dataPool);
        String header = ObjectNames.header(id);
        WriteOperation operation = new WriteOperation().create(true);
        create.addTo(operation);
        if (!options.metadata().isEmpty()) {
            MetadataCalls.set(bytes(options.metadata())).addTo(operation);
        }
        try {
            rollback.attempt(() -> pool.operate(header, operation), () -> Tolerate.remove(pool, header));
        } catch (AlreadyExistsException takenAway) {
            throw abandoned(image, takenAway);
        }
    }

    private static Map<String, byte[]> bytes(Map<String, String> texts) {
        Map<String, byte[]> pairs = new TreeMap<>();
        texts.forEach((key, value) -> pairs.put(key, value.getBytes(StandardCharsets.UTF_8)));
        return pairs;
    }

    private void setStripeUnitCount(NewImage image) throws RadosException {
        if (image.has(Features.STRIPINGV2)) {
            ClassCalls.write(
                    pool,
                    ObjectNames.header(id),
                    HeaderCalls.setStripeUnitCount(
                            image.layout().stripeUnit(), image.layout().stripeCount()));
        }
    }

    private void resizeObjectMap(Rollback rollback, NewImage image) throws RadosException {
        if (image.has(Features.OBJECT_MAP)) {
            String map = ObjectNames.objectMap(id);
            WriteCall resize = ObjectMapCalls.resize(image.layout().objectCount(size), ObjectState.NONEXISTENT);
            rollback.attempt(() -> ClassCalls.write(pool, map, resize), () -> Tolerate.remove(pool, map));
        }
    }
}
