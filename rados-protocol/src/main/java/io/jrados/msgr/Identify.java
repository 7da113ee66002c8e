package io.jrados.msgr;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import java.util.List;

/** Both ends say who they are and what they can decode. */
record Identify(Terms terms, EntityAddr own, long globalId, int mode) implements Phase {
    static Step begin(Terms terms, EntityAddr own, long globalId, int mode) {
        return Step.to(
                new Identify(terms, own, globalId, mode),
                ControlFrames.clientIdent(own, terms.peer(), globalId, terms.globalSeq()));
    }

    @Override
    public Step on(Frame frame) throws RadosException {
        return switch (frame.tag()) {
            case SERVER_IDENT -> identified(new Decoder(frame.header()));
            case IDENT_MISSING_FEATURES -> throw lacking(new Decoder(frame.header()).u64());
            // It remembers an earlier session of ours, which a lossy client does not have.
            case SESSION_RESET, SESSION_RETRY, SESSION_RETRY_GLOBAL, SESSION_RECONNECT_OK, WAIT ->
                throw new RadosException(
                        Errno.ECONNRESET, terms.doing() + ", which answers with " + frame.tag() + " to a new session");
            default -> throw unexpected(frame);
        };
    }

    private Step identified(Decoder in) throws RadosException {
        List<EntityAddr> addresses = EntityAddr.decodeVector(in);
        in.i64();
        in.u64();
        long supported = in.u64();
        long required = in.u64();
        in.u64();
        in.u64();
        if (!addresses.contains(terms.peer())) {
            throw new RadosException(Errno.ECONNRESET, terms.doing() + ", where " + addresses + " answers");
        }
        if (!FeatureBits.has(FeatureBits.OFFERED, required)) {
            throw lacking(required & ~FeatureBits.OFFERED);
        }
        if (!FeatureBits.has(supported, FeatureBits.REQUIRED)) {
            throw new RadosException(
                    Errno.EOPNOTSUPP,
                    terms.doing() + ", which lacks features this client requires: "
                            + FeatureBits.names(FeatureBits.REQUIRED & ~supported));
        }
        // the peer has our signature of all that it sent, and goes on: nobody in between has changed it
        terms.auth().confirmed();
        terms.identity().learn(own);
        return Step.to(new Open(own, globalId, mode, supported & FeatureBits.OFFERED));
    }

    private RadosException lacking(long features) {
        return new RadosException(
                Errno.EOPNOTSUPP,
                terms.doing() + ", which requires features this client lacks: " + FeatureBits.names(features));
    }

    @Override
    public String awaits() {
        return "SERVER_IDENT";
    }
}
