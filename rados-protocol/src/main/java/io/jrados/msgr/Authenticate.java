package io.jrados.msgr;

import io.jrados.auth.AuthDone;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import java.util.List;

/**
 * The method of authentication speaks, in as many rounds as it needs.
 *
 * @param rounds answers of the peer so far
 */
record Authenticate(Terms terms, EntityAddr seenAs, int rounds) implements Phase {
    private static final int MAX_ROUNDS = 16;

    Frame request(byte[] blob) {
        return ControlFrames.authRequest(terms.auth().method(), terms.auth().modes(), blob);
    }

    @Override
    public Step on(Frame frame) throws RadosException {
        return switch (frame.tag()) {
            case AUTH_BAD_METHOD -> refused(new Decoder(frame.header()));
            case AUTH_REPLY_MORE -> {
                byte[] answer = terms.auth().onMore(new Decoder(frame.header()).bytes());
                yield Step.to(again(), ControlFrames.authRequestMore(answer));
            }
            case AUTH_DONE -> done(new Decoder(frame.header()));
            default -> throw unexpected(frame);
        };
    }

    private Step refused(Decoder in) throws RadosException {
        int method = in.i32();
        int result = in.i32();
        List<Integer> methods = in.list(4, Decoder::i32);
        List<Integer> modes = in.list(4, Decoder::i32);
        byte[] blob = terms.auth().onBadMethod(method, result, methods, modes);
        return Step.to(again(), request(blob));
    }

    private Authenticate again() {
        if (rounds == MAX_ROUNDS) {
            throw new MalformedException("authentication goes on after " + MAX_ROUNDS + " rounds");
        }
        return new Authenticate(terms, seenAs, rounds + 1);
    }

    private Step done(Decoder in) throws RadosException {
        AuthDone done = terms.auth().onDone(in.u64(), in.i32(), in.bytes());
        byte[] ours = terms.transcript().signatureOfReceived(done.sessionKey());
        byte[] theirs = terms.transcript().signatureOfSent(done.sessionKey());
        Sign next = new Sign(terms, seenAs, done.globalId(), done.mode(), theirs);
        return Step.rekeyed(next, done, ControlFrames.authSignature(ours));
    }

    @Override
    public String awaits() {
        return "AUTH_DONE";
    }
}
