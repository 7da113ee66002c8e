package io.jrados.auth;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;

/** The start of a monitor's reply: CephXResponseHeader of src/auth/cephx/CephxProtocol.h. */
record ReplyHeader(int type, int status) {
    static ReplyHeader decode(Decoder in, int expected) {
        ReplyHeader header = new ReplyHeader(in.u16(), in.i32());
        if (header.type != expected) {
            throw new MalformedException("reply to request " + Integer.toHexString(header.type) + " instead of "
                    + Integer.toHexString(expected));
        }
        return header;
    }

    /** Only 0 is success: what is positive cannot be, and fails too. */
    static void check(int result, String doing) throws RadosException {
        if (result > 0) {
            throw new RadosException(Errno.EBADMSG, doing + ", with the impossible result " + result);
        }
        if (result < 0) {
            throw RadosException.of(result, doing);
        }
    }
}
