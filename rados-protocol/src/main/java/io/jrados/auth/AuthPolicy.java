package io.jrados.auth;

import io.jrados.crypto.CephCipher;
import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.wire.EntityName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The methods and modes that this client offers, preferred ones first. Clients use {@code ms_mon_client_mode} for
 * monitors and managers and {@code ms_client_mode} for OSDs (src/auth/AuthRegistry.cc).
 *
 * @param methods {@link ConnectionAuth#CEPHX}, {@link ConnectionAuth#NONE}: {@code auth_client_required}
 * @param monitorModes {@link ConnectionAuth#SECURE}, {@link ConnectionAuth#CRC}
 * @param osdModes likewise
 * @param leastKey type of keys, ours and those that come with tickets, below which none is used
 */
public record AuthPolicy(List<Integer> methods, List<Integer> monitorModes, List<Integer> osdModes, int leastKey) {
    private static final Map<String, Integer> METHODS =
            Map.of("cephx", ConnectionAuth.CEPHX, "none", ConnectionAuth.NONE);
    private static final Map<String, Integer> MODES =
            Map.of("crc", ConnectionAuth.CRC, "secure", ConnectionAuth.SECURE);

    /** Ceph's defaults, but that a client with a key never goes without. */
    public static final AuthPolicy DEFAULT = of("cephx", "secure crc", "crc secure");

    public AuthPolicy {
        methods = List.copyOf(methods);
        monitorModes = List.copyOf(monitorModes);
        osdModes = List.copyOf(osdModes);
    }

    /**
     * From the values of configuration options; words that are not known are skipped.
     *
     * @param methods {@code auth_client_required}: "cephx, none"
     * @param monitorModes {@code ms_mon_client_mode}: "secure crc"
     * @param osdModes {@code ms_client_mode}: "crc secure"
     */
    public static AuthPolicy of(String methods, String monitorModes, String osdModes) {
        return new AuthPolicy(
                numbers(methods, METHODS), numbers(monitorModes, MODES), numbers(osdModes, MODES), CephCipher.AES);
    }

    /**
     * This policy with another least type of keys.
     *
     * @param type {@code aes}, which is every key, or {@code aes256k}
     * @throws RadosException EINVAL for another word
     */
    public AuthPolicy withLeastKey(String type) throws RadosException {
        int least =
                switch (type) {
                    case "aes" -> CephCipher.AES;
                    case "aes256k" -> CephCipher.AES256K;
                    default ->
                        throw new ConfigurationException(
                                Errno.EINVAL,
                                "reading the least type of key: " + Printable.quoted(type)
                                        + " is neither aes nor aes256k");
                };
        return new AuthPolicy(methods, monitorModes, osdModes, least);
    }

    /** This policy with cephx alone. */
    AuthPolicy proven() {
        return new AuthPolicy(List.of(ConnectionAuth.CEPHX), monitorModes, osdModes, leastKey);
    }

    private static List<Integer> numbers(String words, Map<String, Integer> known) {
        return Stream.of(words.split("[,;= \t]+"))
                .map(known::get)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /**
     * Returns the modes to offer to a kind of peer with a method. Without authentication there is no key to encrypt
     * with.
     */
    List<Integer> modes(int peerType, int method) {
        List<Integer> modes = peerType == EntityName.OSD ? osdModes : monitorModes;
        return method == ConnectionAuth.NONE
                ? modes.stream().filter(mode -> mode == ConnectionAuth.CRC).toList()
                : modes;
    }
}
