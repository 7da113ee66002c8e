package io.jrados.rbd.image;

import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.header.ClassCalls;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The times of the last access and modification in the header, told now and then by who reads and writes
 * (ImageRequest::update_timestamp, src/librbd/io/ImageRequest.cc). Best effort: a failure is nobody's.
 */
final class Timestamps {
    private static final Logger log = LoggerFactory.getLogger(Timestamps.class);

    private final ImageContext image;
    private final AtomicBoolean toldOfAccess = new AtomicBoolean();
    private final AtomicBoolean toldOfChange = new AtomicBoolean();

    Timestamps(ImageContext image) {
        this.image = image;
    }

    void accessed() {
        if (!toldOfAccess.get() && !image.isReadOnly()) {
            tell(toldOfAccess, image.options().accessInterval(), HeaderCalls.setAccessTimestamp());
        }
    }

    void modified() {
        if (!toldOfChange.get()) {
            tell(toldOfChange, image.options().modifyInterval(), HeaderCalls.setModifyTimestamp());
        }
    }

    private void tell(AtomicBoolean told, Duration interval, WriteCall call) {
        if (interval.isZero() || !told.compareAndSet(false, true)) {
            return;
        }
        image.pool().rados().loop().schedule(interval, () -> told.set(false));
        ClassCalls.writeAsync(image.changePool(), image.header(), call).whenComplete((done, failed) -> {
            if (failed != null) {
                log.debug("{} of {}: {}", call.method(), image.spec(), failed.getMessage());
            }
        });
    }
}
