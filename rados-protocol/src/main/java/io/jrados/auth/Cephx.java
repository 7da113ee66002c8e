package io.jrados.auth;

import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Numbers of cephx and what every login does alike: src/auth/cephx/CephxProtocol.h, src/include/msgr.h. */
final class Cephx {
    /** CEPHX_GET_AUTH_SESSION_KEY */
    static final int GET_AUTH_SESSION_KEY = 0x0100;
    /** CEPHX_GET_PRINCIPAL_SESSION_KEY */
    static final int GET_PRINCIPAL_SESSION_KEY = 0x0200;

    /** A key and two nonces for frames; a connection secret has them at its start. */
    private static final int SECRET_NEEDED = 40;

    private Cephx() {}

    static <T> T read(byte[] bytes, String doing, Function<Decoder, T> reader) throws RadosException {
        return read(Decoder.of(bytes), doing, reader);
    }

    static <T> T read(Decoder in, String doing, Function<Decoder, T> reader) throws RadosException {
        try {
            return reader.apply(in);
        } catch (MalformedException e) {
            throw e.during(doing);
        }
    }

    /**
     * The connection's secret in the mode that the peer chose; refuses a mode that was not offered and a secret too
     * short.
     */
    static byte[] secretFor(int mode, List<Integer> offered, byte[] secret, String doing) throws RadosException {
        if (!offered.contains(mode)) {
            throw new RadosException(
                    Errno.EBADMSG, doing + ", which chose mode " + modeName(mode) + " of " + modeNames(offered));
        }
        if (mode != ConnectionAuth.SECURE) {
            return new byte[0];
        }
        if (secret.length < SECRET_NEEDED) {
            throw new RadosException(
                    Errno.EBADMSG, doing + ", whose connection secret of " + secret.length + " bytes is too short");
        }
        return secret;
    }

    static String methodName(int method) {
        return switch (method) {
            case ConnectionAuth.NONE -> "none";
            case ConnectionAuth.CEPHX -> "cephx";
            case 4 -> "gss";
            default -> "method-" + method;
        };
    }

    static String modeName(int mode) {
        return switch (mode) {
            case ConnectionAuth.CRC -> "crc";
            case ConnectionAuth.SECURE -> "secure";
            default -> "mode-" + mode;
        };
    }

    static String methodNames(List<Integer> methods) {
        return names(methods, Cephx::methodName);
    }

    static String modeNames(List<Integer> modes) {
        return names(modes, Cephx::modeName);
    }

    private static String names(List<Integer> numbers, IntFunction<String> name) {
        StringJoiner names = new StringJoiner(", ", "[", "]");
        numbers.forEach(number -> names.add(name.apply(number)));
        return names.toString();
    }
}
