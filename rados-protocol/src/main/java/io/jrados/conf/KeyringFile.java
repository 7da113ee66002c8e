package io.jrados.conf;

import io.jrados.error.RadosException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys in a keyring file, in its text form (src/auth/KeyRing.cc). Capabilities are ignored. Hides the keys. */
public final class KeyringFile {
    private final String origin;
    private final Map<String, String> keys;

    private KeyringFile(String origin, IniFile file) {
        this.origin = origin;
        this.keys = new LinkedHashMap<>();
        for (String entity : file.sections()) {
            file.find(entity, "key").ifPresent(key -> keys.put(entity, key.value()));
        }
    }

    /**
     * Reads a file, of 64 KiB at most.
     *
     * @throws RadosException ENOENT, EACCES, EFBIG, or EINVAL with the file's name and a line number, or for what is no
     *     regular file
     */
    public static KeyringFile read(Path file) throws RadosException {
        SmallFile.checkRegular(file, "reading the keys in " + file);
        return new KeyringFile(file.toString(), IniFile.read(file, SmallFile.MAX_KEYS));
    }

    /** @param origin named in errors */
    public static KeyringFile parse(byte[] bytes, String origin) throws RadosException {
        return new KeyringFile(origin, IniFile.parse(bytes, origin));
    }

    /** Names of those who have a key here: {@code client.admin}. */
    public Set<String> entities() {
        return Collections.unmodifiableSet(keys.keySet());
    }

    /** An entity's key as base64 text. */
    public Optional<String> key(String entity) {
        return Optional.ofNullable(keys.get(entity));
    }

    @Override
    public String toString() {
        return "KeyringFile[" + origin + " " + keys.keySet() + "]";
    }
}
