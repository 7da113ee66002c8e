package io.jrados.auth;

import io.jrados.error.RadosException;
import java.util.List;

/**
 * One connection's side of authentication. Made anew for each connection, confined to that connection's thread, and
 * pure: bytes in, bytes out.
 *
 * <pre>
 *   begin ──► AUTH_REQUEST
 *   AUTH_BAD_METHOD ──► onBadMethod ──► another AUTH_REQUEST, or the end
 *   AUTH_REPLY_MORE ──► onMore ──► AUTH_REQUEST_MORE          any number of rounds
 *   AUTH_DONE ──► onDone ──► the keys of the connection
 *   AUTH_SIGNATURE, SERVER_IDENT ──► confirmed
 * </pre>
 *
 * <p>A thrown exception ends the connection. Sources: src/auth/AuthClient.h, src/msg/async/ProtocolV2.cc of Ceph.
 */
public interface ConnectionAuth {
    /** Method id: {@code CEPH_AUTH_NONE} of src/include/msgr.h. */
    int NONE = 1;
    /** Method id: {@code CEPH_AUTH_CEPHX}. */
    int CEPHX = 2;

    /** Connection mode: {@code CEPH_CON_MODE_CRC} of src/include/msgr.h. */
    int CRC = 1;
    /** Connection mode: {@code CEPH_CON_MODE_SECURE}. */
    int SECURE = 2;

    /** The method of the next AUTH_REQUEST: {@link #CEPHX} or {@link #NONE}. */
    int method();

    /** The modes to offer with it, the preferred one first. */
    List<Integer> modes();

    /** The method's blob of the first AUTH_REQUEST. */
    byte[] begin() throws RadosException;

    /**
     * The peer refused the method or the credentials.
     *
     * @return the blob of another AUTH_REQUEST, to be sent with the present {@link #method()} and {@link #modes()}
     * @throws RadosException EACCES, if there is nothing else to try
     */
    byte[] onBadMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws RadosException;

    /** Answers one challenge: the payload of AUTH_REPLY_MORE to the payload of AUTH_REQUEST_MORE. */
    byte[] onMore(byte[] challenge) throws RadosException;

    /**
     * The peer is satisfied; now it must prove itself.
     *
     * <p>Nothing of it outlasts the connection before {@link #confirmed}: until both ends have signed what came and the
     * peer goes on, somebody in between may have changed any of it.
     *
     * @param mode chosen by the peer; refused unless it was offered
     */
    AuthDone onDone(long globalId, int mode, byte[] payload) throws RadosException;

    /**
     * Both ends have signed what came, and both go on: {@link #onDone} brought what the peer really sent, which counts
     * from now on. The peer's signature alone says that it got what we sent, and not the reverse.
     */
    default void confirmed() throws RadosException {}
}
