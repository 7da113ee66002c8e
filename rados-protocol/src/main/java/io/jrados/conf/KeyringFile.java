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
     * Reads a file.
     *
     * @throws RadosException ENOENT, EACCES, or EINVAL with the file's name and a line number
     */
    public static KeyringFile read(Path file) throws RadosException {
        return new KeyringFile(file.toString(), IniFile.read(file));
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
