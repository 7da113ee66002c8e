package io.jrados.drivers;

import io.jrados.drivers.DriverEvent.Hook;
import io.jrados.rbd.Rbd;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of a driver's audit trail that one call writes: its steps, and how it ended. */
public final class AuditTrail {
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

    private final Hook hook;
    private final String call;
    private final String subject;

    /** The steps of a call. */
    @FunctionalInterface
    public interface Flow<T, E extends Exception> {
        T run(AuditTrail trail) throws E;
    }

    /**
     * @param call the name of the driver's method
     * @param subject that it is about
     */
    public AuditTrail(Hook hook, String call, String subject) {
        this.hook = hook;
        this.call = call;
        this.subject = subject;
    }

    /**
     * Runs the steps, and tells of their end.
     *
     * @param image that the call is about, as {@code pool/image}
     */
    public <T, E extends Exception> T run(String image, Flow<T, E> flow) throws E {
        try {
            T result = flow.run(this);
            tell("end", image, Optional.empty());
            return result;
        } catch (Throwable failed) {
            tell("end", image, Optional.of(failed));
            throw failed;
        }
    }

    /** Tells of a step that was done. */
    public void did(String step, Rbd rbd, String image) {
        tell(step, rbd.pool().name() + "/" + image, Optional.empty());
    }

    private void tell(String step, String image, Optional<Throwable> failure) {
        try {
            hook.event(new DriverEvent(call, subject, step, image, failure));
        } catch (RuntimeException | Error failed) {
            LOG.warn("the hook of a driver's events failed at {} of {}", step, image, failed);
        }
    }
}
