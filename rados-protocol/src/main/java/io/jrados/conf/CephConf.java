package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration of one client: who it is, where the monitors are, and options. Immutable. Hides keys.
 *
 * <p>Options have the names and the syntax of ceph.conf; spaces, dashes and underscores in names are the same. An
 * option is taken from the strongest source that sets it: default, then what the monitors say, file, environment, and
 * what the program sets itself (src/common/config.cc). A value that is not of its option's kind is left out with a
 * warning that names the file and line, as in Ceph's own clients; of what the program sets itself it fails with EINVAL.
 */
public final class CephConf {
    private static final Logger log = LoggerFactory.getLogger(CephConf.class);

    /** The addresses of the monitors' own sections. */
    static final String MON_ADDR = "mon_addr";

    private static final String KEY = "key";

    private static final int MOST_TOLD = 10;

    private final ClientName name;
    private final String cluster;
    private final String origin;
    private final Settings settings;
    private final Map<String, Supplier<String>> fixedVariables;
    private final MetaVariables variables;

    CephConf(
            ClientName name,
            String cluster,
            String origin,
            Settings settings,
            Map<String, Supplier<String>> fixedVariables) {
        this.name = name;
        this.cluster = cluster;
        this.origin = origin;
        this.settings = settings;
        this.fixedVariables = fixedVariables;
        this.variables = new MetaVariables(fixedVariables, this::unexpanded);
    }

    /**
     * Reads what Ceph's own programs read: the file that CEPH_CONF names, or the first of {@code
     * /etc/ceph/$cluster.conf}, {@code $home/.ceph/$cluster.conf}, {@code $cluster.conf}; then CEPH_KEYRING and
     * CEPH_ARGS. Having none of the usual files is no error yet.
     *
     * @throws RadosException ENOENT, EACCES, or EINVAL with the file's name and a line number
     */
    public static CephConf load() throws RadosException {
        return builder().environment(System.getenv()).build();
    }

    /** As {@link #load()}, with this file. */
    public static CephConf load(Path file) throws RadosException {
        Objects.requireNonNull(file, "file");
        return builder().environment(System.getenv()).file(file).build();
    }

    /** Starts from nothing: no file and no environment unless it is told. */
    public static CephConfBuilder builder() {
        return new CephConfBuilder();
    }

    /**
     * This configuration with what the monitors say now instead of what they said before. What this client does not
     * know, nonsense and values of more than 1 KiB are left out, and so is all that says who the client is, where
     * monitors and keys are, and how it logs in. A {@code $} in a value stands for itself.
     */
    public CephConf withCentral(Map<String, String> options) {
        Objects.requireNonNull(options, "options");
        Settings changed = new Settings(settings);
        changed.removeAll(Settings.Source.CENTRAL);
        ForeignOptions.add(
                changed,
                options,
                Settings.Source.CENTRAL,
                ForeignOptions::mayComeFromMonitors,
                "the cluster's configuration");
        return new CephConf(name, cluster, origin, changed, fixedVariables);
    }

    /**
     * This configuration with values that are stronger than all others: of a pool or an image. Options that are not
     * {@code rbd_*}, nonsense and values of more than 1 KiB are left out. A {@code $} in a value stands for itself.
     *
     * @param where for the log: who says so
     */
    public CephConf withOverrides(Map<String, String> options, String where) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(where, "where");
        if (options.isEmpty()) {
            return this;
        }
        Settings changed = new Settings(settings);
        ForeignOptions.add(changed, options, Settings.Source.METADATA, ForeignOptions::mayComeFromMetadata, where);
        return new CephConf(name, cluster, origin, changed, fixedVariables);
    }

    /**
     * This configuration with an option that changes while a client is connected. Stronger than all others but those of
     * a pool or an image.
     *
     * @throws RadosException EINVAL as {@link #check} does, ENOSYS for an option that is only read at connecting
     */
    public CephConf withLive(String option, String value) throws RadosException {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        check(option, value);
        String normal = Option.normal(option);
        if (!Option.isLive(normal)) {
            throw new ConfigurationException(
                    Errno.ENOSYS,
                    "setting option " + normal + ": a client reads it only when it connects, so build another with it");
        }
        Settings changed = new Settings(settings);
        changed.put(normal, new Settings.Setting(value, Settings.Source.OVERRIDE, "the program"));
        return new CephConf(name, cluster, origin, changed, fixedVariables);
    }

    /** Names of the options that this client honours, in order. */
    public static Set<String> optionNames() {
        return Option.names();
    }

    /** @throws RadosException EINVAL when the value is not of the option's kind, or the option is not known */
    public static void check(String option, String value) throws RadosException {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        String normal = Option.normal(option);
        if (!Option.isKnown(normal)) {
            throw new ConfigurationException(
                    Errno.EINVAL,
                    "setting option " + Printable.quoted(option)
                            + ": this client knows none of that name, the nearest is " + OtherOptions.nearest(normal));
        }
        new Settings().put(normal, new Settings.Setting(value, Settings.Source.OVERRIDE, "the program"));
    }

    /** Returns the client's name, {@code client.admin} by default. */
    public ClientName name() {
        return name;
    }

    /** The cluster's name in paths: the file's name without {@code .conf}, {@code ceph} by default. */
    public String cluster() {
        return cluster;
    }

    /** The text that a variable stands for. The key is nobody's to quote. */
    private Optional<MetaVariables.Text> unexpanded(String option) {
        if (option.equals(KEY)) {
            return Optional.empty();
        }
        Optional<MetaVariables.Text> set = settings.find(option)
                .map(setting -> new MetaVariables.Text(
                        setting.value(), !setting.source().isForeign()));
        return set.isPresent() || !Option.isKnown(option)
                ? set
                : Optional.of(new MetaVariables.Text(Option.of(option).preset(), true));
    }

    private String expanded(Settings.Setting setting) {
        return setting.source().isForeign() ? setting.value() : variables.expand(setting.value());
    }

    /** An option as text, if it is set. */
    public Optional<String> find(String option) {
        Objects.requireNonNull(option, "option");
        return settings.find(Option.normal(option)).map(this::expanded);
    }

    /**
     * An option as text, or its default.
     *
     * @throws IllegalArgumentException for an option that this client does not know
     */
    public String get(String option) {
        Objects.requireNonNull(option, "option");
        String normal = Option.normal(option);
        return find(normal).orElseGet(() -> variables.expand(Option.of(normal).preset()));
    }

    private String typed(String option, Option.Kind kind) {
        Option known = Option.of(Option.normal(option));
        if (known.kind() != kind) {
            throw new IllegalArgumentException("option " + option + " is of kind " + known.kind());
        }
        String value = get(option);
        return value.isEmpty() ? known.preset() : value;
    }

    public boolean bool(String option) {
        Objects.requireNonNull(option, "option");
        return OptionValues.bool(typed(option, Option.Kind.BOOL));
    }

    /** A number; one beyond the option's bound, {@link Integer#MAX_VALUE} for most, counts as the bound. */
    public long integer(String option) {
        Objects.requireNonNull(option, "option");
        return Option.of(Option.normal(option)).within(OptionValues.integer(typed(option, Option.Kind.INTEGER)));
    }

    /** A size in bytes, 1 EiB at most. */
    public long bytes(String option) {
        Objects.requireNonNull(option, "option");
        return Option.of(Option.normal(option)).within(OptionValues.bytes(typed(option, Option.Kind.BYTES)));
    }

    public double decimal(String option) {
        Objects.requireNonNull(option, "option");
        return OptionValues.decimal(typed(option, Option.Kind.DECIMAL));
    }

    public Duration duration(String option) {
        Objects.requireNonNull(option, "option");
        return OptionValues.duration(typed(option, Option.Kind.DURATION));
    }

    /** Connection modes, the preferred one first. */
    public List<ConnectionMode> modes(String option) {
        Objects.requireNonNull(option, "option");
        return OptionValues.modes(typed(option, Option.Kind.MODES));
    }

    /** The words of an option: between commas, semicolons and white space. */
    public List<String> list(String option) {
        Objects.requireNonNull(option, "option");
        return OptionValues.list(get(option));
    }

    /** Ways to log in that this client accepts, the preferred one first: {@code cephx}, {@code none}. */
    public List<String> authMethods() {
        List<String> old = list("auth_supported");
        return old.isEmpty() ? list("auth_client_required") : old;
    }

    /** The cluster that is expected, if the configuration says so. */
    public Optional<UUID> fsid() {
        return Optional.of(get("fsid")).filter(id -> !id.isEmpty()).map(OptionValues::uuid);
    }

    /**
     * The monitors' addresses for msgr2: those of {@code mon_host}, or else of {@code mon addr} in the sections of
     * monitors, or else those that DNS has for {@code mon_dns_srv_name}. A host that is only named with an address of
     * the legacy protocol (port 6789, {@code v1:}) has port 3300. Looks up host names, and blocks meanwhile, unless all
     * are addresses.
     *
     * @throws RadosException ENOENT if none are known, EINVAL if they cannot be read, EHOSTUNREACH if no name is known
     */
    public List<InetSocketAddress> monitors() throws RadosException {
        return monitorEndpoints().stream().map(MonitorEndpoint::address).toList();
    }

    /** As {@link #monitors()}, with the order in which they are to be tried: DNS may tell one. */
    public List<MonitorEndpoint> monitorEndpoints() throws RadosException {
        String override = get("mon_host_override");
        String set = override.isEmpty() ? get("mon_host") : override;
        String hosts = set.isBlank() ? find(MON_ADDR).orElse("") : set;
        if (!hosts.isBlank()) {
            List<MonitorEndpoint> found = MonHosts.parse(hosts).resolve(hosts);
            tellGuesses(found);
            return found;
        }
        String service = get("mon_dns_srv_name");
        if (service.isEmpty()) {
            throw new ConfigurationException(Errno.ENOENT, "looking for monitors: no mon_host in " + origin);
        }
        return new DnsMonitors(service, "dns:").find("looking for monitors: no mon_host in " + origin);
    }

    private static void tellGuesses(List<MonitorEndpoint> found) {
        String guessed = found.stream()
                .map(MonitorEndpoint::insteadOf)
                .filter(old -> !old.isEmpty())
                .distinct()
                .limit(MOST_TOLD)
                .collect(Collectors.joining(", "));
        if (!guessed.isEmpty()) {
            log.info(
                    "trying port {} of the monitors' hosts, as {} is for the legacy protocol, which this client lacks",
                    MonHosts.MSGR2_PORT,
                    guessed);
        }
    }

    /**
     * This client's key as base64 text: the option {@code key}, the content of {@code keyfile}, or from the first file
     * of {@code keyring} that has it.
     *
     * @throws RadosException ENOENT naming every place that was looked at, EACCES, or EINVAL with a line number
     */
    public String key() throws RadosException {
        return new KeySearch(this).key();
    }

    /** Returns the deadlines that hold by default. */
    public Deadlines deadlines() {
        return Deadlines.of(
                duration("client_mount_timeout"), duration("rados_osd_op_timeout"), duration("rados_mon_op_timeout"));
    }

    /** Says where it is from, and no values. */
    @Override
    public String toString() {
        return "CephConf[" + name + " of " + cluster + ", from " + origin + "]";
    }
}
