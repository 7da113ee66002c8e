package io.jrados.drivers;

import io.jrados.drivers.DriverException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The configuration file of an OpenStack service, as oslo.config reads it: sections of {@code name = value} or
 * {@code name : value} lines, comments in lines of their own, values that go on in indented lines. Of several lines of
 * one name the last one counts.
 */
public final class ServiceConf {
    private static final long LARGEST = 16 << 20;

    private final Path file;
    private final Map<String, Map<String, String>> sections = new HashMap<>();

    private ServiceConf(Path file) {
        this.file = file;
    }

    /**
     * @throws DriverException {@link Kind#INVALID_CONFIGURATION} with the number of a line that is none
     * @throws IOException when it cannot be read
     */
    public static ServiceConf read(Path file) throws IOException {
        if (Files.size(Objects.requireNonNull(file, "file")) > LARGEST) {
            throw new DriverException(Kind.INVALID_CONFIGURATION, "reading " + file + ", which is over 16 MiB");
        }
        ServiceConf conf = new ServiceConf(file);
        String section = "DEFAULT";
        String last = "";
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                last = text.isEmpty() ? "" : last;
            } else if (Character.isWhitespace(line.charAt(0))) {
                conf.goOn(section, last, text, number);
            } else if (text.startsWith("[") && text.endsWith("]")) {
                section = text.substring(1, text.length() - 1).strip();
                conf.sections.computeIfAbsent(section, name -> new HashMap<>());
                last = "";
            } else {
                last = conf.line(section, text, number);
            }
        }
        return conf;
    }

    private String line(String section, String text, int number) throws DriverException {
        int equals = text.indexOf('=');
        int colon = text.indexOf(':');
        int end = equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
        if (end <= 0) {
            throw wrong(number, "is neither a section nor an option");
        }
        String name = text.substring(0, end).strip();
        String value = text.substring(end + 1).strip();
        boolean quoted = value.length() > 1
                && (value.startsWith("\"") && value.endsWith("\"") || value.startsWith("'") && value.endsWith("'"));
        sections.computeIfAbsent(section, any -> new HashMap<>())
                .put(name, quoted ? value.substring(1, value.length() - 1) : value);
        return name;
    }

    private void goOn(String section, String option, String text, int number) throws DriverException {
        if (option.isEmpty()) {
            throw wrong(number, "goes on with no option");
        }
        sections.get(section).merge(option, text, (before, more) -> before + "\n" + more);
    }

    private DriverException wrong(int number, String why) {
        return new DriverException(
                Kind.INVALID_CONFIGURATION, "reading " + file + ", where line " + number + " " + why);
    }

    public boolean hasSection(String section) {
        return sections.containsKey(section);
    }

    /** The options that a section sets; none without that section. */
    public Map<String, String> section(String section) {
        return Map.copyOf(sections.getOrDefault(section, Map.of()));
    }

    /** The value of an option, if the section sets it. */
    public Optional<String> find(String section, String option) {
        return Optional.ofNullable(sections.getOrDefault(section, Map.of()).get(option));
    }

    /** Returns the file's name. */
    @Override
    public String toString() {
        return file.toString();
    }
}
