package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The option {@code mon_host} (src/common/ceph_argparse.cc, src/msg/msg_types.cc, src/common/addr_parsing.c,
 * src/mon/MonMap.cc): addresses and host names between commas, semicolons and white space, of which those that belong
 * to one monitor may stand in brackets: {@code [v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]}. A name may stand for several
 * monitors.
 *
 * <pre>
 *   v2:HOST[:PORT]    msgr2, on port 3300 unless said otherwise
 *   v1:HOST[:PORT]    the legacy protocol, on port 6789
 *   HOST              both
 *   HOST:6789         legacy       HOST:3300  msgr2       HOST:OTHER  both are tried, on that port
 * </pre>
 *
 * <p>A host that only has an address of the legacy protocol is tried on port 3300: monitors of the last years listen
 * there too, and files are older than that.
 */
final class MonHosts {
    static final int MSGR2_PORT = 3300;
    static final int LEGACY_PORT = 6789;
    private static final int LONGEST = 16 << 10;
    private static final String IPV6 = "[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{0,45}:[0-9a-fA-F.]{0,15}(?:%\\w{1,32})?";
    private static final Pattern ITEM = Pattern.compile("(?:(v1|v2|any):)?(?:\\[(" + IPV6 + ")\\]|(" + IPV6
            + ")|([\\p{Alnum}._-]{1,255}))(?::(\\d{1,5}))?(?:/(\\d+))?");

    /** An address that is not yet looked up. */
    record Endpoint(String host, int port) {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    private final Set<Endpoint> msgr2 = new LinkedHashSet<>();
    private final Set<Endpoint> legacy = new LinkedHashSet<>();

    private MonHosts() {}

    /** @throws RadosException EINVAL, naming what cannot be read */
    static MonHosts parse(String text) throws RadosException {
        if (text.length() > LONGEST) {
            throw new ConfigurationException(Errno.EINVAL, "reading a mon_host of " + text.length() + " characters");
        }
        MonHosts hosts = new MonHosts();
        for (String word : text.split("[\\s;]+")) {
            hosts.addAll(word, text);
        }
        return hosts;
    }

    private void addAll(String word, String text) throws RadosException {
        Matcher item = ITEM.matcher(word);
        int at = 0;
        boolean group = false;
        while (at < word.length()) {
            char c = word.charAt(at);
            if (c == ',' || c == ']' && group) {
                group = group && c != ']';
                at++;
            } else if (item.region(at, word.length()).lookingAt() && endsAt(word, item.end())) {
                add(item, text);
                at = item.end();
            } else if (c == '[' && !group) {
                group = true;
                at++;
            } else {
                throw wrong(word.substring(at), text);
            }
        }
        if (group) {
            throw wrong(word, text);
        }
    }

    private static boolean endsAt(String word, int end) {
        return end == word.length() || word.charAt(end) == ',' || word.charAt(end) == ']';
    }

    private static RadosException wrong(String part, String text) {
        return new ConfigurationException(
                Errno.EINVAL,
                "reading mon_host = " + Printable.quoted(text) + ": no address in " + Printable.quoted(part));
    }

    private void add(Matcher item, String text) throws RadosException {
        String host = item.group(2) != null ? item.group(2) : item.group(3) != null ? item.group(3) : item.group(4);
        int port = item.group(5) == null ? 0 : Integer.parseInt(item.group(5));
        if (port > 65535) {
            throw wrong(item.group(), text);
        }
        boolean onlyLegacy = "v1".equals(item.group(1));
        boolean onlyMsgr2 = "v2".equals(item.group(1));
        if (!onlyLegacy && (onlyMsgr2 || port != LEGACY_PORT)) {
            msgr2.add(new Endpoint(host, port == 0 ? MSGR2_PORT : port));
        }
        if (!onlyMsgr2 && (onlyLegacy || port != MSGR2_PORT)) {
            legacy.add(new Endpoint(host, port == 0 ? LEGACY_PORT : port));
        }
    }

    Set<Endpoint> msgr2() {
        return msgr2;
    }

    Set<Endpoint> legacy() {
        return legacy;
    }

    /**
     * The addresses of msgr2, and the guesses for hosts that have none. Asks for host names, and blocks meanwhile.
     *
     * @throws RadosException EINVAL without an address, EHOSTUNREACH if no name is known
     */
    List<MonitorEndpoint> resolve(String text) throws RadosException {
        if (msgr2.isEmpty() && legacy.isEmpty()) {
            throw new ConfigurationException(
                    Errno.EINVAL,
                    "looking for monitors in mon_host = " + Printable.quoted(text) + ", which has no address");
        }
        Map<InetSocketAddress, MonitorEndpoint> found = new LinkedHashMap<>();
        List<UnknownHostException> unknown = new ArrayList<>();
        for (Endpoint endpoint : msgr2) {
            lookUp(endpoint.host, endpoint.port, "", found, unknown);
        }
        Set<String> known = msgr2.stream().map(Endpoint::host).collect(Collectors.toSet());
        for (Endpoint old : legacy) {
            if (!known.contains(old.host)) {
                lookUp(old.host, MSGR2_PORT, old.toString(), found, unknown);
            }
        }
        if (found.isEmpty()) {
            throw RadosException.of(
                    Errno.EHOSTUNREACH,
                    "looking up the monitors of mon_host = " + Printable.quoted(text),
                    unknown.get(0));
        }
        return List.copyOf(found.values());
    }

    private static void lookUp(
            String host,
            int port,
            String insteadOf,
            Map<InetSocketAddress, MonitorEndpoint> found,
            List<UnknownHostException> unknown) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                InetSocketAddress at = new InetSocketAddress(address, port);
                found.putIfAbsent(at, new MonitorEndpoint(at, 0, 0, insteadOf));
            }
        } catch (UnknownHostException failed) {
            unknown.add(failed);
        }
    }
}
