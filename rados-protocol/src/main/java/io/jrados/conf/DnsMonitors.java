package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/**
 * Monitors that DNS names in records of type SRV: {@code _ceph-mon._tcp} of the option {@code mon_dns_srv_name}, in the
 * domain that follows its underscore or in those that the machine searches (MonMap::init_with_dns_srv,
 * src/mon/MonMap.cc; src/common/dns_resolve.cc). Blocks, for a few seconds at most for each domain.
 */
final class DnsMonitors {
    private static final String TRIES = "2";
    private static final String FIRST_TRY_MILLIS = "1000";
    private static final Path RESOLVER = Path.of("/etc/resolv.conf");

    private final String service;
    private final List<String> domains;
    private final String server;

    /**
     * @param name of the service: {@code ceph-mon}, {@code ceph-mon_example.org}
     * @param server {@code dns://192.0.2.1}, or {@code dns:} for those of this machine
     */
    DnsMonitors(String name, String server) {
        int domain = name.indexOf('_');
        this.service = "_" + (domain < 0 ? name : name.substring(0, domain)) + "._tcp";
        this.domains = domain < 0 ? searched() : List.of(name.substring(domain + 1));
        this.server = server;
    }

    /** Domains that the machine's resolver adds to a name. */
    private static List<String> searched() {
        List<String> domains = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(RESOLVER, StandardCharsets.UTF_8)) {
                String[] words = line.strip().split("\\s+");
                if (words[0].equals("search") || words[0].equals("domain")) {
                    domains = new ArrayList<>(List.of(words).subList(1, words.length));
                }
            }
        } catch (IOException unreadable) {
            return List.of();
        }
        return domains;
    }

    /**
     * The monitors, with what the records say of their order.
     *
     * @param why DNS is asked, for errors
     * @throws RadosException ENOENT if DNS knows none, EHOSTUNREACH if it cannot be asked
     */
    List<MonitorEndpoint> find(String why) throws RadosException {
        String doing = why + ", and in DNS no record SRV of " + service + " in the domains " + domains;
        NamingException failure = null;
        for (String domain : domains) {
            try {
                List<MonitorEndpoint> found = withoutNeedlessGuesses(ask(service + "." + domain));
                if (!found.isEmpty()) {
                    return found;
                }
            } catch (NameNotFoundException none) {
                continue;
            } catch (NamingException failed) {
                failure = failed;
            }
        }
        throw failure == null
                ? new ConfigurationException(Errno.ENOENT, doing)
                : RadosException.of(Errno.EHOSTUNREACH, doing, failure);
    }

    /** A host with a record of msgr2 too needs no guess for its other one. */
    private static List<MonitorEndpoint> withoutNeedlessGuesses(List<MonitorEndpoint> all) {
        Set<InetAddress> told = all.stream()
                .filter(endpoint -> endpoint.insteadOf().isEmpty())
                .map(endpoint -> endpoint.address().getAddress())
                .collect(Collectors.toSet());
        return all.stream()
                .filter(endpoint -> endpoint.insteadOf().isEmpty()
                        || !told.contains(endpoint.address().getAddress()))
                .toList();
    }

    private List<MonitorEndpoint> ask(String name) throws NamingException {
        Hashtable<String, String> settings = new Hashtable<>();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        settings.put(Context.PROVIDER_URL, server);
        settings.put("com.sun.jndi.dns.timeout.initial", FIRST_TRY_MILLIS);
        settings.put("com.sun.jndi.dns.timeout.retries", TRIES);
        InitialDirContext dns = new InitialDirContext(settings);
        try {
            Attribute records = dns.getAttributes(name, new String[] {"SRV"}).get("SRV");
            List<MonitorEndpoint> found = new ArrayList<>();
            NamingEnumeration<?> each = records == null ? null : records.getAll();
            while (each != null && each.hasMore()) {
                add(found, each.next().toString().split("\\s+"));
            }
            return found;
        } finally {
            dns.close();
        }
    }

    /** @param record priority, weight, port, host */
    private static void add(List<MonitorEndpoint> found, String[] record) {
        if (record.length != 4) {
            return;
        }
        try {
            String host = record[3].replaceFirst("\\.$", "");
            int told = Integer.parseInt(record[2]);
            boolean legacy = told == MonHosts.LEGACY_PORT;
            for (InetAddress address : InetAddress.getAllByName(host)) {
                found.add(new MonitorEndpoint(
                        new InetSocketAddress(address, legacy ? MonHosts.MSGR2_PORT : told),
                        Integer.parseInt(record[0]),
                        Integer.parseInt(record[1]),
                        legacy ? host + ":" + told : ""));
            }
        } catch (NumberFormatException | UnknownHostException unusable) {
            // another monitor may be usable
            return;
        }
    }
}
