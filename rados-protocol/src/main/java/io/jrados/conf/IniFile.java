package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A file of sections. Sections of one name are one, and of several lines of one name in it the last one counts. */
final class IniFile {
    private static final int LARGEST = 16 << 20;

    /** No file. */
    static final IniFile NONE = new IniFile(Map.of());

    /** A value and where it stands. */
    record Entry(String value, String where) {}

    private final Map<String, Map<String, Entry>> sections;

    private IniFile(Map<String, Map<String, Entry>> sections) {
        this.sections = sections;
    }

    /**
     * @throws RadosException ENOENT, EACCES, EFBIG, or EINVAL with the file's name and a line number
     */
    static IniFile read(Path file) throws RadosException {
        return read(file, LARGEST);
    }

    /** Reads a file of at most so many bytes. */
    static IniFile read(Path file, int largest) throws RadosException {
        String doing = "reading " + file;
        try {
            return parse(SmallFile.read(file, largest, doing), file.toString());
        } catch (NoSuchFileException missing) {
            throw new ConfigurationException(Errno.ENOENT, doing, missing);
        } catch (AccessDeniedException denied) {
            throw new ConfigurationException(Errno.EACCES, doing, denied);
        } catch (RadosException known) {
            throw known;
        } catch (IOException failed) {
            throw new ConfigurationException(Errno.EIO, doing, failed);
        }
    }

    /** @param origin named in errors */
    static IniFile parse(byte[] bytes, String origin) throws RadosException {
        Map<String, Map<String, Entry>> sections = new LinkedHashMap<>();
        try {
            for (IniParser.Line line : IniParser.parse(decode(bytes))) {
                sections.computeIfAbsent(line.section(), name -> new LinkedHashMap<>())
                        .put(line.name(), new Entry(line.value(), origin + ", line " + line.number()));
            }
        } catch (IniParser.SyntaxException wrong) {
            throw new ConfigurationException(Errno.EINVAL, "reading " + origin + ", " + wrong.getMessage(), wrong);
        }
        return new IniFile(sections);
    }

    private static String decode(byte[] bytes) throws IniParser.SyntaxException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException notText) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw new IniParser.SyntaxException(line, "bytes that are not UTF-8");
        }
    }

    Set<String> sections() {
        return Collections.unmodifiableSet(sections.keySet());
    }

    /** The lines of a section by name, in the order of their first appearance. */
    Map<String, Entry> section(String name) {
        return Collections.unmodifiableMap(sections.getOrDefault(name, Map.of()));
    }

    /** A line of a section by the option's name. A name written with dashes is found too, after one without. */
    Optional<Entry> find(String section, String name) {
        Map<String, Entry> lines = section(section);
        Entry exact = lines.get(name);
        if (exact != null) {
            return Optional.of(exact);
        }
        return lines.entrySet().stream()
                .filter(line -> line.getKey().replace('-', '_').equals(name))
                .reduce((earlier, later) -> later)
                .map(Map.Entry::getValue);
    }
}
