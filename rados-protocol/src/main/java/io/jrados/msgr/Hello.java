package io.jrados.msgr;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;

/** The peer says what it is, and how it sees this client. */
record Hello(Terms terms) implements Phase {
    /** The first step, once the banners are exchanged. */
    static Step begin(Terms terms) {
        return Step.to(new Hello(terms), ControlFrames.hello(EntityName.CLIENT, terms.peer()));
    }

    @Override
    public Step on(Frame frame) throws RadosException {
        if (frame.tag() != Tag.HELLO) {
            throw unexpected(frame);
        }
        Decoder in = new Decoder(frame.header());
        int type = in.u8();
        EntityAddr seenAs = EntityAddr.decode(in);
        if (type != terms.peerType()) {
            throw new RadosException(
                    Errno.ECONNRESET, terms.doing() + ", where " + EntityName.typeName(type) + " answers");
        }
        byte[] blob = terms.auth().begin();
        Authenticate next = new Authenticate(terms, seenAs.isBlank() ? terms.local() : seenAs, 0);
        return Step.to(next, next.request(blob));
    }

    @Override
    public String awaits() {
        return "HELLO";
    }
}
