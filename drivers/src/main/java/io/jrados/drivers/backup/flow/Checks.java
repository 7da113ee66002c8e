package io.jrados.drivers.backup.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;

/** Refusals of parameters that no flow can use. */
final class Checks {
    private Checks() {}

    /** @throws DriverException {@link Kind#INVALID_PARAMETER_VALUE} */
    static void size(Backup backup, int gibibytes) throws DriverException {
        if (gibibytes < 1) {
            throw new DriverException(
                    Kind.INVALID_PARAMETER_VALUE,
                    "using backup " + backup.id() + " with a volume of " + gibibytes + " GiB");
        }
    }
}
