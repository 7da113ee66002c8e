package io.jrados.auth;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.List;

/** Says why a peer did not let us in. */
final class Refusal {
    private Refusal() {}

    /**
     * EACCES, with what both sides would have accepted; EAGAIN from a monitor without a quorum.
     *
     * @param who is refused by whom: "client.admin to a monitor"
     * @param result as it arrived
     * @param hint what may be the matter if the methods agree, or nothing
     */
    static RadosException of(
            String who,
            int method,
            int result,
            List<Integer> ourMethods,
            List<Integer> ourModes,
            List<Integer> allowedMethods,
            List<Integer> allowedModes,
            String hint) {
        Errno reason = result < 0 ? Errno.of(result) : Errno.UNKNOWN;
        if (reason == Errno.EBUSY) {
            return new RadosException(Errno.EAGAIN, "authenticating " + who + ", which has no quorum yet");
        }
        String said = reason == Errno.UNKNOWN ? "error " + result : reason.toString();
        boolean agreed =
                allowedMethods.contains(method) && allowedModes.stream().anyMatch(ourModes::contains);
        return new RadosException(
                Errno.EACCES,
                "authenticating " + who + " with " + Cephx.methodName(method) + " (the peer says " + said
                        + (agreed ? hint : "") + "; it allows methods " + Cephx.methodNames(allowedMethods)
                        + " and modes "
                        + Cephx.modeNames(allowedModes) + ", we offer " + Cephx.methodNames(ourMethods) + " and "
                        + Cephx.modeNames(ourModes) + ")");
    }
}
