package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects a configuration. */
public final class CephConfBuilder {
    private static final Logger log = LoggerFactory.getLogger(CephConf.class);

    private static final String USUAL_FILES = "/etc/ceph/$cluster.conf,$home/.ceph/$cluster.conf,$cluster.conf";

    private static final int MOST_TOLD = 20;

    private final Map<String, String> overrides = new LinkedHashMap<>();
    private Map<String, String> environment = Map.of();
    private boolean usesEnvironment;
    private Optional<ClientName> name = Optional.empty();
    private Optional<String> cluster = Optional.empty();
    private Optional<Path> file = Optional.empty();

    CephConfBuilder() {}

    /** Sets the client's name: {@code client.glance}. */
    public CephConfBuilder name(String clientName) {
        Objects.requireNonNull(clientName, "clientName");
        name = Optional.of(ClientName.parse(clientName));
        return this;
    }

    /** The cluster's name in paths, and not its fsid. */
    public CephConfBuilder cluster(String clusterName) {
        Objects.requireNonNull(clusterName, "clusterName");
        cluster = Optional.of(clusterName);
        return this;
    }

    /** The file to read. */
    public CephConfBuilder file(Path path) {
        Objects.requireNonNull(path, "path");
        file = Optional.of(path);
        return this;
    }

    /**
     * Heeds CEPH_CONF, CEPH_KEYRING, CEPH_ARGS, HOME and PID among these variables, and looks for a file in the usual
     * places when nothing names one.
     */
    public CephConfBuilder environment(Map<String, String> variables) {
        Objects.requireNonNull(variables, "variables");
        environment = Map.copyOf(variables);
        usesEnvironment = true;
        return this;
    }

    /**
     * Sets an option, over whatever a file or the environment says. Options of Ceph's that this client has no use for
     * are taken as well, and mean nothing.
     *
     * @throws IllegalArgumentException for a name that is none of Ceph's, naming the option that is nearest to it
     */
    public CephConfBuilder set(String option, String value) {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        String normal = Option.normal(option);
        if (OtherOptions.isStrange(normal)) {
            throw new IllegalArgumentException("setting option " + OtherOptions.correction(normal));
        }
        overrides.put(normal, value);
        return this;
    }

    /** Sets an option of time, such as {@code client_mount_timeout}. */
    public CephConfBuilder set(String option, Duration value) {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        return set(option, value.getSeconds() + "." + String.format(Locale.ROOT, "%09d", value.getNano()));
    }

    /**
     * Reads everything. A value of a file or of CEPH_ARGS that is not of its option's kind is left out with a warning,
     * so that its default holds.
     *
     * @throws RadosException ENOENT, EACCES, or EINVAL with the file's name and the number of a line that is none; also
     *     EINVAL for a value of {@link #set} that is not of its option's kind
     */
    public CephConf build() throws RadosException {
        Arguments arguments = Arguments.parse(environment.getOrDefault("CEPH_ARGS", ""));
        ClientName client = clientName(arguments);
        Optional<String> clusterName = cluster.or(() -> arguments.take("cluster"));
        List<String> places = new ArrayList<>();
        Optional<Path> found = findFile(arguments, client, clusterName.orElse("ceph"), places);
        String resolvedCluster =
                clusterName.orElseGet(() -> found.map(CephConfBuilder::stem).orElse("ceph"));
        Settings settings = new Settings();
        if (found.isPresent()) {
            addFile(settings, IniFile.read(found.get()), client, found.get());
        }
        addEnvironment(settings, arguments);
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            settings.put(
                    override.getKey(),
                    new Settings.Setting(override.getValue(), Settings.Source.OVERRIDE, "the program"));
        }
        return new CephConf(
                client,
                resolvedCluster,
                found.map(Path::toString)
                        .orElse(places.isEmpty() ? "the program's settings" : String.join(", ", places)),
                settings,
                variables(client, resolvedCluster, settings));
    }

    private ClientName clientName(Arguments arguments) throws RadosException {
        Optional<String> full = arguments.take("name");
        Optional<String> id = arguments.take("id");
        if (name.isPresent()) {
            return name.get();
        }
        try {
            ClientName base = full.isPresent() ? ClientName.parse(full.get()) : ClientName.ADMIN;
            return id.isPresent() ? new ClientName(base.type(), id.get()) : base;
        } catch (IllegalArgumentException wrong) {
            throw new ConfigurationException(Errno.EINVAL, "reading CEPH_ARGS: " + wrong.getMessage(), wrong);
        }
    }

    private Optional<Path> findFile(Arguments arguments, ClientName client, String clusterName, List<String> places)
            throws RadosException {
        Optional<String> named = arguments.take("conf").or(() -> Optional.ofNullable(environment.get("CEPH_CONF")));
        if (file.isPresent()) {
            return file;
        }
        if (!usesEnvironment) {
            return Optional.empty();
        }
        MetaVariables variables =
                new MetaVariables(variables(client, clusterName, new Settings()), option -> Optional.empty());
        for (String path : named.orElse(USUAL_FILES).split("[;,]+")) {
            Path candidate = Path.of(variables.expand(path.strip()));
            if (Files.exists(candidate)) {
                return Optional.of(candidate);
            }
            places.add(candidate.toString());
        }
        if (named.isPresent()) {
            throw new ConfigurationException(
                    Errno.ENOENT, "looking for the configuration in " + String.join(", ", places));
        }
        return Optional.empty();
    }

    private static String stem(Path path) {
        String fileName = String.valueOf(path.getFileName());
        return fileName.endsWith(".conf") && fileName.length() > 5
                ? fileName.substring(0, fileName.length() - 5)
                : "ceph";
    }

    private static void addFile(Settings settings, IniFile ini, ClientName client, Path path) {
        List<String> sections = List.of(client.toString(), client.type(), "global");
        Set<String> names = new TreeSet<>();
        for (String section : sections) {
            ini.section(section).keySet().forEach(option -> names.add(Option.normal(option)));
        }
        for (String option : names) {
            for (String section : sections) {
                Optional<IniFile.Entry> entry = ini.find(section, option);
                if (entry.isPresent()) {
                    settings.putIfValid(
                            option,
                            new Settings.Setting(
                                    entry.get().value(),
                                    Settings.Source.FILE,
                                    entry.get().where()));
                    break;
                }
            }
        }
        addMonitors(settings, ini, path);
        tellStrange(names, path.toString());
    }

    /** Files from before {@code mon_host}: a section for each monitor has its address (src/mon/MonMap.cc). */
    private static void addMonitors(Settings settings, IniFile ini, Path path) {
        String addresses = ini.sections().stream()
                .filter(section -> section.startsWith("mon."))
                .sorted()
                .map(section -> ini.find(section, CephConf.MON_ADDR)
                        .or(() -> ini.find("mon", CephConf.MON_ADDR))
                        .or(() -> ini.find("global", CephConf.MON_ADDR)))
                .flatMap(Optional::stream)
                .map(IniFile.Entry::value)
                .filter(value -> !value.isBlank())
                .collect(Collectors.joining(","));
        if (!addresses.isEmpty()) {
            settings.putIfValid(
                    CephConf.MON_ADDR, new Settings.Setting(addresses, Settings.Source.FILE, path.toString()));
        }
    }

    /**
     * Warns in one line of options that are probably misspelled. Leaves out what does not look like a name: it may be a
     * key on a line that was meant otherwise.
     */
    private static void tellStrange(Set<String> names, String where) {
        List<String> strange = names.stream()
                .filter(option -> option.matches("[a-z][a-z0-9_]*"))
                .filter(OtherOptions::isStrangeInFile)
                .limit(MOST_TOLD)
                .map(OtherOptions::correction)
                .toList();
        if (!strange.isEmpty()) {
            log.warn("{} sets options that are ignored: {}", where, String.join("; ", strange));
        }
    }

    private void addEnvironment(Settings settings, Arguments arguments) {
        String keyring = environment.get("CEPH_KEYRING");
        if (keyring != null) {
            settings.putIfValid("keyring", new Settings.Setting(keyring, Settings.Source.ENVIRONMENT, "CEPH_KEYRING"));
        }
        for (Map.Entry<String, String> argument : arguments.rest().entrySet()) {
            settings.putIfValid(
                    argument.getKey(),
                    new Settings.Setting(argument.getValue(), Settings.Source.ENVIRONMENT, "CEPH_ARGS"));
        }
        tellStrange(new TreeSet<>(arguments.rest().keySet()), "CEPH_ARGS");
    }

    private Map<String, Supplier<String>> variables(ClientName client, String clusterName, Settings settings) {
        Map<String, String> variables = environment;
        return Map.of(
                "type",
                client::type,
                "name",
                client::toString,
                "id",
                client::id,
                "num",
                client::id,
                "cluster",
                () -> clusterName,
                "host",
                () -> settings.find("host").map(Settings.Setting::value).orElseGet(CephConfBuilder::shortHostName),
                "pid",
                () -> variables.getOrDefault(
                        "PID", Long.toString(ProcessHandle.current().pid())),
                "home",
                () -> variables.getOrDefault("HOME", ""));
    }

    /** This machine's name as far as it has one: it only stands for itself in paths. */
    private static String shortHostName() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceFirst("\\..*", "");
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
